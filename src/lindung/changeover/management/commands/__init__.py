"""Commands of the changeover."""
