"""States and steps of an uploaded document."""

from __future__ import annotations

from enum import StrEnum

from lindung.kernel.lifecycle import Lifecycle, Step


class DocumentState(StrEnum):
    """Where a document stands."""

    UPLOADED = "uploaded"  # waits for the virus scanner
    SCANNED = "scanned"
    UNSCANNED = "unscanned"  # nobody looked for viruses; never called clean
    VERIFIED = "verified"
    REFUSED = "refused"
    EXPIRED = "expired"
    QUARANTINED = "quarantined"
    DESTROYED = "destroyed"


_S = DocumentState
# What an officer may take for true or send back.
WAITING = (_S.SCANNED, _S.UNSCANNED)
# What is shown to those who may see it. Not before the scanner answered, and never when infected.
SHOWN = (*WAITING, _S.VERIFIED, _S.REFUSED, _S.EXPIRED)

DOCUMENT = Lifecycle(
    name="document",
    initial=_S.UPLOADED,
    steps=(
        Step("pass the scan", (_S.UPLOADED, _S.UNSCANNED), _S.SCANNED),
        Step("stay unscanned", (_S.UPLOADED,), _S.UNSCANNED),
        Step("quarantine", (_S.UPLOADED, *SHOWN), _S.QUARANTINED),
        Step("verify", WAITING, _S.VERIFIED),
        Step("refuse", WAITING, _S.REFUSED),
        Step("expire", (_S.VERIFIED,), _S.EXPIRED),
        Step("destroy", (_S.UPLOADED, *SHOWN, _S.QUARANTINED), _S.DESTROYED),
    ),
)
