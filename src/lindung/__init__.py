"""Lindung: placement and protection of migrant workers, governed by two countries together."""
