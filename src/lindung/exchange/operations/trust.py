"""Which keys of a partner we believe: people compare fingerprints, always two of them (§4)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.exchange.lifecycles import GraveKind
from lindung.exchange.models import GraveAct, Partner, PartnerKey
from lindung.exchange.operations import grave
from lindung.exchange.operations.partners import OutOfReach, trust_document
from lindung.kernel.refusals import NotFound, Refusal


class OtherKeyShown(Refusal):
    """The partner's node shows another key than the one that was compared."""

    status = 409
    slug = "other-key-shown"
    title = "Mitra sekarang menunjukkan kunci yang lain dari yang dibandingkan."
    advice = "Bandingkan sidik kunci yang sekarang lewat saluran lain, lalu usulkan lagi."


@operation(Right.EXCHANGE_TRUST)
def ask_to_trust(
    actor: Actor, partner_id: UUID, *, kid: str, reason: str, at: datetime
) -> GraveAct:
    """Say that a partner's new fingerprint was compared over a second channel.

    Args:
        kid: the fingerprint, as the partner's people read it out.
        reason: with whom and over which channel it was compared.

    Raises:
        NotFound: no such partner.
        OtherKeyShown: the node does not show this key.
        Incomplete, AlreadyAsked: as ``grave.ask``.
    """
    partner = _partner(partner_id)
    if kid != partner.conflict_kid:
        raise OtherKeyShown
    return grave.ask(actor, GraveKind.TRUST_KEY, partner=partner, subject=kid, reason=reason, at=at)


@operation(Right.EXCHANGE_TRUST)
def ask_to_revoke(
    actor: Actor, partner_id: UUID, *, kid: str, reason: str, at: datetime
) -> GraveAct:
    """Ask to believe a partner's key no more.

    Raises:
        NotFound: no such key of this partner, or it is revoked.
        Incomplete, AlreadyAsked: as ``grave.ask``.
    """
    partner = _partner(partner_id)
    if not PartnerKey.objects.filter(partner=partner, pk=kid, revoked_at=None).exists():
        raise NotFound
    return grave.ask(
        actor, GraveKind.REVOKE_KEY, partner=partner, subject=kid, reason=reason, at=at
    )


@operation(Right.EXCHANGE_TRUST)
def answer_about_key(
    actor: Actor, act_id: UUID, *, confirm: bool, shown: tuple[bytes, str] | None, at: datetime
) -> GraveAct:
    """Confirm or refuse, as the second person, what was asked about a partner's key.

    Args:
        shown: the partner's key document and its signature as its node shows them now; needed to
            trust a key.

    Raises:
        OtherKeyShown: the document is signed by another key, or could not be read or verified.
        NotFound, NeedsAnother, StepClosed: as ``grave.answer``.
    """
    kinds = (GraveKind.TRUST_KEY, GraveKind.REVOKE_KEY)
    act = grave.answer(actor, act_id, *kinds, confirm=confirm, at=at)
    if not confirm:
        return act
    if act.kind == GraveKind.REVOKE_KEY:
        with acting_as(ROBOT):
            PartnerKey.objects.filter(partner=act.partner, pk=act.subject).update(revoked_at=at)
        return act
    try:
        outcome = trust_document(act.partner, *shown, compared=act.subject) if shown else "conflict"
    except OutOfReach as error:
        raise OtherKeyShown from error
    if outcome == "conflict":
        raise OtherKeyShown
    return act


def _partner(partner_id: UUID) -> Partner:
    partner = Partner.objects.filter(pk=partner_id).first()
    if partner is None:
        raise NotFound
    return partner
