"""Help around made-up cases, given through the operations of the service itself.

A claim that was filed and partly paid, a letter that waits for its answer, a referral, a bed in a
shelter, an interpreter, and two visits: one planned, one held with what it found.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.roles import acting_worker
from lindung.assistance import operations, queries
from lindung.assistance.models import Addressee, ClaimKind, SentBy, ServiceKind
from lindung.assistance.templates import PLACE
from lindung.protection.models import OPEN, Case
from lindung.registry.models import Sex
from lindung.visits import operations as visiting
from lindung.visits.checklists import checklist
from lindung.visits.models import Reason

_DAY = timedelta(days=1)


def tell(attache: Actor, *, today: date) -> None:
    """Make the help of one post: its directory, and what was done on its open cases."""
    at = datetime.combine(today, time(1), UTC)
    post_id = next(iter(attache.posts))
    _directory(attache, post_id, today=today)
    with acting_as(attache):
        cases = list(
            Case.objects.filter(post_id=post_id, closed_at__isnull=True, compartment=OPEN)
            .exclude(worker__state__stage="after")
            .select_related("worker")
            .order_by("number")[:3]
        )
    for case in cases[:1]:
        _money(attache, case, today=today, at=at)
    for case in cases[1:2]:
        _letter(attache, case, today=today, at=at)
    for case in cases[2:3]:
        _bed(attache, case, today=today, at=at)
    _visits(attache, post_id, today=today)


def _directory(attache: Actor, post_id: int, *, today: date) -> None:
    operations.enter_service(
        attache, kind=ServiceKind.LEGAL, name="Bantuan hukum pekerja (contoh)", phone="02-000-0000",
        languages=("ko", "id"), hours="Senin-Jumat 09.00-17.00", source="data contoh", on=today,
        post_id=post_id,
    )  # fmt: skip
    operations.enter_interpreter(
        attache, post_id=post_id, name="Park (contoh)", languages=["ko", "id"], sex=Sex.FEMALE,
        phone="010-0000-0000", sworn=True, note="data contoh",
    )  # fmt: skip
    for name, takes in (("Rumah Melati (contoh)", "women"), ("Rumah Jati (contoh)", "men")):
        operations.open_shelter(
            attache, post_id=post_id, name=name, beds=6, takes=takes, address="alamat contoh"
        )


def _money(attache: Actor, case: Case, *, today: date, at: datetime) -> None:
    claim = operations.reckon_claim(
        attache, case.id, kind=ClaimKind.WAGES, against=Addressee.EMPLOYER,
        amount=Decimal(4_680_000), currency="KRW", at=at, how="Dua bulan menurut kontrak.",
    )  # fmt: skip
    operations.move_claim(
        attache, claim.id, step="file", on=today, filed_with="Kantor ketenagakerjaan (contoh)"
    )
    first = operations.record_payment(
        attache, claim.id, amount=Decimal(2_340_000), paid_on=today - 2 * _DAY, how="transfer bank",
        at=at,
    )  # fmt: skip
    me = acting_worker(case.worker_id, case.worker.shown_name)
    operations.confirm_payment(me, first.id, had=True, at=at)
    operations.record_payment(
        attache, claim.id, amount=Decimal(1_000_000), paid_on=today, how="tunai", at=at
    )


def _letter(attache: Actor, case: Case, *, today: date, at: datetime) -> None:
    letter = operations.draft_letter(
        attache, case.id, template="passport_return", addressee=Addressee.EMPLOYER,
        name="Pemberi kerja (contoh)", language="en", at=at,
    )  # fmt: skip
    until = f"{today + 7 * _DAY:%Y-%m-%d}"
    operations.rewrite_letter(
        attache,
        letter.id,
        subject=letter.subject,
        words=letter.words.replace(PLACE, until),
    )
    operations.send_letter(attache, letter.id, by=SentBy.POST, on=today, answer_by=today + 7 * _DAY)


def _bed(attache: Actor, case: Case, *, today: date, at: datetime) -> None:
    with acting_as(attache):
        takes = "men" if case.worker.sex == Sex.MALE else "women"
        houses = [each for each, _taken in queries.shelters(attache) if each.takes == takes]
        service, speaker = queries.services(attache)[0], queries.interpreters(attache)[0]
    operations.take_in(attache, case.id, shelter_id=houses[0].id, on=today - 3 * _DAY)
    operations.refer(
        attache, case.id, service_id=service.id, purpose="Pendampingan hukum",
        legal_basis="persetujuan pekerja (contoh)", consent="said",
        fields=["call_name", "language", "needs"], needs="Pendampingan saat pemeriksaan", days=30,
        at=at,
    )  # fmt: skip
    operations.call_interpreter(
        attache, case.id, interpreter_id=speaker.id, language="ko", at=at + 2 * _DAY, minutes=60,
        where="Kantor perwakilan",
    )  # fmt: skip


def _visits(attache: Actor, post_id: int, *, today: date) -> None:
    visiting.plan_visit(
        attache, post_id=post_id, checklist_id="workplace", reason=Reason.RANDOM,
        planned_for=today + 5 * _DAY, name="Hanbit Precision (contoh)", place="Ansan",
        visitors=[attache.name],
    )  # fmt: skip
    held = visiting.plan_visit(
        attache, post_id=post_id, checklist_id="workplace", reason=Reason.ROUTINE,
        planned_for=today - 9 * _DAY, name="Daehan Food (contoh)", place="Gwangju",
        visitors=[attache.name],
    )  # fmt: skip
    good = {"yes": "no", "no": "yes"}
    answers = {each.id: good[each.worries] for each in checklist("workplace").items}
    visiting.hold_visit(
        attache, held.id, on=today - 9 * _DAY, workers_there=14, spoken_alone=5,
        answers=answers | {"passports": "no", "safety": "unseen"},
        notes={"passports": "Disimpan di lemari kantor; pekerja tidak memegang kunci."},
        cure_by={"passports": today - 2 * _DAY},
    )  # fmt: skip
