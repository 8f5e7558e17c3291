"""Who asked for a job, as that person or system may act now: jobs hold an id, not a duty."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from lindung.access.actors import Actor
from lindung.access.identity import actor_for, duties_of
from lindung.access.models import Account
from lindung.access.sign_in import is_welcome
from lindung.access.tokens import actor_of_token_id


def acting_again(actor_id: UUID, *, now: datetime) -> list[Actor]:
    """The actors that an account or a key may be at that instant; none when its duties are over.

    Runs at the door, like signing in.
    """
    account = Account.objects.filter(id=actor_id).first()
    if account is None:
        found = actor_of_token_id(actor_id, now=now)
        return [] if found is None else [found]
    if not is_welcome(account):
        return []
    return [actor_for(account, duty) for duty in duties_of(account, on=timezone.localdate(now))]
