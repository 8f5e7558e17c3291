"""Everything that changes."""
