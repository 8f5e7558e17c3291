"""Moving over from an older system: bring its files in, and run both side by side for a while."""
