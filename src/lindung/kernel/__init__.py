"""Plain Python that every stage stands on; Django is not imported here."""
