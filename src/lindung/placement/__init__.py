"""Before work: from a wish to a lawful departure."""
