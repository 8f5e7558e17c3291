"""In Korea: entry, training, the residence card, changes, stay, incidents."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .files import Files
from .law import EMPLOYERS, WORLD, NotPossible, add_months, counts_to_limit, law

AT_WORK = ("registered", "arrived", "inducted", "leaving")
IN_KOREA = (*AT_WORK, "between_jobs", "changing", "irregular")


class Abroad(Files):
    """The airport, the training centre, immigration and the labour office."""

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
        facts = json.loads(self._in(subject, "arrived", "inducted")["facts"])
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
                        "completed_on": facts.get("inducted_on", day.isoformat()),
                    },
                },
            )
            until = add_months(day, WORLD["stay_months"]).isoformat()
            self._move(subject, "registered", residence_no=number, stay_expires_on=until)
        return number

    def induct(self, subject: str, *, completed_on: str = "") -> None:
        """Confirm the training after entry; the insurances are signed there."""
        facts = self._facts(self._in(subject, "arrived"))
        day = completed_on or self.today().isoformat()
        insurances = ["departure_guarantee", "return_cost", "wage_guarantee", "casualty"]
        with self.store.write():
            self.node.send(
                "induction.done",
                subject,
                {
                    "offer_no": facts["offer_no"],
                    "body": "Manufacturing training centre (simulated)",
                    "completed_on": day,
                    "hours": law("induction_hours"),
                    "insurances": insurances,
                },
            )
            self._move(subject, "inducted", inducted_on=day)

    def change_insurance(
        self, subject: str, *, kind: str = "wage_guarantee", status: str = "lapsed"
    ) -> None:
        """Tell that a cover began or ended."""
        self._in(subject, *IN_KOREA)
        data = {"kind": kind, "status": status, "since": self.today().isoformat()}
        with self.store.write():
            self.node.send("insurance.changed", subject, data)
            self._note(subject, **{f"insurance_{kind}": status})

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
        facts = json.loads(self._in(subject, *AT_WORK)["facts"])
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
            state = {"ended": "between_jobs", "dismissed": "between_jobs", "deceased": "deceased"}
            self._move(
                subject,
                state.get(event, "registered"),
                employer=firm["key"],
                last_change=event,
                **({"work_ended_on": day} if event in ("ended", "dismissed") else {}),
                **({"monthly": monthly} if monthly else {}),
            )

    def request_change(
        self, subject: str, *, reason: str, ended_on: str = "", requested_on: str = ""
    ) -> str:
        """Take the worker's request for another workplace; returns its number."""
        facts = self._facts(self._in(subject, "between_jobs", "registered"))
        day = requested_on or self.today().isoformat()
        ended = ended_on or facts.get("work_ended_on", day)
        if day > add_months(date.fromisoformat(ended), law("change_apply_months")).isoformat():
            raise NotPossible("The time to ask is over.")
        used, counted = int(facts.get("changes_used", "0")), counts_to_limit(reason)
        limit = law("changes_extension" if "extended_on" in facts else "changes_initial")
        if counted and used >= limit:
            raise NotPossible(f"All {limit} changes are used.")
        permit_by = add_months(date.fromisoformat(day), law("change_permit_months")).isoformat()
        with self.store.write():
            number = f"WC-{day[:4]}-{self.store.next('change'):06d}"
            self.node.send(
                "workplace_change.requested",
                subject,
                {
                    "request_no": number,
                    "ended_on": ended,
                    "requested_on": day,
                    "reason": reason,
                    "counts_against_limit": counted,
                    "changes_used": used + counted,
                    "permit_by": permit_by,
                },
            )
            self._move(
                subject,
                "changing",
                change_no=number,
                changes_used=str(used + counted),
                permit_by=permit_by,
            )
        return number

    def permit_change(self, subject: str, *, employer: str, permitted_on: str = "") -> None:
        """Permit the new workplace."""
        facts = self._facts(self._in(subject, "changing"))
        day = permitted_on or self.today().isoformat()
        if day > facts["permit_by"]:
            raise NotPossible("The time to obtain a permit is over.")
        if employer not in EMPLOYERS:
            raise NotPossible("Name the new employer.")
        firm = EMPLOYERS[employer]
        with self.store.write():
            self.node.send(
                "workplace_change.granted",
                subject,
                {
                    "request_no": facts["change_no"],
                    "permitted_on": day,
                    "starts_on": day,
                    "employer": self._employer(firm),
                    "region": firm["region"],
                    "changes_used": int(facts["changes_used"]),
                },
            )
            self._move(subject, "registered", employer=employer)

    def lapse_change(self, subject: str, *, why: str = "not_permitted") -> None:
        """Nobody asked, or no permit came, in time."""
        facts = self._facts(self._in(subject, "changing", "between_jobs"))
        today = self.today()
        due = facts.get("permit_by") if why == "not_permitted" else None
        if why == "not_requested":
            ended = date.fromisoformat(facts["work_ended_on"])
            due = add_months(ended, law("change_apply_months")).isoformat()
        if due is not None and today.isoformat() <= due:
            raise NotPossible(f"There is time until {due}.")
        with self.store.write():
            data = {
                "lapsed_on": today.isoformat(),
                "why": why,
                "leave_by": (today + timedelta(days=14)).isoformat(),
                **({"request_no": facts["change_no"]} if "change_no" in facts else {}),
            }
            self.node.send("workplace_change.lapsed", subject, data)
            self._move(subject, "irregular")

    def extend(self, subject: str, *, requested_on: str = "") -> str:
        """Grant the employer's request for a longer stay; returns its last day."""
        facts = self._facts(self._in(subject, "registered"))
        if "extended_on" in facts:
            raise NotPossible("A stay is extended once.")
        asked = requested_on or self.today().isoformat()
        end = date.fromisoformat(facts["stay_expires_on"])
        if asked > (end - timedelta(days=law("extension_apply_before_days"))).isoformat():
            raise NotPossible("The request came too late.")
        until = add_months(end, law("extension_months")).isoformat()
        with self.store.write():
            self.node.send(
                "extension.granted",
                subject,
                {
                    "requested_on": asked,
                    "granted_on": self.today().isoformat(),
                    "contract_ends_on": until,
                    "stay_expires_on": until,
                    "months": law("extension_months"),
                },
            )
            today = self.today().isoformat()
            self._note(subject, stay_expires_on=until, extended_on=today, changes_used="0")
        return until

    def refuse_extension(self, subject: str, *, reason: str = "wage_arrears") -> None:
        """Refuse a longer stay."""
        facts = self._facts(self._in(subject, "registered"))
        with self.store.write():
            today = self.today().isoformat()
            data = {"refused_on": today, "reason": reason, "requested_on": today}
            data["stay_expires_on"] = facts["stay_expires_on"]
            self.node.send("extension.refused", subject, data)
            self._note(subject, extension_refused=reason)

    def miss_wages(self, subject: str, *, months: int = 1, status: str = "found") -> None:
        """Tell that wages of the last months were not paid."""
        facts = self._facts(self._in(subject, *IN_KOREA))
        today = self.today()
        owed = int(facts.get("monthly", "0")) * months
        with self.store.write():
            self.node.send(
                "wage.missed",
                subject,
                {
                    "from": add_months(today, -months).isoformat(),
                    "to": today.isoformat(),
                    "amount": str(owed),
                    "currency": "KRW",
                    "status": status,
                    "known_on": today.isoformat(),
                },
            )
            self._note(subject, wages_missed=str(owed))

    def report_incident(
        self, subject: str, *, kind: str = "accident_at_work", severity: str = "serious"
    ) -> None:
        """Report what happened to a worker."""
        facts = self._facts(self._in(subject, *IN_KOREA))
        today = self.today().isoformat()
        data = {"kind": kind, "happened_on": today, "known_on": today, "severity": severity}
        data["region"] = EMPLOYERS[facts["employer"]]["region"]
        with self.store.write():
            self.node.send("incident.reported", subject, data)
            self._note(subject, incident=kind)

    def report_death(self, subject: str, *, cause: str = "not_known") -> None:
        """Report that a worker died."""
        self._in(subject, *IN_KOREA)
        today = self.today().isoformat()
        with self.store.write():
            data = {"died_on": today, "known_on": today, "cause": cause}
            self.node.send("death.reported", subject, data)
            self._move(subject, "deceased", died_on=today)
