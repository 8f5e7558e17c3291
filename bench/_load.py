"""Work that goes on while things break: people on their phones, an officer on the API.

Every act has a key or a mark of its own, by which it is found again afterwards; what the service
answered to it is kept beside it.
"""

from __future__ import annotations

import io
import random
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import httpx
from PIL import Image

KINDS = ("check_in", "complaint", "note", "document")
SHARES = (0.55, 0.1, 0.25, 0.1)
THREADS = 6
TWICE = 0.1
TRIES = 20
# Longer than any page may take, shorter than a person waits.
TIMEOUT = 20.0
TAKEN, REFUSED, UNSURE = "taken", "refused", "no answer"
_CASE = re.compile(r"/([0-9a-f]{8}-[0-9a-f-]{27})/")


@dataclass(slots=True)
class Act:
    """One thing somebody does.

    Attributes:
        about: for a note its case, for a document its SHA-256.
        answers: what was answered to each sending: ``taken``, ``refused <what>``, ``no answer``.
    """

    key: UUID
    kind: str
    who: dict[str, str]
    about: str = ""
    data: bytes = b""
    answers: list[str] = field(default_factory=list)

    @property
    def taken(self) -> bool:
        """Whether any answer said that it was taken."""
        return TAKEN in self.answers

    @property
    def refused(self) -> bool:
        """Whether every answer said no, in words that leave no doubt."""
        return all(each.startswith(REFUSED) and "away" not in each for each in self.answers)


class Load:
    """Threads that act until told to stop."""

    def __init__(
        self, url: str, people: list[dict[str, str]], token: str, *, seed: int, again: int = 1
    ) -> None:
        self._url, self._people, self._token, self._again = url, people, token, again
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._cases: list[str] = []
        self.acts: list[Act] = []
        # When each that was taken was sent, and when it was answered.
        self._taken: list[tuple[float, float]] = []
        self.began = time.monotonic()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(THREADS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody finish what they are at."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def taken_since(self, instant: float) -> bool:
        """Whether anything was taken that was sent so late."""
        with self._lock:
            return any(sent > instant for sent, _ in self._taken[-5 * THREADS :])

    def longest_silence(self, since: float) -> float:
        """Most seconds from ``since`` on in which nothing was taken that was sent since."""
        with self._lock:
            answered = sorted(at for sent, at in self._taken if sent > since)
        return max((b - a for a, b in pairwise([since, *answered])), default=0.0)

    def send_again(self) -> None:
        """What had no answer, or 'try again', as phones do; notes and files of the API are not."""
        left = [act for act in self.acts if not act.taken and act.kind not in {"note", "document"}]
        with ThreadPoolExecutor(THREADS) as pool:
            for done in [pool.submit(self._until_taken, act) for act in left]:
                done.result()

    def _until_taken(self, act: Act) -> None:
        with httpx.Client(timeout=TIMEOUT) as client:
            for _ in range(TRIES):
                self._send(client, act)
                if act.taken:
                    return
                time.sleep(0.5)

    def answers(self) -> Counter[str]:
        """How often what was answered."""
        return Counter(each for act in self.acts for each in act.answers)

    def _work(self) -> None:
        with httpx.Client(timeout=TIMEOUT) as client:
            while not self._over.is_set():
                act = self._drawn()
                if act is None:
                    continue
                with self._lock:
                    self.acts.append(act)
                    twice = self._again > 1 or self._chance.random() < TWICE
                if twice and act.kind != "note":
                    times = max(1, self._again - 1)
                    others = [
                        threading.Thread(target=self._alone, args=(act,)) for _ in range(times)
                    ]
                    for each in others:
                        each.start()
                    self._send(client, act)
                    for each in others:
                        each.join()
                else:
                    self._send(client, act)
                # Whoever hears no waits a moment; the others go on.
                time.sleep(0.02 if act.taken else 0.5)

    def _alone(self, act: Act) -> None:
        with httpx.Client(timeout=TIMEOUT) as client:
            self._send(client, act)

    def _drawn(self) -> Act | None:
        with self._lock:
            chance = self._chance
            kind = chance.choices(KINDS, SHARES)[0]
            key = UUID(int=chance.getrandbits(128), version=4)
            who = chance.choice(self._people)
            if kind == "note":
                if not self._cases:
                    return None
                return Act(key, kind, who, about=chance.choice(self._cases))
            data = _photo(chance) if kind == "document" else b""
        return Act(key, kind, who, data=data)

    def _send(self, client: httpx.Client, act: Act) -> None:
        sent = time.monotonic()
        try:
            answer = self._post(client, act)
        except httpx.HTTPError:
            said = UNSURE
        else:
            said = self._read(act, answer)
        with self._lock:
            act.answers.append(said)
            if said == TAKEN:
                self._taken.append((sent, time.monotonic()))

    def _post(self, client: httpx.Client, act: Act) -> httpx.Response:
        if act.kind == "note":
            return client.post(
                f"{self._url}/api/cases/{act.about}/notes",
                json={"words": f"uji {act.key}", "internal": True},
                headers={"Authorization": f"Bearer {self._token}"},
            )
        if act.kind == "document":
            return client.post(
                f"{self._url}/api/workers/{act.who['number']}/documents",
                data={"type": "identity_card"},
                files={"file": ("x.png", act.data, "image/png")},
                headers={"Authorization": f"Bearer {self._token}"},
            )
        at = datetime.now(UTC).isoformat()
        data = (
            {"condition": "good"}
            if act.kind == "check_in"
            else {"words": "Gaji belum dibayar", "kind": "wages_unpaid"}
        )
        item = {"key": str(act.key), "kind": act.kind, "at": at, "data": data}
        token = "b" * 32
        return client.post(
            f"{self._url}/saya/kirim/",
            json={"owner": act.who["owner"], "sent_at": at, "items": [item]},
            headers={
                "Cookie": f"sessionid={act.who['session']}; csrftoken={token}",
                "X-CSRFToken": token,
            },
        )

    def _read(self, act: Act, answer: httpx.Response) -> str:
        if answer.status_code >= 300:
            kind = ""
            if "problem" in answer.headers.get("Content-Type", ""):
                kind = str(answer.json()["type"]).rpartition("/")[2]
            elif answer.status_code == 503:
                kind = "no-room" if "penuh" in answer.text else "away"
            return f"{REFUSED} {answer.status_code} {kind}".strip()
        if act.kind in {"note", "document"}:
            return TAKEN
        [told] = answer.json()["items"]
        if told["state"] != "received":
            return f"{REFUSED} {told['state']}"
        if act.kind == "complaint" and (found := _CASE.search(told["url"])):
            with self._lock:
                self._cases.append(found[1])
        return TAKEN


def _photo(chance: random.Random) -> bytes:
    """A picture that nobody has sent before, some tens of kilobytes."""
    out = io.BytesIO()
    Image.frombytes("RGB", (120, 100), chance.randbytes(36_000)).save(out, "PNG")
    return out.getvalue()
