"""Reference tables hold nobody's data: every kind of actor reads them, only the owner writes."""

OPEN_TABLES = [
    "reference_country",
    "reference_currency",
    "reference_exchangerate",
    "reference_language",
    "reference_loadedtable",
    "reference_occupation",
    "reference_region",
    "reference_statistic",
    "reference_town",
]
