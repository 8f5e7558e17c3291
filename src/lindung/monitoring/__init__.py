"""During work: where people are, how they are, and for whom they work."""
