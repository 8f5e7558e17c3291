"""Everything asked."""
