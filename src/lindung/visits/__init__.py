"""Visits and inspections of workplaces, with their check-lists and what was found."""
