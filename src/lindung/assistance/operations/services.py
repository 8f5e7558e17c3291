"""The directory of services outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lindung.access.actors import Actor, Kind
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.assistance.models import Service, ServiceKind
from lindung.kernel.refusals import Incomplete, NotFound


@operation(Right.REFERRAL_MAKE)
def enter_service(
    actor: Actor,
    *,
    kind: ServiceKind,
    name: str,
    source: str,
    on: date,
    post_id: int | None = None,
    phone: str = "",
    email: str = "",
    languages: Sequence[str] = (),
    hours: str = "",
) -> Service:
    """Enter a service, with who told of it and the day it was checked.

    Raises:
        NotFound: not this actor's post.
        Incomplete: no name, no source, or no way to reach it.
    """
    if actor.kind is Kind.POST and post_id not in actor.posts:
        raise NotFound
    wrong = {}
    if not name.strip():
        wrong["name"] = "Tulis namanya."
    if not source.strip():
        wrong["source"] = "Tulis dari mana keterangan ini."
    if not (phone.strip() or email.strip()):
        wrong["phone"] = "Tulis telepon atau surel."
    if wrong:
        raise Incomplete(fields=wrong)
    return Service.objects.create(
        post_id=post_id,
        kind=kind,
        name=name.strip(),
        phone=phone.strip(),
        email=email.strip(),
        languages=list(languages),
        hours=hours.strip(),
        source=source.strip(),
        checked_on=on,
    )
