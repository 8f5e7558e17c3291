"""The exchange node: takes messages in, sends messages out, keeps its promises over kill -9.

Written from `docs/exchange/protocol.md`; section numbers in its parts refer to it. What a message
*means* is in `office.py`.
"""

from .batches import BATCH, MAX_ITEMS, SINGLE, read_batch, write_batch
from .receiving import Receiving
from .trust import SKEW, NotNow

__all__ = ["BATCH", "MAX_ITEMS", "SINGLE", "SKEW", "Node", "NotNow", "read_batch", "write_batch"]


class Node(Receiving):
    """One end of the exchange; `trust`, `sending` and `receiving` are its parts."""
