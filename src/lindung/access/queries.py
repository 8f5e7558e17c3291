"""Everything asked about accounts, duties and keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Prefetch
from django.utils.translation import gettext

from lindung.access.actors import Actor
from lindung.access.identity import in_force
from lindung.access.models import Account, ApiToken, Duty
from lindung.access.roles import roles
from lindung.kernel.refusals import NotFound

PAGE = 50


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account with its duties in force and whether it has a second factor."""

    account: Account
    duties: tuple[Duty, ...]
    has_second_factor: bool


def accounts(*, on: date, text: str = "", after: str = "") -> list[AccountLine]:
    """A page of accounts by user name, above ``after``; one more line tells of a next."""
    query = Account.objects.filter(username__gt=after) if after else Account.objects.all()
    if text:
        query = query.filter(username__begins=text.lower())
    held = in_force(Duty.objects.select_related("post", "office"), on=on)
    found = list(
        query.prefetch_related(Prefetch("duties", queryset=held, to_attr="held")).order_by(
            "username"
        )[: PAGE + 1]
    )
    protected = set(
        Authenticator.objects.filter(user_id__in=[each.id for each in found]).values_list(
            "user_id", flat=True
        )
    )
    return [AccountLine(each, tuple(each.held), each.id in protected) for each in found]


def account(account_id: UUID) -> Account:
    """One account.

    Raises:
        NotFound: no such account, or none this actor may see.
    """
    found = Account.objects.filter(id=account_id).first()
    if found is None:
        raise NotFound
    return found


def duties_ever(account_id: UUID) -> list[Duty]:
    """All duties of an account, the newest first."""
    return list(
        Duty.objects.filter(account_id=account_id)
        .select_related("post", "office", "delegated_by__account")
        .order_by("-valid_from", "-id")
    )


def second_factors(account_id: UUID) -> int:
    """How many second factors an account has."""
    return int(Authenticator.objects.filter(user_id=account_id).count())


def colleagues(actor: Actor, *, on: date) -> list[Account]:
    """Accounts with a duty at one's own post, oneself excepted."""
    held = in_force(Duty.objects.filter(post_id__in=actor.posts), on=on).values("account_id")
    return list(
        Account.objects.filter(id__in=held, is_active=True)
        .exclude(id=actor.id)
        .order_by("display_name")
    )


def own_duties(actor: Actor, *, on: date) -> list[Duty]:
    """One's own duties that can be delegated."""
    return list(
        in_force(
            Duty.objects.filter(account_id=actor.id, delegated_by__isnull=True), on=on
        ).select_related("post", "office")
    )


def delegations(actor: Actor, *, on: date) -> list[Duty]:
    """What one has delegated and not taken back."""
    return list(
        in_force(Duty.objects.filter(delegated_by__account_id=actor.id), on=on).select_related(
            "account", "post", "office"
        )
    )


def tokens() -> list[ApiToken]:
    """All keys, the newest first."""
    return list(
        ApiToken.objects.select_related("duty__account", "duty__post", "duty__office").order_by(
            "-created_at"
        )
    )


def role_title(name: str) -> str:
    """What people call a role, in the active language."""
    found = roles().get(name)
    return gettext(found.title) if found else name
