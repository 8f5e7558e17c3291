"""A made-up population: drawn from the published statistics, repeatable by seed, loaded by COPY.

``shares`` reads the statistics, ``world`` what stays the same for everybody (names, places, firms),
``people`` and ``histories`` draw one batch of lives, ``tables`` says which columns they fill,
``copying`` writes PostgreSQL's binary COPY format, ``load`` brings the batches into the database.
Every row that can say so says that it is made up.
"""
