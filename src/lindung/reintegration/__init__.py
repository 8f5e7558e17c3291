"""After work: the return home and what comes next."""
