"""Jobs of access: seal the journal, take up what was left, make its months, clear what is over."""

from __future__ import annotations

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from lindung.access import seals
from lindung.access.jobs import URGENT, job
from lindung.access.models import Attempt, PhoneSession

MONTHS_AHEAD = 12
SEALS_A_RUN = 10
# Finished jobs are kept this long for whoever looks into a trouble; failed ones longer.
KEPT_DAYS, FAILED_KEPT_DAYS = 3, 90
# A worker says every 10 seconds that it lives; silent for so long, it was killed.
SILENT_SECONDS = 30
CLEARED_A_RUN = 50_000


@job(periodic="* * * * * */20", retries=0, priority=URGENT)
def take_up_again() -> None:
    """Put back what a killed worker was doing; every job can be done twice and counts once."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select procrastinate_retry_job_v2(job.id, now(), null, null, null)
            from procrastinate_jobs job
            where job.status = 'doing' and not exists (
                select from procrastinate_workers worker
                where worker.id = job.worker_id
                  -- A sign of life from the future was given before the clock was set back.
                  and worker.last_heartbeat between now() - make_interval(secs => %s)
                      and now() + make_interval(secs => %s))
            """,
            [SILENT_SECONDS, SILENT_SECONDS],
        )


# Twice a minute: short enough for a small unsealed tail, seldom enough that a year of seals is
# quickly proven. Nothing new makes no seal.
@job(periodic="* * * * * */30", retries=0)
def seal_journal() -> None:
    """Seal what has happened; a backlog takes several runs."""
    for _ in range(SEALS_A_RUN):
        new = seals.seal(now=timezone.now())
        if new is None or new.count < seals.BATCH:
            return


@job(periodic="17 18 * * *")
def make_months() -> None:
    """Make the journal's partitions for the months ahead, long before they are needed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select access.journal_month((current_date + make_interval(months => ahead))::date)"
            " from generate_series(0, %s) ahead",
            [MONTHS_AHEAD],
        )


@job(periodic="51 * * * *", retries=0)
def clear_sign_in() -> None:
    """Delete counts of tries and sessions that are over."""
    now = timezone.now()
    Attempt.objects.filter(began_at__lt=now - timedelta(days=1)).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    alive = Session.objects.values("session_key")
    PhoneSession.objects.exclude(session_key__in=alive).delete()
    UserSession.objects.exclude(session_key__in=alive).delete()


@job(periodic="43 * * * *", retries=0)
def clear_finished_jobs() -> None:
    """Delete jobs that ended days ago, and with them their events."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            delete from procrastinate_jobs where id in (
                select job.id from procrastinate_jobs job
                where job.status in ('succeeded', 'failed', 'cancelled', 'aborted')
                  and not exists (
                    select from procrastinate_events event
                    where event.job_id = job.id
                      and event.at > now() - make_interval(
                          days => case job.status when 'failed' then %s else %s end))
                limit %s)
            """,
            [FAILED_KEPT_DAYS, KEPT_DAYS, CLEARED_A_RUN],
        )
