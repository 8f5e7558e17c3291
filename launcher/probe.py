"""Looks at a server named by ``DATABASE_URL``; run by the environment's Python, which has the driver.

Prints one JSON object: what was found of each login, or why it could not be asked. No password, no
address and no data is in it.
"""

from __future__ import annotations

import json
import os
import sys

QUESTION = """
select current_setting('server_version_num')::int, current_setting('server_encoding'),
       pg_is_in_recovery(), current_user, rolsuper, rolbypassrls, session_user
from pg_roles where rolname = session_user
"""
FIELDS = ("version", "encoding", "standby", "role", "superuser", "bypasses", "login")


def main() -> None:
    """Ask both logins."""
    import psycopg

    found = {}
    for name in ("DATABASE_URL", "LINDUNG_OWNER_DATABASE_URL"):
        if not os.environ.get(name):
            continue
        try:
            with psycopg.connect(os.environ[name], connect_timeout=5) as connection:
                row = connection.execute(QUESTION).fetchone()
            found[name] = dict(zip(FIELDS, row or (), strict=True))
        except psycopg.Error as error:
            # The first line says what is wrong; it may name host and login, which are the asker's.
            found[name] = {"error": str(error).strip().splitlines()[0]}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
