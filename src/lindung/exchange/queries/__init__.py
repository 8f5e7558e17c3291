"""Everything the exchange's pages ask."""

from lindung.exchange.queries.counts import (
    LISTED,
    TypeRow,
    counts,
    listed,
    partners,
    undelivered,
    unsettled,
)
from lindung.exchange.queries.links import Link, Speed, link_of, public_links, published
from lindung.exchange.queries.persons import Lane, candidates, matching_lanes, person_in
from lindung.exchange.queries.sharing import (
    Ground,
    Shared,
    Sharing,
    disclosures,
    grounds,
    never_shared,
    shared_about,
    stands,
)
from lindung.exchange.queries.stories import Opened, Proof, opened, thread

__all__ = [
    "LISTED",
    "Ground",
    "Lane",
    "Link",
    "Opened",
    "Proof",
    "Shared",
    "Sharing",
    "Speed",
    "TypeRow",
    "candidates",
    "counts",
    "disclosures",
    "grounds",
    "link_of",
    "listed",
    "matching_lanes",
    "never_shared",
    "opened",
    "partners",
    "person_in",
    "public_links",
    "published",
    "shared_about",
    "stands",
    "thread",
    "undelivered",
    "unsettled",
]
