"""`manage.py rewrap_documents`: wrap every document's key anew under the ring's current key.

Run it after `rotate_keys` has added a key. It can be stopped and begun again; the files themselves are
not touched. The old key may leave the ring when this has run to the end.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand

from lindung.access.roles import ROBOT
from lindung.documents import operations


class Command(BaseCommand):
    help = "Wrap the keys of documents anew under the current key."

    def handle(self, *args: Any, **options: Any) -> None:
        total, after = 0, None
        while True:
            done, last = self._some(after)
            total += done
            if last is None:
                break
            after = last
        self.stdout.write(f"{total} document keys were wrapped anew.")

    def _some(self, after: UUID | None) -> tuple[int, UUID | None]:
        return operations.rewrap(ROBOT, after=after)
