"""HTTP of the simulator: the exchange's addresses, its officials' pages, and its control.

The pages ask for no login, so they are served on loopback only and refuse posts from other sites.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers.response import Response as Answer

from . import agreement, notices, reconcile
from .desks import ACTS, EVENTS, REASONS, STATES, acts_in
from .faults import FAULTS, forget
from .node import BATCH, MAX_ITEMS, SINGLE, Node, NotNow, read_batch, write_batch
from .office import AUTOMATIC, EMPLOYERS, NotPossible, Office, wage_floor
from .wire import Refused, write_json

MAX_BODY = 8 * 1024 * 1024


def _problem(status: int, title: str) -> Response:
    body = json.dumps({"type": "about:blank", "status": status, "title": title})
    return Response(body, status, mimetype="application/problem+json")


def make_app(node: Node, office: Office) -> Flask:  # noqa: C901  one list of addresses
    """The Flask application over one node and its office."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    store = node.store

    @app.before_request
    def only_from_here() -> Answer | Response | None:
        if store.setting("faults", {}).get("silent") and request.path.startswith(
            ("/exchange/", "/.well-known/")
        ):
            return _problem(503, "silent on command")
        if request.method == "POST" and not request.path.startswith("/exchange/"):
            origin = request.headers.get("Origin")
            host = urlsplit(f"//{request.host}").hostname
            foreign = origin not in (None, "null") and urlsplit(origin).netloc != request.host
            if host not in ("127.0.0.1", "localhost", "::1") or foreign:
                return _problem(403, "only from this machine's own pages")
        return None

    # --- the exchange ---------------------------------------------------------------------------

    @app.get("/.well-known/lindung-exchange.json")
    def key_document() -> Response:
        raw = node.document()
        answer = Response(raw, mimetype="application/json")
        answer.headers["Lindung-Signature"] = node.key.sign(raw)
        return answer

    @app.post("/exchange/v1/messages")
    def messages() -> Response:
        kind = request.mimetype
        body = request.get_data()
        try:
            if kind == SINGLE:
                [(receipt, proof)] = node.take(
                    [(body, request.headers.get("Lindung-Signature", ""))]
                )
                answer = Response(receipt, content_type=SINGLE)
                answer.headers["Lindung-Signature"] = proof
                return answer
            if kind == BATCH:
                return Response(write_batch(node.take(read_batch(body))), content_type=BATCH)
        except Refused as refusal:
            return _problem(400, refusal.note or refusal.code)
        except NotNow:
            return _problem(503, "the partner's keys are not known yet")
        return _problem(415, f"send {SINGLE} or {BATCH}")

    @app.get("/exchange/v1/messages")
    def replay() -> Response:
        try:
            first, last = int(request.args["from"]), int(request.args["to"])
            found = node.answer_replay(
                request.headers.get("Lindung-Request", ""),
                _target(),
                request.args["subject"],
                first,
                min(last, first + MAX_ITEMS - 1),
            )
        except (KeyError, ValueError):
            return _problem(400, "subject, from and to are needed")
        except Refused as refusal:
            return _problem(401, refusal.code)
        return Response(found, content_type=BATCH) if found else _problem(404, "nothing there")

    @app.get("/exchange/v1/subjects")
    def subjects() -> Response:
        try:
            node.admit_request(request.headers.get("Lindung-Request", ""), _target())
        except Refused as refusal:
            return _problem(401, refusal.code)
        subject = request.args.get("subject", "")
        answer = {"subject": subject, "received_through": node.received_through(subject)}
        return Response(write_json(answer), mimetype="application/json")

    def _target() -> str:
        return request.full_path.rstrip("?")

    @app.get("/health")
    def health() -> Response:
        waiting = store.rows("select count(*) as n from sent where state = 'waiting'")[0]["n"]
        answer = {"ok": True, "node": node.name, "partner": node.partner, "waiting": waiting}
        return Response(write_json(answer), mimetype="application/json")

    # --- its officials --------------------------------------------------------------------------

    @app.context_processor
    def everywhere() -> dict[str, Any]:
        return {
            "states": STATES,
            "partner": node.partner,
            "partner_base": node.partner_base,
            "faults": store.setting("faults", {}),
            "auto_seconds": store.setting("auto_seconds"),
            "pin_conflict": store.setting("pin_conflict"),
            "today": office.today().isoformat(),
            "draw": store.setting("draw"),
            "own_keys": node.own_keys(),
        }

    @app.get("/")
    def roster() -> str:
        rows = store.rows("select * from candidate order by changed_at desc limit 200")
        people = [{**dict(r), "listed": json.loads(r["listed"])} for r in rows]
        counts = store.rows("select state, count(*) as n from candidate group by state")
        return render_template("roster.html", people=people, counts=counts)

    @app.get("/candidates/<subject>")
    def candidate(subject: str) -> str:
        return _candidate(subject, "")

    def _candidate(subject: str, trouble: str) -> str:
        row = store.row("select * from candidate where subject = ?", subject)
        if row is None:
            abort(404)
        history = store.rows(
            "select at, type, state, reason, note, 'in' as way from received where subject = ? "
            "and state <> 'refused' union all "
            "select at, type, state, reason, note, 'out' from sent where subject = ? order by at",
            subject,
            subject,
        )
        return render_template(
            "candidate.html",
            c={
                **dict(row),
                "listed": json.loads(row["listed"]),
                "facts": json.loads(row["facts"]),
            },
            offers=store.rows("select * from offer where subject = ? order by offer_no", subject),
            history=history,
            employers=EMPLOYERS,
            events=EVENTS,
            floor=wage_floor(office.today()),
            trouble=trouble,
            reasons=REASONS,
            more=acts_in(row["state"]),
            next_step=AUTOMATIC.get(row["state"]),
        )

    @app.post("/candidates/<subject>/<act>")
    def do(subject: str, act: str) -> Answer | tuple[str, int] | Response:
        wanted = request.accept_mimetypes.best_match(["text/html", "application/json"])
        as_json = wanted == "application/json" or request.is_json
        given = request.get_json() if request.is_json else request.form
        if act not in ACTS:
            abort(404)
        values: dict[str, Any] = {k: str(given[k]) for k in ACTS[act] if given.get(k)}
        if "months" in values:
            values["months"] = int(values["months"])
        try:
            result = getattr(office, act)(subject, **values)
        except (NotPossible, ValueError) as trouble:
            if as_json:
                return _problem(409, str(trouble))
            return _candidate(subject, str(trouble)), 409
        if as_json:
            return Response(
                write_json({"done": act, "number": result}), mimetype="application/json"
            )
        return redirect(url_for("candidate", subject=subject), 303)

    @app.get("/messages")
    def lines() -> str:
        return render_template(
            "messages.html",
            sent=store.rows(
                "select s.*, m.name as meant from sent s left join meant m using (message_id) "
                "order by s.n desc limit 200"
            ),
            received=store.rows("select * from received order by n desc limit 200"),
        )

    @app.get("/messages/<way>/<int:n>")
    def one(way: str, n: int) -> str:
        if way not in ("sent", "received"):
            abort(404)
        row = store.row(f"select * from {way} where n = ?", n)
        if row is None:
            abort(404)
        try:
            text = json.dumps(json.loads(bytes(row["body"])), ensure_ascii=False, indent=2)
        except ValueError:
            text = bytes(row["body"]).decode("utf-8", "replace")
        return render_template("message.html", m=row, way=way, text=text)

    @app.post("/messages/<message_id>/again")
    def again(message_id: str) -> Answer:
        node.send_again(message_id)
        return redirect(url_for("lines"), 303)

    @app.post("/messages/<message_id>/correct")
    def correct(message_id: str) -> Answer | Response:
        try:
            node.correct(message_id)
        except ValueError as trouble:
            return _problem(409, str(trouble))
        return redirect(url_for("lines"), 303)

    # --- its control ----------------------------------------------------------------------------

    @app.get("/control")
    def control() -> str | Response:
        if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "text/html":
            return render_template("control.html")
        return _control_state()

    def _control_state() -> Response:
        answer = {
            "faults": store.setting("faults", {}),
            "auto_seconds": store.setting("auto_seconds"),
            "today": store.setting("today"),
            "partner": node.partner,
            "pin_conflict": store.setting("pin_conflict"),
        }
        return Response(write_json(answer), mimetype="application/json")

    @app.post("/control")
    def set_control() -> Answer | Response:  # noqa: C901  a flat list of switches
        if request.is_json:
            wish: dict[str, Any] = request.get_json()
            unknown = set(wish) - {
                "faults", "auto_seconds", "today", "accept_keys", "rotate_in", "forget", "draw", "seed",
            }  # fmt: skip
            faults = wish.get("faults", {})
            allowed = {*FAULTS, *(f"{f}_left" for f in FAULTS)}
            if unknown or not isinstance(faults, dict) or set(faults) - allowed:
                return _problem(400, f"unknown: {sorted(unknown | (set(faults) - allowed))}")
            if "faults" in wish:
                store.set("faults", {k: v for k, v in faults.items() if v})
            if "today" in wish:
                store.set("today", wish["today"])
            if "auto_seconds" in wish:
                office.automatic(wish["auto_seconds"])
            for name in ("draw", "seed"):
                if name in wish:
                    store.set(name, wish[name])
            if "rotate_in" in wish:
                node.rotate(in_seconds=float(wish["rotate_in"]))
            if "forget" in wish:
                forget(store, int(wish["forget"]))
            if wish.get("accept_keys"):
                try:
                    node.learn_partner(accept_new_keys=True)
                except NotNow as wait:
                    return _problem(503, str(wait))
            return _control_state()
        form = request.form
        faults = {k: True for k in ("silent", "twice", "reorder") if form.get(k)}
        if form.get("late_seconds"):
            faults["late_seconds"] = float(form["late_seconds"])
        if form.get("wrong_signature"):
            faults |= {"wrong_signature": True, "wrong_signature_left": 1}
        if form.get("wrong_data"):
            faults |= {"wrong_data": form["wrong_data"], "wrong_data_left": 1}
        store.set("faults", faults)
        seconds = form.get("auto_seconds", "")
        office.automatic(float(seconds) if seconds else None)
        store.set("draw", bool(form.get("draw")))
        if form.get("rotate"):
            node.rotate()
        if form.get("forget"):
            forget(store, int(form["forget"]))
        if form.get("accept_keys"):
            try:
                node.learn_partner(accept_new_keys=True)
            except NotNow:
                store.set("pin_conflict", {"at": "-", "kid": "-"})
        return redirect(url_for("control"), 303)

    app.jinja_env.globals["short"] = lambda t: t.removeprefix("id.lindung.").removesuffix(".v1")
    app.jinja_env.globals["types"] = agreement.SENDS
    reconcile.add_to(app, node)
    notices.add_to(app, office)
    return app
