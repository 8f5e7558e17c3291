"""What the journal tells a partner, and what a partner tells our books, stage by stage."""

from lindung.exchange.handlers import (  # noqa: F401  registers them
    abroad,
    after,
    before,
    employers,
    orders,
    outgoing,
    queried,
    rules,
    stale,
)
