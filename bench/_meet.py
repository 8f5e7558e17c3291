"""Fetches a partner's keys, as the first message to it would: ``python -m bench._meet CODE``."""

from __future__ import annotations

import sys


def main() -> None:
    """Meet."""
    import django

    django.setup()
    from lindung.access.acting import acting_as
    from lindung.access.roles import ROBOT
    from lindung.exchange.models import Partner
    from lindung.exchange.operations import outbox

    with acting_as(ROBOT):
        partner = Partner.objects.get(code=sys.argv[1])
    outbox.pump(partner.id, greet=True)


if __name__ == "__main__":
    main()
