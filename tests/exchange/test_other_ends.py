"""The other ends as processes of their own: an office by files, a member behind security servers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.exchange.models import Drop, Incoming, Outgoing, Partner
from lindung.exchange.operations import applying, inbox, outbox
from lindung.exchange.operations.outbox import send

from .test_adapters import CHANGED, NO, heard, ours

__all__ = ["heard"]
ROOT = Path(__file__).resolve().parents[2]
DEPARTED = {
    "offer_no": "ID407-1", "departed_on": "2026-03-02", "flight": "GA878",
    "passport_number": "C1234567",
}  # fmt: skip
PATIENCE = 30.0
SPOILED = ("half_written", "truncated", "wrong_signature")


def free_ports(count: int) -> int:
    """The first of some ports next to each other that nobody listens on."""
    for first in range(20_000 + os.getpid() % 20_000, 60_000, count):
        found = []
        try:
            for port in range(first, first + count):
                line = socket.socket()
                found.append(line)
                line.bind(("127.0.0.1", port))
        except OSError:
            continue
        else:
            return first
        finally:
            for line in found:
                line.close()
    raise RuntimeError("no free ports")


class Process:
    """A simulator that can be killed and started again."""

    def __init__(self, name: str, home: Path, port: int, **env: str) -> None:
        self.name, self.home, self.url = name, home, f"http://127.0.0.1:{port}"
        self.env = os.environ | {"LINDUNG_HOME": str(home), "PYTHONPATH": str(ROOT)} | env
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.home / "log").open("ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, "-m", f"simulators.{self.name}"],
                env=self.env, cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip
        until(self._ready, (self.home / "log").read_text)

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=1, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def post(self, path: str, **value: Any) -> Any:
        """To its small door."""
        answer = httpx.post(f"{self.url}{path}", json=value, timeout=5, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def kill(self) -> None:
        """As when power is lost."""
        assert self.child
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()


def until(done: Callable[[], object], told: Callable[[], object] = lambda: "") -> None:
    """Wait until it is so."""
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, told()
        time.sleep(0.1)


def round_of(partner: Partner) -> None:
    """What the background does."""
    with acting_as(ROBOT):
        Outgoing.objects.filter(state="waiting", handed_at=None).update(next_at=datetime.now(UTC))
        Partner.objects.update(open_until=None)
    inbox.collect(partner.pk)
    outbox.pump(partner.pk)
    applying.apply_incoming(partner.pk)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Process]:
    """The office by files, running."""
    process = Process(
        "filedrop", tmp_path, (port := free_ports(1)),
        LINDUNG_FILEDROP_PORT=str(port), LINDUNG_FILEDROP_SECONDS="0.1",
    )  # fmt: skip
    process.start()
    yield process
    process.kill()


@pytest.fixture
def files(scene: Any, tmp_path: Path, office: Process) -> Partner:
    """Our record of it; its key is taken from the folder."""
    with scene():
        return Partner.objects.create(
            code="hk-files", name="HK", country="HK", node="urn:lindung:node:hk-files",
            base_url="", adapter="files", agreement="MoU", is_demo=True,
            settings={
                "out": str(tmp_path / "drops" / "to-hk"),
                "in": str(tmp_path / "drops" / "from-hk"), "patience_seconds": 1,
                "repeat_seconds": 1,
            },
        )  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db
class TestTheOfficeByFiles:
    def test_answers_what_we_say_and_is_believed_when_it_speaks(
        self, files: Partner, office: Process, heard: list[Any]
    ) -> None:
        send("departure.done", "PMI-1", DEPARTED, partner=files)
        send("candidate.removed", "PMI-2", _removed(), partner=files)
        self.run(files, lambda: {row.state for row in ours()} == {"accepted", "refused"})
        assert [(row.state, row.reason) for row in ours()] == [
            ("accepted", "applied"), ("refused", "type_unknown"),
        ]  # fmt: skip
        office.post("/control", form="csv")
        for _ in range(3):
            office.post("/say", name="employment.changed", subject="PMI-1", data=CHANGED)
        self.run(files, lambda: len(heard) == 3)
        assert heard == [("PMI-1", 1), ("PMI-1", 2), ("PMI-1", 3)]
        self.run(files, lambda: self.answered(office) == 3)

    def test_misbehaving_loses_nothing_and_doubles_nothing(
        self, files: Partner, office: Process, heard: list[Any]
    ) -> None:
        send("departure.done", "PMI-1", DEPARTED, partner=files)
        self.run(files, lambda: ours()[0].state == "accepted")
        for fault in (*SPOILED, "twice", "renamed", "reorder"):
            subject = f"PMI-{fault.replace('_', '-')}"
            office.post("/control", faults={fault: True, "drops_left": 1})
            for _ in range(2):
                office.post("/say", name="employment.changed", subject=subject, data=CHANGED)
            self.run(files, partial(both_said, heard, subject))
            assert said(heard, subject) == [1, 2], fault
        self.run(files, lambda: len(refused()) == len(SPOILED))

    def test_may_speak_first(self, files: Partner, office: Process, heard: list[Any]) -> None:
        round_of(files)  # our key document lies there from the first look on
        office.post("/say", name="employment.changed", subject="PMI-1", data=CHANGED)
        self.run(files, lambda: len(heard) == 1)

    def test_killed_and_silent_only_delays(
        self, files: Partner, office: Process, heard: list[Any]
    ) -> None:
        office.kill()
        send("departure.done", "PMI-1", DEPARTED, partner=files)
        for _ in range(3):
            round_of(files)
        assert ours()[0].state == "waiting"
        office.start()
        self.run(files, lambda: ours()[0].state == "accepted")
        office.post("/control", faults={"silent": True})
        office.post("/say", name="employment.changed", subject="PMI-1", data=CHANGED)
        office.kill()
        office.start()
        office.post("/control", faults={})
        self.run(files, lambda: len(heard) == 1)

    @staticmethod
    def run(partner: Partner, done: Callable[[], bool]) -> None:
        """Work until it is so."""

        def worked() -> bool:
            round_of(partner)
            return done()

        until(worked, lambda: [(row.state, row.reason) for row in ours()])

    @staticmethod
    def answered(office: Process) -> int:
        """How many of its messages the office knows to be accepted."""
        told = httpx.get(f"{office.url}/", trust_env=False).json()
        return sum(each["n"] for each in told["sent"] if each["state"] == "accepted")


def said(heard: list[Any], subject: str) -> list[int]:
    """Numbers of what was applied about a subject."""
    return [sequence for about, sequence in heard if about == subject]


def both_said(heard: list[Any], subject: str) -> bool:
    """Whether the two things said about a subject were applied."""
    return len(said(heard, subject)) == 2


def refused() -> list[str]:
    """Why drops were put aside."""
    with acting_as(ROBOT):
        return list(Drop.objects.filter(state="refused").values_list("reason", flat=True))


def _removed() -> dict[str, str]:
    return {"removed_on": "2026-03-02", "reason": "withdrawn_by_origin"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_member_behind_security_servers_takes_and_answers(
    live_server: Any, scene: Any, tmp_path: Path
) -> None:
    port = free_ports(2)
    road = Process(
        "xroad", tmp_path, port, LINDUNG_XROAD_PORT=str(port), LINDUNG_NODE_URL=live_server.url
    )
    road.start()
    try:
        with scene():
            partner = Partner.objects.create(
                code="bn-xroad", name="BN", country="BN", node="urn:lindung:node:bn-xroad",
                base_url="", adapter="xroad", agreement="MoU", is_demo=True,
                settings={
                    "security_server": road.url, "client": "DEMO/GOV/ID-P2MI/LINDUNG",
                    "service": "DEMO/GOV/BN-LABOUR/WORKERS/exchange",
                    "partner_client": "DEMO/GOV/BN-LABOUR/WORKERS",
                },
            )  # fmt: skip
        road.post("/control", error="Server.ServerProxy.NetworkError", times=1)
        send("contract.answered", "PMI-1", NO, partner=partner)

        def accepted() -> bool:
            round_of(partner)
            return ours()[0].state == "accepted"

        until(accepted, lambda: (tmp_path / "log").read_text()[-3000:])
        with acting_as(ROBOT):
            assert Incoming.objects.filter(type__contains="receipt.business").exists()
        seen = road.post("/control")["seen"]
        assert {each["client"] for each in seen} == {
            "DEMO/GOV/ID-P2MI/LINDUNG", "DEMO/GOV/BN-LABOUR/WORKERS",
        }  # fmt: skip
    finally:
        road.kill()
