"""A destination that exchanges files: reads and writes signed drops, has no network address."""
