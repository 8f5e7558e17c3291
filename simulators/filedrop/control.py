"""A small door for people and tests: what is here, say something, misbehave."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .office import SENDS, Office

FAULTS = {
    "silent",
    "half_written",
    "twice",
    "renamed",
    "truncated",
    "wrong_signature",
    "reorder",
    "drops_left",
}


def make_server(office: Office, port: int) -> ThreadingHTTPServer:
    """The server, on loopback only; nobody signs in."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/health":
                self._answer(200, {"ok": True})
            elif self.path == "/":
                self._answer(200, _state(office))
            else:
                self._answer(404, {"title": "No such page."})

        def do_POST(self) -> None:
            # A form on another site cannot send this type without being asked first.
            if self.headers.get("Content-Type") != "application/json":
                self._answer(415, {"title": "Send application/json."})
                return
            try:
                asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                done = _do(office, self.path, asked)
                self._answer(*((404, {"title": "No such page."}) if done is None else (200, done)))
            except (ValueError, KeyError, TypeError) as error:
                self._answer(422, {"title": str(error)})

        def _answer(self, status: int, value: Any) -> None:
            raw = json.dumps(value, indent=1).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return ThreadingHTTPServer(("127.0.0.1", port), Door)


def _do(office: Office, path: str, asked: dict[str, Any]) -> dict[str, Any] | None:
    if path == "/say":
        return {"id": office.say(asked["name"], asked["subject"], asked["data"])}
    if path != "/control":
        return None
    if set(asked.get("faults", {})) - FAULTS:
        raise ValueError(f"faults are {sorted(FAULTS)}")
    for name in ("faults", "form"):
        if name in asked:
            office.node.store.set(name, asked[name])
    return _state(office)


def _state(office: Office) -> dict[str, Any]:
    store = office.node.store
    count = "select type, state, count(*) as n from {} group by type, state order by type, state"
    return {
        "node": office.node.name,
        "partner": office.node.partner,
        "says": [name for name in SENDS if not name.startswith("receipt.")],
        "faults": office.node.faults,
        "form": store.setting("form", "json"),
        "workers": [dict(row) for row in store.rows("select subject, state from worker")],
        "sent": [dict(row) for row in store.rows(count.format("sent"))],
        "received": [dict(row) for row in store.rows(count.format("received"))],
    }
