"""Everything that changes documents."""

from lindung.documents.operations.attaching import (
    AlreadyHandedIn,
    DocumentDoesNotFit,
    TooManyDocuments,
    attach,
    hand_in_for,
)
from lindung.documents.operations.deciding import destroy, expire, refuse, verify
from lindung.documents.operations.keeping import scan
from lindung.documents.operations.opening import (
    NotShown,
    Opened,
    ReasonNeeded,
    StillScanning,
    open_document,
)

__all__ = [
    "AlreadyHandedIn",
    "DocumentDoesNotFit",
    "NotShown",
    "Opened",
    "ReasonNeeded",
    "StillScanning",
    "TooManyDocuments",
    "attach",
    "destroy",
    "expire",
    "hand_in_for",
    "open_document",
    "refuse",
    "scan",
    "verify",
]
