"""Where sealed files lie: Django's storage ``documents``, under the document's id and nothing else."""

from __future__ import annotations

from contextlib import closing
from io import BytesIO
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from lindung.access.secrets import keyring
from lindung.documents import sealing
from lindung.documents.files import WholeFiles
from lindung.kernel.refusals import Refusal
from lindung.kernel.secrets import CannotOpen


class CannotShow(Refusal):
    """The file in the store is missing or was changed; nothing of it is shown."""

    status = 503
    slug = "document-damaged"
    title = "Berkas ini tidak dapat dibuka."
    advice = "Beri tahu pengelola sistem; berkas dapat dipulihkan dari cadangan."


def place(document: UUID) -> str:
    """The name in the store. The first digits of our ids are the time, the last ones spread."""
    return f"{document.hex[-2:]}/{document.hex}"


def put(document: UUID, data: bytes) -> bytes:
    """Seal and store a file; returns the wrapped key, without which it is noise."""
    key = sealing.new_key()
    sealed = b"".join(sealing.encrypt(BytesIO(data), key, document))
    _store().save(place(document), ContentFile(sealed))
    return sealing.wrap(keyring(), document, key)


def get(document: UUID, wrapped: bytes) -> bytes:
    """A stored file, proven whole before a byte of it is handed out.

    Raises:
        CannotShow: missing, changed, or its key does not open it.
    """
    try:
        key = sealing.unwrap(keyring(), document, wrapped)
        with closing(_store().open(place(document))) as file:
            return b"".join(sealing.decrypt(BytesIO(file.read()), key, document))
    except (CannotOpen, FileNotFoundError):
        raise CannotShow(document=str(document)) from None


def drop(document: UUID) -> None:
    """Delete a stored file; it is no trouble if there is none."""
    _store().delete(place(document))


def clear_drafts() -> int:
    """Delete what killed processes left half-written a day ago; a bucket leaves nothing so."""
    store = _store()
    return store.clear_drafts(older_than_seconds=86_400) if isinstance(store, WholeFiles) else 0


def _store() -> Storage:
    return storages["documents"]
