"""Django's PostgreSQL backend with fewer round trips: the ``ENGINE`` of every database of ours."""
