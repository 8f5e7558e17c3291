"""Before entry: tests, selection, the offer, the visa, the entry list."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .files import Files
from .law import EMPLOYERS, WORLD, NotPossible, add_months, law, wage_floor


class Before(Files):
    """HRD Korea's and the job centre's desks, and the visa desk."""

    def announce_test(
        self, subject: str, *, test: str = "language", outcome: str = "passed", score: str = ""
    ) -> None:
        """Announce the result of a test."""
        candidate = self._in(subject, "applicant", "returned", "roster_active")
        today = self.today()
        data: dict[str, Any] = {
            "test": test,
            "taken_on": today.isoformat(),
            "announced_on": today.isoformat(),
            "outcome": outcome,
        }
        if score:
            data["score"] = int(score)
        if outcome == "passed" and test == "language":
            valid_to = add_months(today, law("test_valid_months")).isoformat()
            data |= {"valid_to": valid_to, "registration_no": self._number("T", subject, "test")}
        with self.store.write():
            self.node.send("test.result", subject, data)
            self._move(subject, candidate["state"], **{f"{test}_test": outcome})

    def select(self, subject: str) -> None:
        """An employer picked the candidate at the job centre."""
        candidate = self._in(subject, "roster_active")
        status = {
            "status": "selected",
            "as_of": self.today().isoformat(),
            "roster_no": candidate["roster_no"],
        }
        with self.store.write():
            self.node.send("roster.status", subject, status)
            self._note(subject, selected_on=self.today().isoformat())

    def expire_roster(self, subject: str) -> None:
        """The term on the roster is over."""
        candidate = self._in(subject, "roster_active")
        if candidate["valid_to"] >= self.today().isoformat():
            raise NotPossible(f"The entry is valid until {candidate['valid_to']}.")
        with self.store.write():
            data = {"status": "expired", "as_of": self.today().isoformat()}
            self.node.send("roster.status", subject, data)
            self._move(subject, "returned")

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

    def issue_visa(self, subject: str, *, issued_on: str = "") -> str:
        """Put the visa into the passport; returns its number."""
        candidate = self._in(subject, "visa_authorised", "entry_planned")
        facts = self._facts(candidate)
        day = issued_on or self.today().isoformat()
        if day > facts["ccvi_expires_on"]:
            raise NotPossible("The visa authorisation has run out.")
        with self.store.write():
            number = f"KV-{day[:4]}-{self.store.next('visa'):06d}"
            self.node.send(
                "visa.issued",
                subject,
                {
                    "offer_no": facts["offer_no"],
                    "authorisation_no": facts["ccvi"],
                    "visa_no": number,
                    "issued_on": day,
                    "enter_by": facts["ccvi_expires_on"],
                    "status_code": WORLD["status_codes"][EMPLOYERS[facts["employer"]]["sector"]],
                    "passport_number": candidate["passport"],
                },
            )
            self._note(subject, visa_no=number)
        return number
