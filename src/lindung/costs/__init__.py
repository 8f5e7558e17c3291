"""Money before departure: what was paid, what the law allows, loans, and what it comes to."""
