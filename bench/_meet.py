"""Fetches a partner's keys, as the first message to it would: ``python -m bench._meet CODE``."""

from __future__ import annotations

import sys
import time


def main() -> None:
    """Meet."""
    import django

    django.setup()
    from lindung.access.acting import acting_as
    from lindung.access.roles import ROBOT
    from lindung.exchange.models import Partner, PartnerKey
    from lindung.exchange.operations import outbox

    until = time.monotonic() + 120
    while True:
        with acting_as(ROBOT):
            partner = Partner.objects.get(code=sys.argv[1])
            if PartnerKey.objects.filter(partner=partner).exists():
                return
            # We need not wait as politely as the service does.
            Partner.objects.filter(pk=partner.pk).update(open_until=None)
        if time.monotonic() > until:
            raise SystemExit(f"{partner.code} cannot be met")
        outbox.pump(partner.pk, greet=True)
        time.sleep(2)


if __name__ == "__main__":
    main()
