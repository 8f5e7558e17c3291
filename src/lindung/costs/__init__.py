"""Money before departure: charges, ceilings, loans, debt."""
