"""What Korea's officials do, and what messages from the origin mean to them.

Every step checks its own law and refuses: the origin cannot push a candidate through by saying so.
Figures come from `world.json`.
"""

import json
import sqlite3
import time
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from .node import Node
from .wire import Refused, now

SEOUL = timezone(timedelta(hours=9), "KST")
WORLD: dict[str, Any] = json.loads((Path(__file__).parent / "world.json").read_text("utf-8"))
EMPLOYERS: dict[str, dict[str, Any]] = {e["key"]: e for e in WORLD["employers"]}

#: state → what the automatic mode does next.
AUTOMATIC = {
    "roster_active": "offer",
    "accepted": "authorise",
    "visa_authorised": "plan_entry",
    "departed": "confirm_arrival",
    "arrived": "register",
}


class NotPossible(Exception):
    """An official's act that the state of things does not allow; the words are for the page."""


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later, or the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def wage_floor(on: date) -> int:
    """Statutory monthly minimum in KRW on a day; the last published one after that."""
    hourly = [
        v for since, v in sorted(WORLD["wage_floor_hourly"].items()) if since <= on.isoformat()
    ]
    return int(hourly[-1] * WORLD["hours_a_month"])


class Office:
    """HRD Korea, the job centre and immigration in one, over one node."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.store = node.store
        node.apply = self.understand

    def today(self) -> date:
        """The day in Korea, or the one a test has set."""
        fixed = self.store.setting("today")
        return date.fromisoformat(fixed) if fixed else datetime.now(SEOUL).date()

    # --- what the origin says -------------------------------------------------------------------

    def understand(self, subject: str, name: str, data: dict[str, Any], message_id: str) -> str:
        """Apply one message of the origin; returns the reason of an acceptance, else Refused."""
        steps = {
            "candidate.listed": self._listed,
            "candidate.removed": self._removed,
            "contract.answered": self._answered,
            "departure.done": self._departed,
        }
        return steps[name](subject, data, message_id)

    def _listed(self, subject: str, data: dict[str, Any], message_id: str) -> str:
        person, passport, today = data["person"], data["passport"], self.today()
        other = self.store.row(
            "select subject from candidate where passport = ? and subject <> ? "
            "and state not in ('left', 'removed', 'returned', 'failed')",
            passport["number"],
            subject,
        )
        if other:
            raise Refused("number_conflict", "the passport is on the roster under another number")
        known = self.store.row("select state from candidate where subject = ?", subject)
        if known and known["state"] not in ("returned", "roster_active"):
            raise Refused("step_closed", "already past the roster")
        born = date.fromisoformat(person["birth_date"])
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        if not WORLD["age"]["from"] <= age <= WORLD["age"]["to"]:
            raise Refused("not_eligible", "age outside 18 to 39")
        mismatches = []
        if passport["expires_on"] <= today.isoformat():
            mismatches.append({"field": "passport_expiry", "remark": "the passport has expired"})
        if person["nationality"] != "ID":
            mismatches.append(
                {"field": "name", "remark": "nationality is not the sending country's"}
            )
        state = "returned" if mismatches else "roster_active"
        valid_to = add_months(today, WORLD["roster_valid_months"]).isoformat()
        with self.store.write() as db:
            db.execute(
                "insert into candidate (subject, state, listed, passport, valid_to, changed_at) "
                "values (?, ?, ?, ?, ?, ?) on conflict (subject) do update set state = ?, "
                "listed = excluded.listed, passport = excluded.passport, "
                "valid_to = excluded.valid_to, changed_at = excluded.changed_at",
                (subject, state, json.dumps(data), passport["number"], valid_to, now(), state),
            )
            status: dict[str, Any] = {"status": "returned", "as_of": today.isoformat()}
            if mismatches:
                status["mismatches"] = mismatches
            else:
                roster_no = self._number("R", subject, "roster_no")
                status = {
                    "status": "active",
                    "roster_no": roster_no,
                    "as_of": today.isoformat(),
                    "valid_from": today.isoformat(),
                    "valid_to": valid_to,
                }
            self.node.send("roster.status", subject, status, answers=message_id)
            self._schedule(subject)
        return "applied"

    def _removed(self, subject: str, data: dict[str, Any], _message_id: str) -> str:
        candidate = self._known(subject)
        if candidate["state"] in ("departed", "arrived", "registered", "left"):
            raise Refused("step_closed", "the worker has already left for Korea")
        with self.store.write() as db:
            db.execute("update offer set state = 'withdrawn' where subject = ?", (subject,))
            self._move(subject, "removed", removed=data["reason"])
        return "applied"

    def _answered(self, subject: str, data: dict[str, Any], _message_id: str) -> str:
        offer = self.store.row("select * from offer where offer_no = ?", data["offer_no"])
        if offer is None or offer["subject"] != subject:
            raise Refused("offer_unknown")
        if offer["state"] != "open":
            raise Refused("offer_closed")
        signed_on = data.get("signed", {}).get("signed_on", data["answered_on"])
        if max(signed_on, data["answered_on"], self.today().isoformat()) > offer["answer_by"]:
            raise Refused("answer_late", f"answer was due by {offer['answer_by']}")
        if signed_on < json.loads(offer["terms"])["contract"]["date"]:
            raise Refused("data_invalid", "signed before the offer was made")
        with self.store.write() as db:
            accepted = data["answer"] == "accepted"
            db.execute(
                "update offer set state = ? where offer_no = ?",
                ("concluded" if accepted else "refused", data["offer_no"]),
            )
            if accepted:
                self._move(subject, "accepted", contract_signed_on=signed_on)
            else:
                self._move(subject, "roster_active", last_refusal=data["reason"])
        return "applied"

    def _departed(self, subject: str, data: dict[str, Any], _message_id: str) -> str:
        candidate = self._known(subject)
        facts = json.loads(candidate["facts"])
        if facts.get("offer_no") != data["offer_no"]:
            raise Refused("offer_unknown")
        if candidate["state"] not in ("visa_authorised", "entry_planned"):
            raise Refused("document_missing" if "ccvi" not in facts else "step_closed")
        if data["departed_on"] > facts["ccvi_expires_on"]:
            raise Refused("document_expired", "visa authorisation has run out")
        if data["passport_number"] != candidate["passport"]:
            raise Refused("person_mismatch", "passport number differs")
        if data.get("authorisation_no") not in (None, facts["ccvi"]):
            raise Refused("number_conflict", "another authorisation number")
        self._move(subject, "departed", departed_on=data["departed_on"], flight=data["flight"])
        return "applied"

    def _known(self, subject: str) -> sqlite3.Row:
        found = self.store.row("select * from candidate where subject = ?", subject)
        if found is None:
            raise Refused("step_closed", "not on the roster")
        return found

    # --- what Korea's officials do --------------------------------------------------------------

    def offer(
        self,
        subject: str,
        *,
        employer: str = "",
        monthly: str = "",
        months: int = 0,
        answer_by: str = "",
        lodging_cost: str = "",
    ) -> str:
        """Offer a contract to a rostered candidate; returns the offer number."""
        candidate = self._in(subject, "roster_active")
        today = self.today()
        if candidate["valid_to"] < today.isoformat():
            raise NotPossible("The roster entry has expired.")
        listed = json.loads(candidate["listed"])
        firm = EMPLOYERS.get(employer) or self._choose_employer(subject, listed["sector"])
        floor = wage_floor(today)
        wage = monthly or str(-(-floor * (100 + firm["above_floor_percent"]) // 100))
        if not wage.isdigit():
            raise NotPossible("The monthly wage is a whole number of won.")
        with self.store.write() as db:
            offer_no = f"SLC-{today.year}-{self.store.next('offer'):06d}"
            due = answer_by or (today + timedelta(days=WORLD["answer_within_days"])).isoformat()
            terms = self._terms(listed, firm, wage, months or WORLD["stay_months"], lodging_cost)
            data = {
                "offer_no": offer_no,
                "permit_no": f"EP-{today.year}-{self.store.next('permit'):06d}",
                "roster_no": candidate["roster_no"],
                "offered_on": today.isoformat(),
                "answer_by": due,
                "sector": firm["sector"],
                "form": "kr.slc.v2020_01",
                "terms": terms,
            }
            message_id = self.node.send("contract.offered", subject, data)
            db.execute(
                "insert into offer values (?, ?, 'open', ?, ?, ?, ?, ?)",
                (offer_no, subject, due, message_id, firm["key"], json.dumps(terms), wage),
            )
            self._move(subject, "offered", offer_no=offer_no, employer=firm["key"], monthly=wage)
        return offer_no

    def _choose_employer(self, subject: str, sector: str) -> dict[str, Any]:
        fitting = [e for e in EMPLOYERS.values() if e["sector"] == sector] or [EMPLOYERS["hanbit"]]
        return fitting[sum(subject.encode()) % len(fitting)]

    def _terms(
        self, listed: dict[str, Any], firm: dict[str, Any], wage: str, months: int, lodging: str
    ) -> dict[str, Any]:
        today = self.today().isoformat()
        probation = str(int(Decimal(wage)))
        return {
            "employer": {
                "enterprise_name": firm["name"],
                "phone": firm["phone"],
                "address": firm["address"],
                "representative_name": firm["representative"],
                "identification_no": firm["registration_no"],
            },
            "employee": {
                "name": listed["person"]["name"],
                "birth_date": listed["person"]["birth_date"],
            },
            "contract": {
                "kind": "re_entering" if listed.get("returning_committed") else "newcomer",
                "months": months,
                "probation": {"used": False},
                "date": today,
            },
            "job": {
                "place": firm["address"],
                "region": firm["region"],
                "industry": firm["industry"],
                "business_description": firm["business"],
                "description": firm["work"],
            },
            "hours": {
                "start": "09:00",
                "end": "18:00",
                "average_daily_overtime": 1,
                "overtime_up_to": 2,
                "shift_system": "none",
                "recess_minutes": 60,
            },
            "rest": {"days": ["sunday", "legal_holidays_paid", "every_saturday"]},
            "wage": {
                "monthly_ordinary": wage,
                "basic": wage,
                "basic_unit": "month",
                "first_three_months": probation,
                "pay_day": {"day_of_month": 10},
                "payment_method": "bank_transfer",
            },
            "lodging": {
                "provided": True,
                "type": firm["lodging"],
                "worker_cost": lodging or "150000",
            },
            "meals": {"breakfast": False, "lunch": True, "dinner": True, "worker_cost": "0"},
            "signature": {"employer": {"signed_on": today, "sealed": True}},
        }

    def authorise(self, subject: str, *, issued_on: str = "") -> str:
        """Issue the CCVI; returns its number."""
        candidate = self._in(subject, "accepted")
        facts, listed = json.loads(candidate["facts"]), json.loads(candidate["listed"])
        issued = date.fromisoformat(issued_on) if issued_on else self.today()
        expires = add_months(issued, WORLD["authorisation_valid_months"]).isoformat()
        firm = EMPLOYERS[facts["employer"]]
        with self.store.write():
            number = f"CCVI-{issued.year}-{self.store.next('ccvi'):06d}"
            self.node.send(
                "visa.authorised",
                subject,
                {
                    "authorisation_no": number,
                    "offer_no": facts["offer_no"],
                    "issued_on": issued.isoformat(),
                    "expires_on": expires,
                    "status_code": WORLD["status_codes"][firm["sector"]],
                    "stay_months": WORLD["stay_months"],
                    "purpose_of_stay": "Non-professional employment",
                    "inviter": self._employer(firm),
                    "invitee": {**listed["person"], "passport_number": candidate["passport"]},
                },
            )
            self._move(subject, "visa_authorised", ccvi=number, ccvi_expires_on=expires)
        return number

    def plan_entry(self, subject: str, *, entry_on: str = "", terminal: str = "") -> str:
        """Put the worker on an entry list; returns the list number."""
        facts = json.loads(self._in(subject, "visa_authorised")["facts"])
        entry = entry_on or (self.today() + timedelta(days=7)).isoformat()
        if entry > facts["ccvi_expires_on"]:
            raise NotPossible("Entry would be after the visa authorisation runs out.")
        week = date.fromisoformat(entry).isocalendar()
        list_no = f"ENT-{week.year}-W{week.week:02d}"
        with self.store.write():
            self.node.send(
                "departure.planned",
                subject,
                {
                    "list_no": list_no,
                    "offer_no": facts["offer_no"],
                    "authorisation_no": facts["ccvi"],
                    "entry_on": entry,
                    "terminal": terminal or "Incheon International Airport, Terminal 1",
                    "training_body": "Manufacturing training centre (simulated)",
                },
            )
            self._move(subject, "entry_planned", list_no=list_no, entry_on=entry)
        return list_no

    def confirm_arrival(self, subject: str, *, arrived_at: str = "") -> None:
        """Confirm that the worker entered and was handed over."""
        facts = json.loads(self._in(subject, "departed")["facts"])
        at = arrived_at or datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        with self.store.write():
            data = {
                "offer_no": facts["offer_no"],
                "arrived_at": at,
                "port": "ICN",
                "handed_over_on": self.today().isoformat(),
                "employer": self._employer(EMPLOYERS[facts["employer"]]),
            }
            if "list_no" in facts:
                data["list_no"] = facts["list_no"]
            self.node.send("arrival.confirmed", subject, data)
            self._move(subject, "arrived", arrived_at=at)

    def report_no_show(self, subject: str, *, outcome: str = "no_show", reason: str = "") -> None:
        """Report that the worker did not come, or was refused at the border."""
        facts = json.loads(self._in(subject, "departed", "entry_planned")["facts"])
        with self.store.write():
            data = {
                "offer_no": facts["offer_no"],
                "expected_on": facts.get("entry_on", self.today().isoformat()),
                "outcome": outcome,
                **({"reason": reason} if reason else {}),
            }
            self.node.send("arrival.failed", subject, data)
            self._move(subject, "failed", arrival=outcome)

    def register(self, subject: str, *, registered_on: str = "") -> str:
        """Give the residence card (ARC); returns its number."""
        facts = json.loads(self._in(subject, "arrived")["facts"])
        day = date.fromisoformat(registered_on) if registered_on else self.today()
        firm = EMPLOYERS[facts["employer"]]
        with self.store.write():
            number = f"ARC-SIM-{self.store.next('arc'):07d}"
            self.node.send(
                "registration.confirmed",
                subject,
                {
                    "offer_no": facts["offer_no"],
                    "residence_no": number,
                    "registered_on": day.isoformat(),
                    "stay_expires_on": add_months(day, WORLD["stay_months"]).isoformat(),
                    "employer": self._employer(firm),
                    "region": firm["region"],
                    "induction": {
                        "body": "Manufacturing training centre (simulated)",
                        "completed_on": day.isoformat(),
                    },
                },
            )
            self._move(subject, "registered", residence_no=number)
        return number

    def change_employment(
        self,
        subject: str,
        *,
        event: str,
        event_on: str = "",
        employer: str = "",
        reason: str = "",
        monthly: str = "",
    ) -> None:
        """Pass on an employer's report (form 12)."""
        facts = json.loads(self._in(subject, "registered", "arrived")["facts"])
        moved = event in ("workplace_moved", "employer_changed")
        if moved and employer not in EMPLOYERS:
            raise NotPossible("Name the new employer.")
        firm = EMPLOYERS[employer if employer in EMPLOYERS else facts["employer"]]
        day = event_on or self.today().isoformat()
        with self.store.write():
            data: dict[str, Any] = {
                "event": event,
                "event_on": day,
                "known_on": self.today().isoformat(),
                "reported_on": self.today().isoformat(),
                "employer": self._employer(firm),
                "region": firm["region"],
                "counts_against_change_limit": event == "ended",
            }
            if "residence_no" in facts:
                data["residence_no"] = facts["residence_no"]
            if reason:
                data["reason"] = reason
            if monthly:
                data["new_terms"] = {"monthly_ordinary_wage": monthly, "currency": "KRW"}
            self.node.send("employment.changed", subject, data)
            self._move(
                subject,
                "registered",
                employer=firm["key"],
                last_change=event,
                **({"monthly": monthly} if monthly else {}),
            )

    def confirm_departure(
        self, subject: str, *, left_on: str = "", kind: str = "end_of_contract", flight: str = ""
    ) -> None:
        """Confirm that the worker left Korea, with what is still owed."""
        facts = json.loads(self._in(subject, "registered", "arrived")["facts"])
        day = left_on or self.today().isoformat()
        claim_until = add_months(date.fromisoformat(day), 36).isoformat()
        with self.store.write():
            data: dict[str, Any] = {
                "left_on": day,
                "port": "ICN",
                "kind": kind,
                "owed": [
                    {
                        "kind": "departure_guarantee",
                        "state": "claimed",
                        "amount": facts.get("monthly", "0"),
                        "currency": "KRW",
                        "claim_until": claim_until,
                    },
                    {"kind": "return_cost", "state": "claimed", "claim_until": claim_until},
                ],
            }
            if flight:
                data["flight"] = flight
            if "residence_no" in facts:
                data["residence_no"] = facts["residence_no"]
            self.node.send("return.done", subject, data)
            self._move(subject, "left", left_on=day)

    @staticmethod
    def _employer(firm: dict[str, Any]) -> dict[str, Any]:
        keys = (
            "name",
            "name_local",
            "registration_no",
            "representative",
            "address",
            "region",
            "phone",
        )
        return {k: firm[k] for k in keys}

    def _in(self, subject: str, *states: str) -> sqlite3.Row:
        found = self.store.row("select * from candidate where subject = ?", subject)
        if found is None:
            raise NotPossible("No such candidate on the roster.")
        if found["state"] not in states:
            raise NotPossible(f"Not possible while the candidate is {found['state']}.")
        return found

    def _number(self, letter: str, subject: str, column: str) -> str:
        found = self.store.row("select roster_no from candidate where subject = ?", subject)
        if found and found["roster_no"]:
            return str(found["roster_no"])
        number = f"{letter}-{self.today().year}-{self.store.next(column):06d}"
        self.store.db.execute(
            "update candidate set roster_no = ? where subject = ?", (number, subject)
        )
        return number

    def _move(self, subject: str, state: str, **facts: str) -> None:
        with self.store.write() as db:
            found = self.store.row("select facts from candidate where subject = ?", subject)
            known = json.loads(found["facts"]) if found else {}
            db.execute(
                "update candidate set state = ?, facts = ?, changed_at = ? where subject = ?",
                (state, json.dumps({**known, **facts}), now(), subject),
            )
            self._schedule(subject)

    # --- on its own -----------------------------------------------------------------------------

    def _schedule(self, subject: str) -> None:
        delay = self.store.setting("auto_seconds")
        self.store.db.execute(
            "update candidate set next_step_at = ? where subject = ?",
            (None if delay is None else time.time() + float(delay), subject),
        )

    def automatic(self, seconds: float | None) -> None:
        """Switch the automatic mode: seconds between steps, or None for off."""
        with self.store.write() as db:
            self.store.set("auto_seconds", seconds)
            db.execute(
                "update candidate set next_step_at = ?",
                (None if seconds is None else time.time() + seconds,),
            )

    def advance(self) -> int:
        """In automatic mode, take every candidate's next step that is due; returns how many."""
        if self.store.setting("auto_seconds") is None:
            return 0
        steps = 0
        for row in self.store.rows(
            "select subject, state from candidate where next_step_at <= ? limit 50", time.time()
        ):
            act = AUTOMATIC.get(row["state"])
            if act is None:
                self.store.db.execute(
                    "update candidate set next_step_at = null where subject = ?", (row["subject"],)
                )
                continue
            getattr(self, act)(row["subject"])
            steps += 1
        return steps
