"""Relatives: whom a worker names, what they may see, and the link that lets them in.

A relative gives us no telephone: the worker hands the link on, and takes it back.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from lindung.access import sessions
from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.access.roles import ROBOT
from lindung.kernel.ids import new_id
from lindung.kernel.links import new_token, read_token
from lindung.kernel.refusals import Incomplete, NotFound
from lindung.outreach import entry
from lindung.outreach.events import RelativeChanged, RelativeInvited, RelativeNamed, RelativeShutOut
from lindung.outreach.models import FamilyLink
from lindung.registry import queries as registry
from lindung.registry.entry import LinkClosed, rules
from lindung.registry.models import FamilyMember


@operation(Right.FAMILY_KEEP)
def name_relative(
    actor: Actor,
    worker_id: UUID,
    *,
    name: str,
    relation: str,
    may_see_condition: bool = False,
    is_emergency_contact: bool = False,
) -> FamilyMember:
    """Name a relative. Naming opens nothing: that takes an invitation.

    Raises:
        NotFound: no such person, or none this actor may see.
        Incomplete: no name or relation.
    """
    wrong = {}
    if not name.strip():
        wrong["name"] = "Tulis namanya."
    if not relation.strip():
        wrong["relation"] = "Tulis hubungannya, misalnya ibu atau suami."
    if wrong:
        raise Incomplete(fields=wrong)
    worker = registry.worker(worker_id)
    member = FamilyMember.objects.create(
        worker=worker,
        name=name.strip(),
        relation=relation.strip(),
        may_see_condition=may_see_condition,
        is_emergency_contact=is_emergency_contact,
        **worker.scope(),
    )
    record(RelativeNamed(member=member.id), actor=actor, about=member)
    return member


@operation(Right.FAMILY_KEEP)
def let_see_condition(actor: Actor, member_id: UUID, *, may: bool) -> FamilyMember:
    """Allow or forbid a relative to be told how the person is.

    Raises:
        NotFound: no such relative, or none this actor may see.
    """
    member = _locked(member_id)
    member.may_see_condition = may
    member.save(update_fields=["may_see_condition"])
    record(RelativeChanged(member=member.id, may_see_condition=may), actor=actor, about=member)
    return member


@operation(Right.FAMILY_KEEP)
def invite(actor: Actor, member_id: UUID, *, now: datetime) -> str:
    """Make the token of a fresh one-time link for a relative; earlier links end with it.

    Raises:
        NotFound: no such relative, or none this actor may see.
    """
    member = _locked(member_id)
    id_ = new_id()
    token, digest = new_token(id_)
    link = FamilyLink(
        id=id_,
        member=member,
        digest=digest,
        made_at=now,
        expires_at=now + timedelta(hours=rules(timezone.localdate(now)).link_hours),
    )
    with acting_as(ROBOT):
        FamilyLink.objects.filter(member=member, used_at__isnull=True).delete()
        link.save(force_insert=True)
    record(RelativeInvited(member=member.id), actor=actor, about=member)
    return token


@operation(Right.FAMILY_KEEP)
def shut_out(actor: Actor, member_id: UUID) -> int:
    """End a relative's links and sessions at once. Returns how many phones were signed out.

    Raises:
        NotFound: no such relative, or none this actor may see.
    """
    member = _locked(member_id)
    with acting_as(ROBOT):
        FamilyLink.objects.filter(member=member).delete()
    ended = sessions.end_all_of_worker(member.id)
    record(RelativeShutOut(member=member.id), actor=actor, about=member)
    return ended


def look_at_link(token: str, *, now: datetime) -> None:
    """Whether the link would open, without using it up.

    Raises:
        LinkClosed: used, too old, or none of ours.
    """
    with acting_as(ROBOT):
        _link_of(token, now=now, lock=False)


def enter(token: str, *, address: str, now: datetime) -> FamilyMember:
    """The relative whose link it is; it is used up with that. Runs at the door.

    Raises:
        TooMany: too many guesses from this address.
        LinkClosed: used, too old, or none of ours.
    """
    entry.spend("guess", address, now=now)
    with acting_as(ROBOT):
        link = _link_of(token, now=now, lock=True)
        link.used_at = now
        link.save(update_fields=["used_at"])
        return link.member


def relatives_of(worker_id: UUID) -> list[FamilyMember]:
    """Whom a person named, oldest first."""
    return list(FamilyMember.objects.filter(worker_id=worker_id).order_by("id"))


def _link_of(token: str, *, now: datetime, lock: bool) -> FamilyLink:
    if (read := read_token(token)) is None:
        raise LinkClosed
    id_, digest = read
    links = FamilyLink.objects.filter(
        id=id_, used_at__isnull=True, expires_at__gt=now
    ).select_related("member")
    found = (links.select_for_update(of=("self",)) if lock else links).first()
    if found is None or not hmac.compare_digest(bytes(found.digest), digest):
        raise LinkClosed
    return found


def _locked(member_id: UUID) -> FamilyMember:
    member = FamilyMember.objects.select_for_update().filter(id=member_id).first()
    if member is None:
        raise NotFound
    return member
