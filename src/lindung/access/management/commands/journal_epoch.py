"""``manage.py journal_epoch``: once after a restore, before anything else is written.

A restored database counts its transactions from the beginning, so a number alone would no longer
say under which seal an entry belongs. From here on entries carry the next epoch.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone

from lindung.access import heads, seals
from lindung.access.keys import journal_signer
from lindung.access.models import Seal


class Command(BaseCommand):
    help = "Begin the journal's next epoch; run once after a restore, as the owner."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        """Replace the epoch function and note the restore in the heads file."""
        now = timezone.now()
        known = heads.published(journal_signer())
        # The backup may be older than an earlier restore.
        epoch = max(seals.epoch_now(), known.epoch) + 1
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "create or replace function access.journal_epoch() returns smallint"
                f" language sql immutable parallel safe as $$ select {epoch:d}::smallint $$"
            )
            kept = Seal.objects.order_by("-number").values_list("number", flat=True).first() or 0
            transaction.on_commit(lambda: heads.note_restore(epoch=epoch, kept=kept, now=now))
        lost = sum(number > kept for number in known.heads)
        self.stdout.write(
            f"The journal is in epoch {epoch}; the backup ended with seal {kept}"
            + (f", and {lost:,} seals made after it are lost." if lost else ".")
        )
