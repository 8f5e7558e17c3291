"""Takes e-mail out of a Maildir again and again, as a timer does: ``python -m bench._postman FOLDER``."""

from __future__ import annotations

import sys
import time
from contextlib import suppress

EVERY_SECONDS = 1.0


def main() -> None:
    """Until killed; what the database did not take stays for the next round."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    while True:
        with suppress(SystemExit):
            call_command("take_mail", maildir=sys.argv[1])
        connections.close_all()
        time.sleep(EVERY_SECONDS)


if __name__ == "__main__":
    main()
