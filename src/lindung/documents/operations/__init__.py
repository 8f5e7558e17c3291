"""Everything that changes documents."""

from lindung.documents.operations.attaching import (
    AlreadyHandedIn,
    TooManyDocuments,
    attach,
    hand_in_for,
)
from lindung.documents.operations.deciding import destroy, expire, refuse, verify
from lindung.documents.operations.keeping import follow, rewrap, scan
from lindung.documents.operations.opening import (
    NotShown,
    Opened,
    ReasonNeeded,
    StillScanning,
    open_document,
)

__all__ = [
    "AlreadyHandedIn",
    "NotShown",
    "Opened",
    "ReasonNeeded",
    "StillScanning",
    "TooManyDocuments",
    "attach",
    "destroy",
    "expire",
    "follow",
    "hand_in_for",
    "open_document",
    "refuse",
    "rewrap",
    "scan",
    "verify",
]
