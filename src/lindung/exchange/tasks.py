"""The exchange in the background: deliver, apply, sweep."""

from __future__ import annotations

import logging
from uuid import UUID

from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.jobs import job
from lindung.access.roles import ROBOT
from lindung.exchange import adapters
from lindung.exchange.adapters import Later, Stop
from lindung.exchange.models import Partner
from lindung.exchange.operations import (
    applying,
    comparing,
    digests,
    heads,
    inbox,
    outbox,
    partners,
    rules,
    strangers,
)
from lindung.exchange.operations.questions import CannotAsk
from lindung.exchange.wire.reasons import Unacceptable
from lindung.kernel.faults import where

log = logging.getLogger(__name__)


@job(queue="exchange", whole=False)
def pump(partner: str) -> None:
    """Deliver what is due to one partner; meet it where we never did."""
    outbox.pump(UUID(partner), greet=True)


@job(queue="exchange", whole=False)
def apply_incoming(partner: str) -> None:
    """Apply what came from one partner, then let the answers out."""
    applying.apply_incoming(UUID(partner))


@job(periodic="* * * * * */5", queue="exchange", retries=0, whole=False)
def sweep() -> None:
    """Find what waits although nobody woke us: retries, gaps, files left, a process that died."""
    inbox.recover()
    with acting_as(ROBOT):
        everyone = list(Partner.objects.values_list("pk", flat=True))
    for partner in everyone:
        try:
            inbox.collect(partner)
            # Also one that was out of reach when we first met it: it may speak before we do.
            outbox.pump(partner, greet=True)
            applying.apply_incoming(partner)
        except Exception as error:
            # Trouble with one partner never holds up another.
            said = where(error)
            log.error("the exchange with partner %s could not be swept: %s", partner, said)


@job(periodic="* * * * *", queue="exchange", retries=0, whole=False)
def fold_records() -> None:
    """Fold what has changed into the digest trees."""
    digests.fold()


@job(periodic="*/5 * * * *", queue="exchange", retries=0, whole=False)
def compare_books() -> None:
    """Compare our books and our past with every partner that can be asked."""
    now = timezone.now()
    heads.look_at_own(now=now)
    with acting_as(ROBOT):
        everyone = list(Partner.objects.values_list("pk", flat=True))
    for partner in everyone:
        try:
            comparing.compare(partner, now=now)
            heads.look_at_past(partner, now=now)
        except CannotAsk:
            continue
        except (Later, Stop, Unacceptable) as error:
            log.warning("not compared with partner %s: %s", partner, error)


@job(periodic="23 17 * * *", queue="exchange", retries=0, whole=False)
def recheck_records() -> None:
    """Read all books anew each night: a leaf that nobody marked would otherwise stay wrong."""
    with acting_as(ROBOT):
        everyone = list(Partner.objects.all())
    for partner in everyone:
        leaves, nodes = digests.recheck(partner)
        if leaves or nodes:
            log.error("partner %s: %s leaves, %s nodes were wrong", partner.pk, leaves, nodes)


@job(periodic="41 * * * *", queue="exchange", retries=0, whole=False)
def learn_keys() -> None:
    """Fetch every partner's key document, so that its next key is known before it signs (§4)."""
    with acting_as(ROBOT):
        found = list(Partner.objects.all())
    for partner in found:
        if adapters.by_hand(partner):
            continue
        try:
            partners.learn_keys(partner)
        except partners.OutOfReach as error:
            log.warning("no key document of partner %s: %s", partner.pk, error)


@job(periodic="53 17 * * *", queue="exchange", retries=0, whole=False)
def forget_strangers() -> None:
    """Empty what was sent long ago by nobody we know."""
    strangers.forget(now=timezone.now())


@job(periodic="17 18 * * *", queue="exchange", retries=0, whole=False)
def tell_rules() -> None:
    """Tell partners which of our rules begin soon."""
    rules.tell_rules(on=timezone.localdate())
