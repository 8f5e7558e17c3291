"""From a request to an actor: an official by duty, a worker by session, else anyone."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from lindung.access.actors import Actor
from lindung.access.models import Account, Duty
from lindung.access.roles import ANYONE, acting_family, acting_worker, rights_of, roles
from lindung.access.sign_in import is_welcome

WORKER_KEY = "worker"  # in the session of a signed-in worker: id and name
FAMILY_KEY = "family"  # in that of a relative: own id and name, and the worker's id
DUTY_KEY = "duty"  # in an official's session: the duty chosen, where there are several


def actor_of(request: HttpRequest) -> Actor | str:
    """Who acts in this request, or the address to go to first."""
    if (kept := request.session.get(WORKER_KEY)) is not None:
        return acting_worker(UUID(kept["id"]), kept["name"])
    if (kept := request.session.get(FAMILY_KEY)) is not None:
        return acting_family(UUID(kept["id"]), kept["name"], worker=UUID(kept["worker"]))
    account = request.user
    if not isinstance(account, Account):
        return ANYONE
    if not is_welcome(account):
        return reverse("account_logout")
    if not has_second_factor(account):
        return reverse("mfa_activate_totp")
    duties = duties_of(account, on=timezone.localdate())
    if not duties:
        return reverse("no_duty")
    chosen = request.session.get(DUTY_KEY)
    duty = next((duty for duty in duties if str(duty.id) == chosen), duties[0])
    request.duties = duties  # type: ignore[attr-defined] # the page's head offers the others
    request.duty = duty  # type: ignore[attr-defined]
    return actor_for(account, duty)


def duties_of(account: Account, *, on: date) -> list[Duty]:
    """The account's duties in force on that day, oldest first."""
    return list(
        in_force(Duty.objects.filter(account=account), on=on).select_related("post", "office")
    )


def in_force(duties: QuerySet[Duty], *, on: date) -> QuerySet[Duty]:
    """Those of the duties that have begun and not ended on that day."""
    return duties.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)


def actor_for(account: Account, duty: Duty) -> Actor:
    """The actor that an account is in one duty."""
    role = roles()[duty.role]
    return Actor(
        id=account.id,
        kind=role.kind,
        name=account.display_name,
        office=_office_name(duty) or role.title,
        posts=(duty.post.id,) if duty.post else (),
        agency=duty.agency_id,
        regions=tuple(duty.office.regions) if duty.office else (),
        country=duty.country,
        rights=rights_of(duty.role),
    )


def has_second_factor(account: Account) -> bool:
    """Whether the account has a second factor; without one it may do nothing but set it up."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.utils import is_mfa_enabled

    # Recovery codes alone are none: they are for the day the factor is lost.
    factors = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(is_mfa_enabled(account, factors))


def _office_name(duty: Duty) -> str:
    if duty.post:
        return duty.post.name
    return duty.office.name if duty.office else duty.agency_name
