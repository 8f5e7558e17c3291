"""Lists of people that an office brings in at once: kept raw, tried, then taken row by row."""
