"""Desk pages that bring several stages together: the first page and a person's life-line."""
