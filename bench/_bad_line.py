"""A bad line between two nodes: requests cut, answers lost, posts doubled, posts overtaken."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

# Of every hundred requests, so many meet each fate.
FATES = {"cut": 4, "answer lost": 4, "doubled": 4, "held back": 8}
LONGEST_HOLD = 1.5


class BadLine:
    """One direction: answers on its own port and passes on to a node, not always well.

    Args:
        target: base address of the node behind it.
        seed: makes the fates the same in every run.
    """

    def __init__(self, target: str, seed: int) -> None:
        self.target, self.chance = target, random.Random(seed)
        self.met: Counter[str] = Counter()
        self.down = False
        self._lock = threading.Lock()
        self.http = httpx.Client(timeout=30, trust_env=False)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _door(self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def fate(self) -> str:
        """What happens to the next request."""
        with self._lock:
            if self.down:
                fate = "cut"
            else:
                rest = 100 - sum(FATES.values())
                [fate] = self.chance.choices(["well", *FATES], [rest, *FATES.values()])
            self.met[fate] += 1
            return fate

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()
        self.server.server_close()
        self.http.close()


def _door(line: BadLine) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass("GET", b"")

        def do_POST(self) -> None:
            self._pass("POST", self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _pass(self, method: str, body: bytes) -> None:
            fate = line.fate()
            if fate == "cut":
                self.close_connection = True
                return
            if fate == "held back":
                time.sleep(line.chance.uniform(0, LONGEST_HOLD))
            names = ("Content-Type", "Lindung-Signature", "Lindung-Request")
            headers = {name: self.headers[name] for name in names if name in self.headers}
            address = f"{line.target}{self.path}"
            try:
                answer = line.http.request(method, address, content=body, headers=headers)
                if fate == "doubled":
                    answer = line.http.request(method, address, content=body, headers=headers)
            except httpx.HTTPError:
                self.close_connection = True
                return
            if fate == "answer lost":
                self.close_connection = True
                return
            with suppress(OSError):
                self.send_response(answer.status_code)
                for name in ("Content-Type", "Lindung-Signature"):
                    if name in answer.headers:
                        self.send_header(name, answer.headers[name])
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return Door
