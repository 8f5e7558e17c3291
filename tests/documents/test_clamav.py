"""Documents before a real ClamAV, with one signature of its own: the EICAR test text.

Left out unless asked for, since it starts a daemon that a machine may not have::

    apt-get install clamav-daemon
    ./lindung test tests/documents/test_clamav.py -m clamav
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.documents import operations, queries, scanner
from lindung.registry.models import Worker
from tests import cast
from tests.cast import NOW
from tests.documents import files
from tests.documents.test_operations import given, opened

CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
pytestmark = [
    pytest.mark.clamav,
    pytest.mark.usefixtures("posts", "places", "folder"),
]

# The text that every scanner agrees to find (eicar.org), in two halves so that none finds this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MOST = 1_000_000
CONF = """
Foreground yes
LocalSocket {folder}/clamd.ctl
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
LogFile {folder}/clamd.log
StreamMaxLength {most}
"""


class Daemon:
    """A clamd of this run's own, on a socket in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        if CLAMD is None:  # asked for by its mark, so not to be passed over in silence
            pytest.fail("clamd is not installed: apt-get install clamav-daemon")
        self.socket = folder / "clamd.ctl"
        (folder / "signatures").mkdir()
        # Extended signature: name, any kind of file, anywhere in it, the bytes in hexadecimal.
        signature = f"Lindung.Test.Eicar:0:*:{EICAR.hex()}\n"
        (folder / "signatures" / "eicar.ndb").write_text(signature)
        (folder / "clamd.conf").write_text(CONF.format(folder=folder, most=MOST))
        self.log = folder / "clamd.log"
        self.process = subprocess.Popen(
            [CLAMD, "--config-file", str(folder / "clamd.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self, seconds: float = 30) -> None:
        """Until it answers on its socket."""
        end = time.monotonic() + seconds
        while not self.socket.exists():
            if self.process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"clamd did not start: {self.log.read_text()[-500:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it, kindly first."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """One daemon for all tests that do not end it."""
    made = Daemon(tmp_path_factory.mktemp("clamd"))
    made.wait()
    yield made
    made.stop()


@pytest.fixture
def clamav(daemon: Daemon, settings: Any) -> Daemon:
    """This installation asks it."""
    settings.CLAMD = str(daemon.socket)
    return daemon


def paper(text: bytes) -> bytes:
    """A sound PDF that holds these bytes in a comment, where no reader looks."""
    return files.PDF.replace(b"%%EOF", b"%" + text + b"\n%%EOF", 1)


@pytest.mark.usefixtures("clamav")
class TestARealScanner:
    def test_passes_what_is_clean(self, who: Worker) -> None:
        made = given(who)
        assert made.state == "uploaded"
        assert operations.scan(ROBOT, made.id, at=NOW).state == "scanned"
        assert opened(cast.OFFICER, made).data

    def test_finds_what_is_not_and_nobody_is_shown_it(self, who: Worker) -> None:
        made = given(who, data=paper(EICAR))
        after = operations.scan(ROBOT, made.id, at=NOW)
        assert (after.state, after.scanned_at) == ("quarantined", NOW)
        for actor in (cast.OFFICER, cast.MINISTRY, cast.self_of(who.id)):
            with pytest.raises(operations.NotShown):
                opened(actor, made)

    def test_finds_it_at_the_end_of_a_file_of_many_chunks(self) -> None:
        assert scanner.infected(b"\x00" * (MOST - 100) + EICAR)
        assert not scanner.infected(b"\x00" * (MOST - 100))

    def test_that_takes_no_more_than_so_much_has_not_said_clean(self) -> None:
        with pytest.raises(scanner.NoAnswer):
            scanner.infected(b"\x00" * (4 * MOST) + EICAR)


def test_that_is_stopped_leaves_files_unscanned_until_it_is_back(
    who: Worker, settings: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first = Daemon(tmp_path_factory.mktemp("stopped"))
    first.wait()
    settings.CLAMD = str(first.socket)
    made = given(who, data=paper(EICAR))
    first.stop()
    assert operations.scan(ROBOT, made.id, at=NOW).state == "unscanned"
    with acting_as(ROBOT):
        assert queries.never_scanned() == [made.id]
    second = Daemon(tmp_path_factory.mktemp("back"))
    second.wait()
    settings.CLAMD = str(second.socket)
    assert operations.scan(ROBOT, made.id, at=NOW).state == "quarantined"
    second.stop()
