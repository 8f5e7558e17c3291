"""Opens every document and says which do not: ``python -m bench._documents_whole``."""

from __future__ import annotations

import json


def main() -> None:
    """Count them, and the drafts that lie about."""
    import django

    django.setup()
    from pathlib import Path

    from django.core.files.storage import storages

    from lindung.access.acting import acting_as
    from lindung.access.roles import ROBOT
    from lindung.documents import store
    from lindung.documents.models import Content

    whole = damaged = 0
    known = set()
    with acting_as(ROBOT):
        for each in Content.objects.all():
            known.add(store.place(each.document_id))
            try:
                store.get(each.document_id, bytes(each.wrapped_key))
                whole += 1
            except store.CannotShow:
                damaged += 1
    folder = Path(storages["documents"].path(""))
    files = [path for path in folder.rglob("*") if path.is_file()]
    noise = sum(str(path.relative_to(folder)) not in known for path in files)
    print(json.dumps({"whole": whole, "damaged": damaged, "noise": noise}))


if __name__ == "__main__":
    main()
