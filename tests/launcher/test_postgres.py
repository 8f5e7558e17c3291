"""The supervisor of the embedded PostgreSQL recovers from whatever was killed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import binaries, bootstrap, database_home, home, postgres
from launcher.account import Account, of
from launcher.bootstrap import psql
from launcher.postgres import Postgres
from launcher.trouble import Trouble


@pytest.fixture(scope="module")
def made() -> Iterator[Postgres]:
    """A cluster in a temporary folder that its account can reach, bootstrapped, stopped."""
    here = home.find({"LINDUNG_HOME": os.environ.get("LINDUNG_LAUNCHER_HOME", "")})
    if not here.python.exists():
        pytest.skip("no environment made by ./lindung, so no PostgreSQL programs")
    folder = Path(tempfile.mkdtemp(prefix="lindung-db-"))
    folder.chmod(0o755)
    account = of(folder / "data")
    programs = binaries.find(here, database_home.find(here)[0], account)
    server = Postgres(folder, programs, account, folder / "postgres.log", throw_away=False)
    server.make()
    server.start()
    bootstrap.roles(here, server, None)
    psql(server, "-c", "create table kept (n int)", database="lindung")
    server.stop()
    yield server
    server.stop()
    subprocess.run(["rm", "-r", str(folder)], check=True)


@pytest.fixture
def running(made: Postgres) -> Iterator[Postgres]:
    """The cluster, running, with an empty table."""
    made.start()
    psql(made, "-c", "truncate kept", database="lindung")
    yield made
    made.stop()


def write(server: Postgres, number: int) -> None:
    psql(server, "-c", f"insert into kept values ({number})", database="lindung")


def rows(server: Postgres) -> list[str]:
    return psql(server, "-c", "select n from kept order by n", database="lindung").split()


class TestTheServer:
    def test_listens_on_no_network(self, running: Postgres) -> None:
        assert psql(running, "-c", "show listen_addresses").strip() == ""

    def test_socket_is_behind_a_door_for_one_account(self, running: Postgres) -> None:
        status = running.socket.stat()
        assert (status.st_mode & 0o777, status.st_uid) == (0o700, running.account.uid)

    def test_sorts_the_same_on_every_machine(self, running: Postgres) -> None:
        asked = "select datcollate = 'C' and datlocale = 'C.UTF-8' from pg_database"
        if running.binaries.major < binaries.BUILTIN_LOCALE:
            asked = "select datcollate = 'C.UTF-8' from pg_database"
        answer = psql(running, "-c", f"{asked} where datname = 'lindung'")
        assert answer.strip() == "t"

    def test_does_not_run_as_root(self, running: Postgres) -> None:
        pid = running.postmaster()
        assert pid
        assert Path(f"/proc/{pid}").stat().st_uid == running.account.uid != 0

    def test_logs_no_data_of_a_refused_row(self, running: Postgres) -> None:
        psql(running, "-c", "create unique index once on kept (n)", database="lindung")
        write(running, 760321)
        with pytest.raises(Trouble):
            write(running, 760321)
        psql(running, "-c", "drop index once", database="lindung")
        log = running.log.read_text()
        assert "duplicate key" in log
        assert "760321" not in log


class TestAfterAKill:
    def test_of_the_postmaster_all_committed_rows_are_there(self, running: Postgres) -> None:
        write(running, 1)
        pid = running.postmaster()
        assert pid
        os.kill(pid, signal.SIGKILL)
        running.start()
        assert rows(running) == ["1"]

    def test_of_the_postmaster_while_nobody_reaps_it(self, running: Postgres) -> None:
        """A second supervisor starts at once; the dead one is a zombie whose number is taken."""
        write(running, 2)
        zombie = running.postmaster()
        assert zombie
        os.kill(zombie, signal.SIGKILL)
        other = Postgres(running.folder, running.binaries, running.account, running.log)
        other.start()
        assert Path(f"/proc/{zombie}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        assert rows(other) == ["2"]
        other.stop()

    def test_of_the_command_that_led_it(self, running: Postgres) -> None:
        """The server lives on; the next command takes it down in order and starts its own."""
        write(running, 3)
        other = Postgres(running.folder, running.binaries, running.account, running.log)
        first = running.postmaster()
        other.start()
        assert other.postmaster() != first
        assert rows(other) == ["3"]
        other.stop()

    @pytest.mark.parametrize("file", ["data/postmaster.pid", "socket/.s.PGSQL.5432.lock"])
    def test_a_lock_file_with_the_number_of_somebody_else_is_no_obstacle(
        self, made: Postgres, file: str
    ) -> None:
        bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        left = made.folder / file
        try:
            made.account.own(left.parent)
            now = int(time.time())
            left.write_text(
                f"{bystander.pid}\n{made.data}\n{now}\n5432\n{made.socket}\n\n\nready   \n"
            )
            if made.account.drops:
                os.chown(left, made.account.uid, made.account.gid)
            made.start()
            assert made.accepts()
            assert bystander.poll() is None
        finally:
            made.stop()
            bystander.kill()
            bystander.wait()

    def test_of_a_start_half_way_through_making_it(self, made: Postgres) -> None:
        """What an interrupted initdb left is thrown away; a whole database never is."""
        folder = Path(tempfile.mkdtemp(prefix="lindung-db-"))
        folder.chmod(0o755)
        (folder / "data.new").mkdir()
        (folder / "data.new" / "PG_VERSION").write_text("18")
        server = Postgres(folder, made.binaries, made.account, folder / "log", throw_away=True)
        assert not server.made()
        server.make()
        assert server.made()
        server.start()
        server.stop()
        subprocess.run(["rm", "-r", str(folder)], check=True)


class TestAnotherMajorVersion:
    def test_is_explained(self, made: Postgres, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "PG_VERSION").write_text("14\n")
        old = Postgres(tmp_path, made.binaries, made.account, tmp_path / "log")
        with pytest.raises(Trouble, match=r"made by PostgreSQL 14.*LINDUNG_PG"):
            old.check_major()


class TestTheSocketsFolder:
    def test_moves_where_its_path_fits(self, made: Postgres, tmp_path: Path) -> None:
        deep = tmp_path / ("x" * 100)
        server = Postgres(deep, made.binaries, made.account, tmp_path / "log")
        assert len(os.fsencode(server.socket / ".s.PGSQL.5432")) < 107
        assert server.socket.parent == Path("/tmp")


class TestWhy:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ("FATAL:  could not write: No space left on device", "The disk is full"),
            (
                "postgres: error while loading shared libraries: libz.so.1: cannot open",
                "needs the system library libz.so.1",
            ),
            ("FATAL: could not map anonymous shared memory", "not enough memory"),
        ],
    )
    def test_is_one_sentence_for_what_we_know(self, words: str, said: str) -> None:
        answer = postgres._why(words, "PostgreSQL did not start")
        assert said in answer
        assert "\n" not in answer

    def test_is_its_own_words_for_what_we_do_not(self) -> None:
        assert "something new" in postgres._why("FATAL: something new", "PostgreSQL did not start")


class TestAnAccount:
    @pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")
    def test_is_asked_whether_it_reaches_a_folder(self, tmp_path: Path) -> None:
        account = of(tmp_path / "data")
        assert isinstance(account, Account)
        closed = Path(tempfile.mkdtemp())  # 0700, root's
        assert account.drops
        assert not account.reaches(closed)
        closed.chmod(0o755)
        assert account.reaches(closed)
        closed.rmdir()
