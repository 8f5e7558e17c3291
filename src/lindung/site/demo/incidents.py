"""Who is on duty, somebody who calls for help, and what happened to some made-up people abroad.

As in ``lives``, each step goes through the operation that the service itself uses. The people are
drawn ones who are at work abroad, taken in their order, so that it is the same each time. Where a
small population has nobody left for a story, the story is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.journal import telling_of
from lindung.access.models import Post
from lindung.access.roles import acting_worker
from lindung.duty import operations as duty
from lindung.duty import queries as rosters
from lindung.incidents import operations
from lindung.incidents.models import Incident, Todo
from lindung.protection import operations as protecting
from lindung.registry.models import Stage, Worker

_CITIES = ("seoul", "taipei", "hongkong", "kualalumpur")
_PHONE = "+00 000 0000"
_WEEKS = 2
# The first of each post have other stories.
_PASSED = 40
_HEAD = "Kepala perwakilan yang bertugas"


def make(cast: Mapping[str, Actor], *, today: date) -> None:
    """Tell it; ``cast`` has the made-up officials by user name."""
    for city in _CITIES:
        _roster(cast[f"atase.{city}"], cast[f"staf.{city}"], today=today)
    duty.keep_chain(
        cast["ministry"],
        None,
        who="ministry",
        minutes=5,
        name="Meja tetap kementerian",
        phone=_PHONE,
    )
    tell = _Telling(cast, today)
    tell.death(cast["atase.seoul"])
    tell.detention(cast["atase.kualalumpur"])
    tell.missing(cast["atase.taipei"])
    tell.home(cast["atase.hongkong"])
    tell.calls(cast["atase.hongkong"])


def _roster(attache: Actor, staff: Actor, *, today: date) -> None:
    """Two weeks: the staff by day, the attaché by night, with one night left open."""
    post_id = attache.posts[0]
    with acting_as(attache):
        post = Post.objects.get(id=post_id)
    zone = rosters.zone_of(post)
    monday = today - timedelta(days=today.weekday())
    for number in range(7 * _WEEKS):
        on = monday + timedelta(days=number)
        day, night = (datetime.combine(on, time(hour), zone) for hour in (8, 20))
        morning = datetime.combine(on + timedelta(days=1), time(8), zone)
        put = {"phone": _PHONE, "role": ""}
        duty.put_on_duty(
            attache, post_id, who="first", account_id=staff.id, starts_at=day, ends_at=night, **put
        )
        duty.put_on_duty(
            attache, post_id, who="second", account_id=attache.id, starts_at=day, ends_at=night,
            **put,
        )  # fmt: skip
        if on.weekday() != 6:
            duty.put_on_duty(
                attache, post_id, who="first", account_id=attache.id, starts_at=night,
                ends_at=morning, **put,
            )  # fmt: skip
    duty.keep_chain(attache, post_id, who="head", minutes=5, name=_HEAD, phone=_PHONE)
    duty.write_handover(
        staff,
        post_id,
        words="Penampungan penuh sampai Rabu.",
        at=datetime.combine(today, time(1), UTC),
    )


class _Telling:
    def __init__(self, cast: Mapping[str, Actor], today: date) -> None:
        self.officer, self.today = cast["officer"], today
        self.taken: set[Any] = set()

    def at(self, ago: int, hour: int = 2) -> datetime:
        """So many days ago."""
        return datetime.combine(self.today - timedelta(days=ago), time(hour), UTC)

    def somebody(self, attache: Actor) -> Worker | None:
        """A drawn person at work in the post's country, each time another; None when too few."""
        with acting_as(attache):
            people = Worker.objects.filter(
                post_id__in=attache.posts, is_demo=True, state__stage=Stage.DURING
            ).exclude(id__in=self.taken)
            found = people.order_by("id")[_PASSED : _PASSED + 1].first()
        if found is not None:
            self.taken.add(found.id)
        return found

    def told(self, attache: Actor, ago: int, kind: str, **given: Any) -> Incident | None:
        """Reported, and made certain a few hours later; None when nobody is left for it."""
        who = self.somebody(attache)
        if who is None:
            return None
        with telling_of(self.at(ago)):
            made = operations.report_incident(
                attache, who.id, kind=kind, known_at=self.at(ago), **given
            )
        with telling_of(self.at(ago, 9)):
            return operations.verify_incident(
                attache,
                made.id,
                factors=["passport", "authority"],
                note="Paspor dan surat resmi setempat nomor CONTOH-12",
                at=self.at(ago, 9),
            )

    def done(self, attache: Actor, made: Incident, ago: int, steps: Mapping[str, str]) -> None:
        """Steps done on a day; where a rule is not known, decided before."""
        at = self.at(ago, 11)
        with telling_of(at):
            for step, choice in steps.items():
                with acting_as(attache):
                    unsure = Todo.objects.filter(
                        incident=made, step=step, needs_check=True, decision=""
                    ).exists()
                if unsure:
                    reason = "Ditanyakan ke kantor setempat; jawabannya disimpan di berkas."
                    operations.decide_law(attache, made.id, step=step, reason=reason, at=at)
                operations.do_step(
                    attache, made.id, step=step, evidence="Surat CONTOH", choice=choice, at=at
                )

    def death(self, attache: Actor) -> None:
        """Died at work; the family was told at home in time and wishes the remains home."""
        made = self.told(
            attache, 5, "death", source="employer", place="Gudang pabrik",
            happened_on=self.today - timedelta(days=5),
        )  # fmt: skip
        if made is None:
            return
        with telling_of(self.at(4)):
            operations.tell_family(
                attache, made.id, name="Sumarni", relation="ibu", language="jv", in_person=True,
                liaison="Sri Handayani", trained=True, at=self.at(4),
            )  # fmt: skip
        self.done(
            attache, made, 3, {"examination_asked": "", "choice": "return", "belongings_listed": ""}
        )
        with telling_of(self.at(2)):
            operations.record_finding(
                attache, made.id, words="Serangan panas saat bekerja.", certainty="autopsy",
                code="NF01.0", work_history="12 jam di ruang tanpa pendingin", at=self.at(2),
                stated_by="Rumah sakit contoh",
            )  # fmt: skip
            operations.record_expense(
                attache, made.id, what="Pengawetan dan peti", amount=Decimal(2_400_000),
                currency="KRW", payer="agency", on=self.at(2).date(),
            )  # fmt: skip
        self.done(attache, made, 1, {"payer": "", "papers": ""})

    def detention(self, attache: Actor) -> None:
        """Held, visited, with a hearing to come and the gravest accusation."""
        made = self.told(
            attache, 6, "detention", source="destination", place="Kantor polisi contoh"
        )
        if made is None:
            return
        self.done(
            attache, made, 5, {"place_known": "", "visited": "", "lawyer": "", "consent": "tell"}
        )
        with telling_of(self.at(4)):
            operations.fear_death_penalty(attache, made.id, at=self.at(4))
            operations.record_happening(
                attache, made.id, kind="court", at=self.at(-9, 3), words="Sidang pertama",
                lawyer="Pengacara contoh", interpreter="Penerjemah tersumpah contoh",
            )  # fmt: skip

    def missing(self, attache: Actor) -> None:
        """No word for weeks; employer and police asked."""
        made = self.told(attache, 3, "missing", source="family")
        if made is not None:
            self.done(attache, made, 2, {"last_facts": "", "employer_asked": "", "police_told": ""})

    def home(self, attache: Actor) -> None:
        """On the way home, unwell."""
        made = self.told(attache, 4, "repatriation", source="worker", reason="illness")
        if made is not None:
            self.done(attache, made, 3, {"wish": "", "travel_paper": "", "payer": ""})

    def calls(self, attache: Actor) -> None:
        """Two call for help: one just now in silence, one taken and spoken with."""
        now = datetime.now(tz=UTC)
        silent, heard = self.somebody(attache), self.somebody(attache)
        if silent is None or heard is None:
            return
        protecting.call_for_help(
            acting_worker(silent.id, silent.shown_name), silent.id, at=now, silent=True
        )
        case = protecting.call_for_help(
            acting_worker(heard.id, heard.shown_name), heard.id, at=now - timedelta(minutes=22)
        )
        protecting.share_place(
            acting_worker(heard.id, heard.shown_name), case.id, lat=22.3, lon=114.17,
            accuracy_m=18, at=now - timedelta(minutes=20),
        )  # fmt: skip
        protecting.take_sos(attache, case.id, at=now - timedelta(minutes=19))
        protecting.note_spoken(
            attache,
            case.id,
            words="Lewat telepon; ia di luar rumah.",
            at=now - timedelta(minutes=15),
        )
