"""One side of the exchange bench speaks: ``python -m bench._say ROLE MESSAGES SUBJECTS [PAUSE]``.

Messages are written as the service writes them, one after the other on each subject, in transactions
as large as what is delivered at once. PAUSE is in seconds, between transactions.
"""

from __future__ import annotations

import sys
import time


def main() -> None:
    """Write them all."""
    role, messages, subjects = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    pause = float(sys.argv[4]) if len(sys.argv) > 4 else 0
    import django

    django.setup()
    from bench.ledger.apps import DATA, SAID
    from lindung.access.acting import acting_as
    from lindung.access.roles import ROBOT
    from lindung.exchange.models import Partner
    from lindung.exchange.operations.outbox import BATCH_SIZE, send

    name = SAID[role]
    with acting_as(ROBOT):
        partner = Partner.objects.get()
    for first in range(0, messages, BATCH_SIZE):
        with acting_as(ROBOT):
            # In the order of their subjects, as all writers lock lanes, so that none wait in a ring.
            for subject in sorted(
                f"{role[:1].upper()}-{number % subjects:08d}"
                for number in range(first, min(first + BATCH_SIZE, messages))
            ):
                send(name, subject, DATA[name], partner=partner)
        time.sleep(pause)


if __name__ == "__main__":
    main()
