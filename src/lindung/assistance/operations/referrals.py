"""Referrals: a person handed on with named fields only, by a link that ends."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.assistance.events import ReferralMade, ReferralMoved, ReferralOpened
from lindung.assistance.labels import REFERRAL_STATES
from lindung.assistance.lifecycles import REFERRAL, ReferralState
from lindung.assistance.models import Referral, Service, ServiceKind
from lindung.assistance.operations.parts import numbered, of_case, open_case
from lindung.assistance.shared_fields import FIELDS, values
from lindung.kernel.ids import new_id
from lindung.kernel.links import new_token, read_token
from lindung.kernel.refusals import Incomplete, NotFound, Refusal

LONGEST_DAYS = 90  # our own practice: who needs it longer is handed on again, and asked again
BY_SERVICE = ("accept", "decline", "report result")


class ReferralClosed(Refusal):
    """The link is none of ours, has ended, or the referral is over: one answer for all."""

    status = 404
    slug = "referral-closed"
    title = "Rujukan ini tidak terbuka."
    advice = "Minta tautan baru dari perwakilan yang merujuk."


@operation(Right.REFERRAL_MAKE)
def refer(
    actor: Actor,
    case_id: UUID,
    *,
    service_id: UUID,
    purpose: str,
    legal_basis: str,
    consent: str,
    fields: Iterable[str],
    days: int,
    at: datetime,
    needs: str = "",
    phone: str = "",
) -> tuple[Referral, str]:
    """Hand a person on to a service. Returns the referral and the token of the service's link.

    Args:
        fields: names of ``shared_fields.FIELDS``; what is not named is not shared.
        days: how long the service may read it, 1 to 90.
        phone: the number in full, where it is to be shared; never read from the sealed file.
    Raises:
        NotFound: no such case or service; StepClosed: the case is closed.
        Incomplete: no purpose, basis, consent or fields, or a time outside 1 to 90 days.
    """
    case = open_case(case_id)
    service = Service.objects.filter(id=service_id, ended_on__isnull=True).first()
    if service is None:
        raise NotFound
    names = [name for name in FIELDS if name in set(fields)]
    consents = dict(Referral._meta.get_field("consent").flatchoices)
    wrong = {}
    if not purpose.strip():
        wrong["purpose"] = "Tulis untuk apa orang ini dirujuk."
    if not legal_basis.strip():
        wrong["legal_basis"] = "Tulis dasar hukum pembagian data ini."
    if consent not in consents:
        wrong["consent"] = "Catat bagaimana pekerja menyetujuinya."
    if not names:
        wrong["fields"] = "Pilih paling sedikit satu hal yang dibagikan."
    if "needs" in names and not needs.strip():
        wrong["needs"] = "Tulis yang dibutuhkan, atau jangan bagikan."
    if not 1 <= days <= LONGEST_DAYS:
        wrong["days"] = "Pilih 1 sampai 90 hari."
    if wrong:
        raise Incomplete(fields=wrong)
    id_ = new_id()
    token, digest = new_token(id_)
    referral = Referral(
        id=id_,
        number=numbered(case, Referral, "R"),
        service=service,
        purpose=purpose.strip(),
        legal_basis=legal_basis.strip(),
        consent=consent,
        shared=values(
            names,
            case=case,
            worker=case.worker,
            needs=needs,
            phone=phone,
            on=timezone.localdate(at),
        ),
        digest=digest,
        made_by=actor.name,
        made_at=at,
        expires_at=at + timedelta(days=days),
        **of_case(case),
    )
    referral.save(force_insert=True)
    record(
        ReferralMade(
            referral=id_,
            number=referral.number,
            label=str(ServiceKind(service.kind).label),
            fields=", ".join(names),
            legal_basis=referral.legal_basis,
            expires_at=referral.expires_at,
        ),
        actor=actor,
        about=referral,
    )
    return referral, token


@operation(Right.REFERRAL_MAKE)
def end_referral(actor: Actor, referral_id: UUID) -> Referral:
    """End a referral at once; its link opens nothing any more.

    Raises:
        NotFound: no such referral; StepClosed: it is over.
    """
    referral = Referral.objects.select_for_update(of=("self",)).filter(id=referral_id).first()
    if referral is None:
        raise NotFound
    _take(actor, referral, "end")
    return referral


def read_referral(token: str, *, at: datetime) -> Referral:
    """What the service is told, by its link; every reading is counted and journalled.

    Runs at the door: whoever holds the link is the service.

    Raises:
        ReferralClosed: no such link, its time is over, or it was ended.
    """
    with acting_as(ROBOT):
        referral = _of(token, at=at)
        Referral.objects.filter(id=referral.id).update(
            opened_at=at, opened_times=F("opened_times") + 1
        )
        record(
            ReferralOpened(referral=referral.id, number=referral.number),
            actor=ROBOT,
            about=referral,
        )
    return referral


def answer_referral(token: str, *, step: str, at: datetime, result: str = "") -> Referral:
    """The service's word: it takes the person up, cannot, or tells the result.

    Raises:
        ReferralClosed: the link opens nothing.
        NotFound: no step of the service's; StepClosed: the step is not open.
        Incomplete: a refusal or a result without words.
    """
    if step not in BY_SERVICE:
        raise NotFound(step)
    with acting_as(ROBOT):
        referral = _of(token, at=at)
        if step != "accept" and not result.strip():
            raise Incomplete(fields={"result": "Tulis dengan singkat hasil atau alasannya."})
        if result.strip():
            referral.result = result.strip()[:4000]
        _take(ROBOT, referral, step)
    return referral


def end_expired(*, at: datetime) -> int:
    """End every referral whose time is over. Returns how many. Run by the hourly job."""
    with acting_as(ROBOT):
        over = Referral.objects.select_for_update(of=("self",), skip_locked=True).filter(
            expires_at__lte=at, state__in=[ReferralState.MADE, ReferralState.ACCEPTED]
        )
        for count, referral in enumerate(over, start=1):
            _take(ROBOT, referral, "end")
            if count == 1_000:
                return count
        return len(over)


def _of(token: str, *, at: datetime) -> Referral:
    if (read := read_token(token)) is None:
        raise ReferralClosed
    id_, digest = read
    found = (
        Referral.objects.select_for_update(of=("self",))
        .select_related("service")
        .filter(id=id_, expires_at__gt=at)
        .exclude(state__in=[ReferralState.ENDED, ReferralState.DECLINED])
        .first()
    )
    if found is None or not hmac.compare_digest(bytes(found.digest), digest):
        raise ReferralClosed
    return found


def _take(actor: Actor, referral: Referral, step: str) -> None:
    referral.state = REFERRAL.take(step, ReferralState(referral.state))
    referral.version += 1
    referral.save(update_fields=["state", "result", "version"])
    record(
        ReferralMoved(
            referral=referral.id,
            number=referral.number,
            step=step,
            label=str(REFERRAL_STATES[ReferralState(referral.state)]),
        ),
        actor=actor,
        about=referral,
    )
