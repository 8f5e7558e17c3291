"""Accounts, duties and second factors of officials: opened, given, delegated, ended."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from lindung.access import sessions
from lindung.access.actors import Actor, Kind
from lindung.access.events import AccountMade, DutyEnded, DutyGiven, SecondFactorReset
from lindung.access.identity import in_force
from lindung.access.journal import record
from lindung.access.models import Account, Duty, Office, Post
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import roles
from lindung.kernel.ids import new_id
from lindung.kernel.refusals import Incomplete, NotFound

# Kinds of actor that officials' duties make; the others are no account's.
OFFICIAL_KINDS = (Kind.POST, Kind.OFFICE, Kind.AGENCY, Kind.MINISTRY, Kind.PARTNER)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a duty is held: what the role's kind asks for, and nothing else."""

    post_id: int | None = None
    office_id: UUID | None = None
    agency_id: UUID | None = None
    agency_name: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A new account, and the first password, told this once."""

    account: Account
    password: str


@operation(Right.ACCOUNT_ADMINISTER)
def open_account(
    actor: Actor, *, username: str, display_name: str, email: str = "", language: str = "id"
) -> Opened:
    """Open an account; at its first signing in it must set up a second factor.

    Raises:
        Incomplete: a name is missing, or the user name is taken.
    """
    username = username.strip().lower()
    if not username or not display_name.strip():
        raise Incomplete(fields={"username": _("Isi nama pengguna dan nama lengkap.")})
    password = secrets.token_urlsafe(15)
    account = Account(
        id=new_id(),
        username=username,
        display_name=display_name.strip(),
        email=email.strip(),
        language=language,
    )
    account.set_password(password)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        raise Incomplete(fields={"username": _("Nama pengguna ini sudah dipakai.")}) from None
    record(AccountMade(account=account.id), actor=actor, subject=account.id)
    return Opened(account, password)


@operation(Right.ACCOUNT_ADMINISTER)
def give_duty(
    actor: Actor,
    account_id: UUID,
    *,
    role: str,
    place: Place,
    valid_from: date,
    valid_to: date | None = None,
) -> Duty:
    """Give an account a role in one place.

    Args:
        valid_to: the first day on which it no longer holds.
    Raises:
        NotFound: no such account.
        Incomplete: no such role, the place does not fit it, or it would end before it begins.
    """
    account = _account(account_id)
    wrong = _misfit(role, place)
    if valid_to is not None and valid_to <= valid_from:
        wrong["valid_to"] = _("Tugas berakhir sesudah hari mulainya.")
    if wrong:
        raise Incomplete(fields=wrong)
    duty = Duty(
        id=new_id(),
        account=account,
        role=role,
        post_id=place.post_id,
        office_id=place.office_id,
        agency_id=place.agency_id,
        agency_name=place.agency_name,
        country=place.country,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    duty.save(force_insert=True)
    record(DutyGiven(account=account.id, role=role, until=valid_to), actor=actor, subject=duty.id)
    return duty


@operation(Right.DUTY_DELEGATE)
def delegate(actor: Actor, duty_id: UUID, *, to: UUID, until: date, on: date) -> Duty:
    """Let a colleague hold one's own duty until a day, and no longer than one holds it oneself.

    Args:
        until: the first day on which the colleague no longer holds it.
    Raises:
        NotFound: no such duty of one's own, or no such colleague.
        Incomplete: a delegated duty, to oneself, or not in the future.
    """
    own = in_force(Duty.objects.filter(id=duty_id, account_id=actor.id), on=on).first()
    if own is None:
        raise NotFound
    colleague = _account(to)
    wrong = {}
    if own.delegated_by_id is not None:
        wrong["duty"] = _("Tugas yang dilimpahkan tidak dilimpahkan lagi.")
    if colleague.id == actor.id:
        wrong["to"] = _("Pilih rekan, bukan diri sendiri.")
    if until <= on or (own.valid_to is not None and until > own.valid_to):
        wrong["until"] = _("Pilih hari sesudah hari ini, selama tugas Anda sendiri masih berlaku.")
    if wrong:
        raise Incomplete(fields=wrong)
    given = Duty(
        id=new_id(),
        account=colleague,
        role=own.role,
        post_id=own.post_id,
        office_id=own.office_id,
        agency_id=own.agency_id,
        agency_name=own.agency_name,
        country=own.country,
        valid_from=on,
        valid_to=until,
        delegated_by=own,
    )
    given.save(force_insert=True)
    record(
        DutyGiven(account=colleague.id, role=own.role, until=until), actor=actor, subject=given.id
    )
    return given


@operation(Right.ACCOUNT_ADMINISTER)
def end_duty(actor: Actor, duty_id: UUID, *, on: date) -> Duty:
    """End a duty from ``on``, what was delegated from it, and the sessions of who held them.

    Raises:
        NotFound: no such duty.
        Incomplete: it has ended already, or was never to begin before that day.
    """
    duty = _locked(duty_id)
    if duty.valid_to is not None and duty.valid_to <= on:
        raise Incomplete(fields={"duty": _("Tugas ini sudah berakhir.")})
    lent = in_force(Duty.objects.select_for_update().filter(delegated_by=duty), on=on)
    for each in (duty, *lent):
        _end(actor, each, on)
    return duty


@operation(Right.DUTY_DELEGATE)
def take_back(actor: Actor, duty_id: UUID, *, on: date) -> Duty:
    """End a delegation that one gave oneself.

    Raises:
        NotFound: no such delegation of one's own.
    """
    duty = _locked(duty_id)
    if duty.delegated_by is None or duty.delegated_by.account_id != actor.id:
        raise NotFound
    if duty.valid_to is not None and duty.valid_to <= on:
        raise NotFound  # over already: its last day stays what it was
    _end(actor, duty, on)
    return duty


@operation(Right.ACCOUNT_ADMINISTER)
def close_account(actor: Actor, account_id: UUID, *, on: date) -> Account:
    """Close the account of someone who leaves: nobody signs in with it again.

    All its duties end, and what was delegated from them.

    Raises:
        NotFound: no such account.
        Incomplete: one's own.
    """
    account = _account(account_id)
    if account.id == actor.id:
        raise Incomplete(fields={"account": _("Akun sendiri ditutup oleh pengelola lain.")})
    held = in_force(Duty.objects.select_for_update().filter(account=account), on=on)
    lent = in_force(Duty.objects.select_for_update().filter(delegated_by__account=account), on=on)
    for duty in (*held, *lent):
        _end(actor, duty, on)
    account.is_active = False
    account.save(update_fields=["is_active"])
    sessions.end_all_of_account(account.id)
    return account


@operation(Right.ACCOUNT_ADMINISTER)
def reset_second_factor(actor: Actor, account_id: UUID, *, reason: str) -> Opened:
    """Take a lost second factor off an account, and give it a new first password.

    With the old password alone whoever knew it could set up a factor of their own.

    Raises:
        NotFound: no such account.
        Incomplete: no reason, or one's own account.
    """
    account = _account(account_id)
    wrong = {}
    if not reason.strip():
        wrong["reason"] = _("Tuliskan alasan dan cara orangnya dipastikan.")
    if account.id == actor.id:
        wrong["account"] = _("Bukti kedua sendiri dicabut oleh pengelola lain.")
    if wrong:
        raise Incomplete(fields=wrong)
    Authenticator.objects.filter(user_id=account.id).delete()
    password = secrets.token_urlsafe(15)
    account.set_password(password)
    account.save(update_fields=["password"])
    sessions.end_all_of_account(account.id)
    record(
        SecondFactorReset(account=account.id, reason=reason.strip()),
        actor=actor,
        subject=account.id,
    )
    return Opened(account, password)


def _end(actor: Actor, duty: Duty, on: date) -> None:
    duty.valid_to = on
    duty.save(update_fields=["valid_to"])
    sessions.end_all_of_account(duty.account_id)
    record(DutyEnded(account=duty.account_id, role=duty.role), actor=actor, subject=duty.id)


def _misfit(role: str, place: Place) -> dict[str, str]:
    """What is wrong with holding this role in this place; empty where nothing is."""
    found = roles().get(role)
    if found is None or found.kind not in OFFICIAL_KINDS:
        return {"role": _("Peran ini tidak dapat diberikan kepada akun.")}
    given = {
        "post": place.post_id is not None,
        "office": place.office_id is not None,
        "agency": place.agency_id is not None,
        "country": bool(place.country),
    }
    asked = {
        Kind.POST: "post",
        Kind.OFFICE: "office",
        Kind.AGENCY: "agency",
        Kind.PARTNER: "country",
    }.get(found.kind)
    if any(is_given != (name == asked) for name, is_given in given.items()):
        return {"place": _("Tempat tugas tidak sesuai dengan perannya.")}
    if place.post_id is not None and not Post.objects.filter(id=place.post_id).exists():
        return {"place": _("Perwakilan ini tidak ada.")}
    if place.office_id is not None and not Office.objects.filter(id=place.office_id).exists():
        return {"place": _("Kantor ini tidak ada.")}
    return {}


def _account(account_id: UUID) -> Account:
    account = Account.objects.filter(id=account_id, is_active=True).first()
    if account is None:
        raise NotFound
    return account


def _locked(duty_id: UUID) -> Duty:
    duty = (
        Duty.objects.select_for_update(of=("self",))
        .select_related("delegated_by")
        .filter(id=duty_id)
        .first()
    )
    if duty is None:
        raise NotFound
    return duty
