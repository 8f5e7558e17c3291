"""What the exchange's pages share: whose page it is, the partner, and the way between them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from lindung.access.actors import Actor, Kind
from lindung.access.doors import actor_of
from lindung.access.rights import Right
from lindung.exchange import queries
from lindung.exchange.models import Partner
from lindung.exchange.ourselves import ourselves
from lindung.kernel.refusals import NotAllowed, NotFound
from lindung.reference.queries import country_name

DAYS = 30


@dataclass(frozen=True, slots=True)
class Sides:
    """How the two sides are called by whoever reads: the partner's people see it mirrored.

    Attributes:
        origin: our own country's name.
    """

    here: str
    there: str
    mirrored: bool
    origin: str


def need(request: HttpRequest, right: Right = Right.EXCHANGE_READ) -> Actor:
    """The actor, who holds the right.

    Raises:
        NotAllowed: not this duty.
    """
    actor = actor_of(request)
    if not actor.may(right):
        raise NotAllowed(right=str(right))
    return actor


def reads_content(actor: Actor) -> bool:
    """Whether this duty reads what messages say of people, not only how they stand.

    The other country's officials read what was shared with them; an administrator of accounts
    reads nobody's file.
    """
    return actor.kind is Kind.PARTNER or actor.may(Right.WORKER_READ)


def need_content(actor: Actor) -> None:
    """Raise ``NotAllowed`` for a duty that does not read what messages say."""
    if not reads_content(actor):
        raise NotAllowed(right=str(Right.WORKER_READ))


def partners_of(actor: Actor) -> list[Partner]:
    """The partners whose page this actor has: the other country's people have their own alone."""
    found = list(queries.partners())
    return [each for each in found if not actor.country or each.country == actor.country]


def partner_of(actor: Actor, code: str) -> Partner:
    """One of these, by its code.

    Raises:
        NotFound: none such, or another country's.
    """
    for each in partners_of(actor):
        if each.code == code:
            return each
    raise NotFound


def sides(actor: Actor, partner: Partner) -> Sides:
    """What we and they are called on this reader's page."""
    origin = origin_name()
    if actor.kind is Kind.PARTNER:
        return Sides(partner.name, origin, True, origin)
    return Sides(origin, partner.name, False, origin)


def origin_name() -> str:
    """Our own country, in the reader's language."""
    return country_name(str(ourselves()["country"]))


def tabs(actor: Actor, partner: Partner, current: str) -> list[dict[str, object]]:
    """The pages of one partner that this actor may open."""
    pages = [("exchange-partner", _("Ringkas"), True)]
    pages.append(("exchange-messages-of", _("Pesan"), True))
    pages.append(("exchange-matching", _("Kenali orang"), actor.may(Right.EXCHANGE_MATCH)))
    pages.append(("exchange-repair", _("Perbaikan"), actor.may(Right.EXCHANGE_REPAIR)))
    pages.append(("exchange-differences", _("Beda catatan"), reads_content(actor)))
    pages.append(("exchange-shared", _("Yang dibagikan"), True))
    pages.append(("exchange-trust", _("Kunci"), actor.kind is not Kind.POST))
    found = []
    for name, label, shown in pages:
        if not shown:
            continue
        try:
            href = reverse(name, args=[partner.code])
        except NoReverseMatch:
            continue
        found.append({"href": href, "label": label, "current": name == current})
    return found


def key_of(request: HttpRequest) -> UUID | None:
    """The id after which the next page begins."""
    try:
        return UUID(request.GET.get("sebelum", ""))
    except ValueError:
        return None
