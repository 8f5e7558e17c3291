"""One side's bare work of an exchange, for the baseline: ``python -m bench._bare MESSAGES``.

For each message this side signs or checks each of three texts and inserts two rows; both sides
together do what one exchanged message cannot do without. Says ``ready``, begins when it is told to,
prints the seconds; the rows are removed.
"""

from __future__ import annotations

import sys
import time

_INSERT = """
insert into exchange_outgoing (id, partner_id, country, type, subject, sequence, correlation, raw,
    digest, signature, state, written_at, next_at, attempts, reason, note, technical_signature,
    region)
values (%s, %s, 'ZZ', 'bench', %s, 1, %s, %s, %s, %s, 'done', %s, %s, 0, '', '', '', '')
"""


def main() -> None:
    """Sign, check, insert."""
    messages = int(sys.argv[1])
    import django

    django.setup()
    from datetime import UTC, datetime

    from django.db import connection

    from bench.ledger.apps import DATA
    from lindung.access.acting import acting_as
    from lindung.access.roles import ROBOT
    from lindung.exchange.models import Partner
    from lindung.exchange.operations.outbox import BATCH_SIZE
    from lindung.exchange.own_keys import own_key
    from lindung.exchange.wire import envelopes, signatures
    from lindung.exchange.wire.envelopes import Message
    from lindung.exchange.wire.texts import digest
    from lindung.kernel.ids import new_id

    key = own_key()
    with acting_as(ROBOT):
        partner = Partner.objects.get()
    print("ready", flush=True)
    sys.stdin.readline()  # both sides begin together
    began = time.perf_counter()
    for first in range(0, messages, BATCH_SIZE):
        with acting_as(ROBOT), connection.cursor() as cursor:
            for number in range(first, min(first + BATCH_SIZE, messages)):
                now, identity = datetime.now(UTC), new_id()
                raw = envelopes.write(
                    Message(
                        id=identity, source="urn:x", recipient=partner.node, type="bench",
                        time=now, subject=str(identity), sequence=1, correlation=identity,
                        purpose="bench", basis="bench", schema="bench",
                        data=DATA["candidate.removed"],
                    )
                )  # fmt: skip
                # Of three signatures and three checks one and a half of each fall to a side.
                proof = signatures.sign(raw, key)
                signatures.verify(raw, proof, key.x)
                if number % 2:
                    signatures.verify(raw, signatures.sign(raw, key), key.x)
                for twin in (identity, new_id()):
                    cursor.execute(
                        _INSERT,
                        [twin, partner.pk, str(twin), identity, raw, digest(raw), proof, now, now],
                    )
    print(time.perf_counter() - began)
    import os

    import psycopg

    with psycopg.connect(os.environ["LINDUNG_OWNER_DATABASE_URL"]) as owner:
        owner.execute("delete from exchange_outgoing where type = 'bench'")


if __name__ == "__main__":
    main()
