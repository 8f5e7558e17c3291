"""What messages of the origin mean: each checks its own law and refuses.

The origin cannot push a candidate through by saying so.
"""

import json
from datetime import date, timedelta
from typing import Any

from .law import WORLD, add_months, law
from .notices import HEARD, Notices
from .wire import Refused, now

PAST_THE_ROSTER = ("departed", "arrived", "inducted", "registered", "leaving", "left")


class Hearing(Notices):
    """The desk that opens the post."""

    def understand(self, subject: str, name: str, data: dict[str, Any], message_id: str) -> str:
        """Apply one message of the origin; returns the reason of an acceptance, else Refused."""
        if name in HEARD:
            return self.heard(subject, name, data)
        steps = {
            "test.registered": self._applied,
            "candidate.listed": self._listed,
            "candidate.renewed": self._renewed,
            "candidate.removed": self._removed,
            "contract.answered": self._answered,
            "medical.confirmed": self._examined,
            "training.done": self._trained,
            "departure.done": self._departed,
            "benefit.claimed": self._claimed,
            "reentry.reported": self._returning,
        }
        return steps[name](subject, data, message_id)

    def _applied(self, subject: str, data: dict[str, Any], _message_id: str) -> str:
        """Somebody wants to sit the test."""
        known = self.store.row("select state from candidate where subject = ?", subject)
        if known and known["state"] != "applicant":
            raise Refused("step_closed", "already past the test")
        with self.store.write() as db:
            db.execute(
                "insert into candidate (subject, state, listed, passport, changed_at) "
                "values (?, 'applicant', ?, ?, ?) on conflict (subject) do update set "
                "listed = excluded.listed, passport = excluded.passport",
                (subject, json.dumps(data), data["passport_number"], now()),
            )
        return "applied"

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
        if known and known["state"] not in ("applicant", "returned", "roster_active"):
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
        if candidate["state"] in PAST_THE_ROSTER:
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
        # Each side writes the day of its own calendar: at the same instant it may be the day before.
        offered_on = date.fromisoformat(json.loads(offer["terms"])["contract"]["date"])
        if date.fromisoformat(signed_on) < offered_on - timedelta(days=1):
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

    def _renewed(self, subject: str, data: dict[str, Any], message_id: str) -> str:
        """Another term on the roster, while the test still counts."""
        candidate = self._known(subject)
        if candidate["state"] != "roster_active":
            raise Refused("step_closed", f"the candidate is {candidate['state']}")
        today = self.today()
        if data["test_valid_to"] < today.isoformat():
            raise Refused("document_expired", "the test counts no longer")
        valid_to = min(
            add_months(today, law("roster_valid_months")).isoformat(), data["test_valid_to"]
        )
        with self.store.write() as db:
            db.execute("update candidate set valid_to = ? where subject = ?", (valid_to, subject))
            self.node.send(
                "roster.status",
                subject,
                {
                    "status": "active",
                    "roster_no": candidate["roster_no"],
                    "as_of": today.isoformat(),
                    "valid_from": today.isoformat(),
                    "valid_to": valid_to,
                },
                answers=message_id,
            )
        return "applied"

    def _examined(self, subject: str, data: dict[str, Any], _message_id: str) -> str:
        candidate = self._known(subject)
        if self._facts(candidate).get("offer_no") != data["offer_no"]:
            raise Refused("offer_unknown")
        if not data["fit"]:
            raise Refused("not_eligible", "not fit for work")
        self._note(subject, fit_on=data["examined_on"])
        return "applied"

    def _trained(self, subject: str, data: dict[str, Any], _message_id: str) -> str:
        candidate = self._known(subject)
        if self._facts(candidate).get("offer_no") != data["offer_no"]:
            raise Refused("offer_unknown")
        self._note(subject, trained_on=data["completed_on"])
        return "applied"

    def _claimed(self, subject: str, data: dict[str, Any], _message_id: str) -> str:
        if self._known(subject)["state"] != "left":
            raise Refused("step_closed", "the worker has not left Korea")
        facts = self._facts(self._known(subject))
        if data["kind"] in facts.get("paid", "").split():
            raise Refused("step_closed", "it was paid")
        lapse = add_months(date.fromisoformat(facts["left_on"]), law("claim_lapse_months"))
        if data["claimed_on"] > lapse.isoformat():
            raise Refused("answer_late", f"the claim lapsed on {lapse}")
        claimed = {*facts.get("claimed", "").split(), data["kind"]}
        self._note(subject, claimed=" ".join(sorted(claimed)))
        return "applied"

    def _returning(self, subject: str, data: dict[str, Any], _message_id: str) -> str:
        candidate = self._known(subject)
        if "reentry_permit" not in self._facts(candidate):
            raise Refused("step_closed", "no employer takes the worker back")
        self._note(subject, reentry_reported_on=data["reported_on"])
        return "applied"
