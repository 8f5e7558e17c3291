"""The board: requests for workers, firms barred from hiring, and the law, told and heard (§2)."""

import json
from datetime import date
from typing import Any

from flask import Flask, Response, redirect, render_template, request, url_for
from werkzeug.wrappers.response import Response as Answer

from .files import Files
from .law import EMPLOYERS, NotPossible, add_months, wage_floor
from .node import NotNow
from .wire import Refused, now, write_json

TABLES = """
-- What either side told of orders, firms and rules: the newest under each number.
create table if not exists notice (
    subject text not null, name text not null, ours integer not null, data text not null,
    changed_at text not null, primary key (subject, name, ours));
"""
HEARD = ("job_order.answered", "employer.restricted", "regulation.changed")
ACTS = ("publish_order", "withdraw_order", "restrict", "lift", "announce_rule")


class Notices(Files):
    """Nobody's life in particular: firms, places and rules."""

    def heard(self, subject: str, name: str, data: dict[str, Any]) -> str:
        """Keep what the origin told; refuse an answer to what was never asked."""
        if name == "job_order.answered" and self._told(subject, "job_order.published") is None:
            raise Refused("step_closed", "no such order")
        if name == "employer.restricted" and data["restriction_no"] != subject:
            raise Refused("data_invalid", "restriction_no is not the subject")
        self._keep(subject, name, data, ours=False)
        return "applied"

    def publish_order(
        self, *, employer: str, places: int = 5, agreement_no: str = "", order_no: str = ""
    ) -> str:
        """Pass on a firm's request for workers; returns its number. A number again: repaired."""
        firm, today = EMPLOYERS[employer], self.today()
        if self._barred(firm["registration_no"]):
            raise NotPossible("The firm may not hire from abroad.")
        with self.store.write():
            number = order_no or f"JO-{today.year}-{self.store.next('order'):04d}"
            data: dict[str, Any] = {
                "order_no": number,
                "employer": {
                    "kind": "company", "name": firm["name"], "name_local": firm["name_local"],
                    "registration_no": firm["registration_no"], "region": firm["region"],
                },
                "sector": firm["sector"],
                "places": int(places),
                "wage": {"amount": str(wage_floor(today)), "currency": "KRW", "per": "month"},
                "published_on": today.isoformat(),
                "valid_to": add_months(today, 6).isoformat(),
            }  # fmt: skip
            if agreement_no:
                data["agreement_no"] = agreement_no
            self._tell(number, "job_order.published", data)
        return number

    def withdraw_order(self, *, order_no: str, reason: str = "cancelled") -> None:
        """Take a request back."""
        if self._told(order_no, "job_order.published") is None:
            raise NotPossible("No such order.")
        data = {"order_no": order_no, "withdrawn_on": self.today().isoformat(), "reason": reason}
        with self.store.write():
            self._tell(order_no, "job_order.withdrawn", data)

    def restrict(self, *, employer: str, ground: str = "unpaid_wages", months: int = 36) -> str:
        """Bar a firm from hiring from abroad for a time; returns the decision's number."""
        firm, today = EMPLOYERS[employer], self.today()
        with self.store.write():
            number = f"ER-{today.year}-{self.store.next('restriction'):04d}"
            self._tell(
                number,
                "employer.restricted",
                {
                    "restriction_no": number,
                    "status": "restricted",
                    "employer": {k: firm[k] for k in ("name", "registration_no", "region")},
                    "sector": firm["sector"],
                    "ground": ground,
                    "decided_under": "Act on the Employment, etc. of Foreign Workers",
                    "restricted_on": today.isoformat(),
                    "until": add_months(today, int(months)).isoformat(),
                },
            )
        return number

    def lift(self, *, restriction_no: str) -> None:
        """End a restriction of ours before its day."""
        told = self._told(restriction_no, "employer.restricted")
        if told is None or told["status"] != "restricted":
            raise NotPossible("No such restriction.")
        ended = {"status": "lifted", "ended_on": self.today().isoformat()}
        with self.store.write():
            self._tell(restriction_no, "employer.restricted", {**told, **ended})

    def announce_rule(self, *, rule_no: str, title: str, begins_on: str, value: str = "") -> None:
        """Tell of a rule that begins."""
        data: dict[str, Any] = {
            "rule_no": rule_no,
            "title": title,
            "language": "en",
            "instrument": "Notification (simulated)",
            "begins_on": date.fromisoformat(begins_on).isoformat(),
            "announced_on": self.today().isoformat(),
        }
        if value:
            data["value"] = value
        with self.store.write():
            self._tell(rule_no, "regulation.changed", data)

    def notices(self) -> list[dict[str, Any]]:
        """All of it, the newest first."""
        rows = self.store.rows("select * from notice order by changed_at desc, subject limit 200")
        return [{**dict(row), "data": json.loads(row["data"])} for row in rows]

    def _tell(self, subject: str, name: str, data: dict[str, Any]) -> None:
        self.node.send(name, subject, data)
        self._keep(subject, name, data, ours=True)

    def _keep(self, subject: str, name: str, data: dict[str, Any], *, ours: bool) -> None:
        with self.store.write() as db:
            db.execute(
                "insert into notice values (?, ?, ?, ?, ?) on conflict (subject, name, ours) "
                "do update set data = excluded.data, changed_at = excluded.changed_at",
                (subject, name, int(ours), json.dumps(data), now()),
            )

    def _told(self, subject: str, name: str) -> dict[str, Any] | None:
        row = self.store.row(
            "select data from notice where subject = ? and name = ? and ours = 1", subject, name
        )
        return json.loads(row["data"]) if row else None

    def _barred(self, registration_no: str) -> bool:
        rows = self.store.rows("select data from notice where name = 'employer.restricted'")
        told = [json.loads(row["data"]) for row in rows]
        return any(
            each["status"] == "restricted"
            and each["employer"].get("registration_no") == registration_no
            for each in told
        )


def add_to(app: Flask, desk: Notices) -> None:
    """The board's page, and its acts by form or JSON."""

    @app.get("/notices")
    def notices() -> str | Response:
        found = desk.notices()
        if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "text/html":
            return render_template("notices.html", notices=found, employers=list(EMPLOYERS))
        return Response(write_json({"notices": found}), mimetype="application/json")

    @app.post("/notices/<act>")
    def post_notice(act: str) -> Answer | Response:
        given = request.get_json() if request.is_json else request.form
        values = {name: value for name, value in given.items() if value}
        try:
            if act not in ACTS:
                raise NotPossible(f"There is no {act}; there are {', '.join(ACTS)}.")
            getattr(desk, act)(**values)
        except (NotPossible, NotNow, KeyError, TypeError, ValueError) as error:
            body = {"type": "about:blank", "status": 409, "title": str(error)}
            return Response(write_json(body), 409, mimetype="application/problem+json")
        return redirect(url_for("notices"), 303)
