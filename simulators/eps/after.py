"""Leaving: the day, the money, the way back."""

import json
from datetime import date
from typing import Any

from .abroad import IN_KOREA
from .files import Files
from .law import EMPLOYERS, NotPossible, add_months, law

BENEFITS = (
    "departure_guarantee",
    "return_cost",
    "pension_lump_sum",
    "wages",
    "severance_difference",
)


class After(Files):
    """The border, the insurer and the re-entry desk."""

    def plan_departure(self, subject: str, *, leaves_on: str = "", flight: str = "") -> None:
        """Take the notice that a worker will leave."""
        facts = self._facts(self._in(subject, *IN_KOREA))
        day = leaves_on or self.today().isoformat()
        with self.store.write():
            data: dict[str, Any] = {
                "planned_on": self.today().isoformat(),
                "leaves_on": day,
                "port": "ICN",
                "employer_confirmed": True,
            }
            if flight:
                data["flight"] = flight
            if "stay_expires_on" in facts:
                data["stay_expires_on"] = facts["stay_expires_on"]
            self.node.send("return.planned", subject, data)
            self._move(subject, "leaving", leaves_on=day)

    def confirm_departure(
        self, subject: str, *, left_on: str = "", kind: str = "end_of_contract", flight: str = ""
    ) -> None:
        """Confirm that the worker left Korea, with what is still owed."""
        facts = json.loads(self._in(subject, *IN_KOREA)["facts"])
        day = left_on or self.today().isoformat()
        claim_until = add_months(date.fromisoformat(day), law("claim_lapse_months")).isoformat()
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

    def announce_benefit(self, subject: str, *, kind: str, amount: str = "") -> None:
        """Tell that a sum is due, or passed on because nobody claimed it."""
        facts = self._facts(self._in(subject, "leaving", "left"))
        lapse = add_months(
            date.fromisoformat(facts.get("left_on") or facts["leaves_on"]),
            law("claim_lapse_months"),
        ).isoformat()
        today = self.today().isoformat()
        with self.store.write():
            data: dict[str, Any] = {"kind": kind, "as_of": today, "dormant": today > lapse}
            data["claim_until"] = lapse
            if amount:
                data |= {"amount": amount, "currency": "KRW"}
            self.node.send("benefit.payable", subject, data)

    def pay_benefit(self, subject: str, *, kind: str, amount: str, paid_on: str = "") -> None:
        """Pay a sum; only who has left is paid."""
        facts = self._facts(self._in(subject, "left"))
        if kind not in BENEFITS:
            raise NotPossible("No such benefit.")
        paid = facts.get("paid", "").split()
        if kind in paid:
            raise NotPossible("It was paid.")
        with self.store.write():
            self.node.send(
                "benefit.paid",
                subject,
                {
                    "kind": kind,
                    "paid_on": paid_on or self.today().isoformat(),
                    "amount": amount,
                    "currency": "KRW",
                    "channel": "bank_abroad",
                },
            )
            self._note(subject, paid=" ".join(sorted({*paid, kind})))

    def commit_reentry(self, subject: str, *, kind: str = "committed") -> str:
        """Permit that the employer takes the worker back; returns the permit's number."""
        facts = self._facts(self._in(subject, "registered", "leaving", "left"))
        today = self.today()
        left = date.fromisoformat(facts.get("left_on") or today.isoformat())
        with self.store.write():
            number = f"EP-{today.year}-{self.store.next('permit'):06d}"
            self.node.send(
                "reentry.committed",
                subject,
                {
                    "kind": kind,
                    "permitted_on": today.isoformat(),
                    "permit_no": number,
                    "employer": self._employer(EMPLOYERS[facts["employer"]]),
                    "wait_months": law("reentry_wait_months"),
                    "enter_from": add_months(left, law("reentry_wait_months")).isoformat(),
                },
            )
            self._note(subject, reentry_permit=number)
        return number
