"""``./lindung up`` and ``./lindung down``: the whole service on this machine."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from types import FrameType
from urllib.parse import urlsplit

from launcher import assets, django, environment, keys, living, loading, ports, processes, ready
from launcher.database import Database
from launcher.home import Home
from launcher.locks import Lock
from launcher.say import Voice
from launcher.shell import Aside, Failed
from launcher.trouble import Trouble

# Enough for every officer's look-ups at once on two cores, few enough for the database's limit.
WEB_WORKERS, WEB_THREADS = 2, 8
JOBS_AT_ONCE = 4
# A process that dies this often before the service was ever ready will not get well.
GIVE_UP_AFTER = 3
DOWN_SECONDS = 60.0


class Stopped:
    """Whether a signal has asked us to stop; before the service runs, it interrupts at once."""

    def __init__(self) -> None:
        self.asked = False
        self.interrupts = True
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def __call__(self) -> bool:
        """Whether a signal has come."""
        return self.asked

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        if self.interrupts:
            raise KeyboardInterrupt


def up(home: Home, voice: Voice, people: int) -> int:
    """Set up what is missing, start everything, and stay until told to stop.

    Raises:
        Trouble: one sentence that says what to do.
    """
    port = django.port()
    if django.mode() not in {"demo", "production"}:
        raise Trouble("LINDUNG_ENV must be demo or production.")
    home.prepare()
    lock = Lock(home.run / "up.lock")
    if not lock.alone():
        record = living.recall(home.run, "up")
        who = f" (process {record.pid})" if record else ""
        raise Trouble(f"Lindung is running here already{who}: stop it with ./lindung down.")
    stopped = Stopped()
    living.remember(home.run, "up", os.getpid(), note=str(port))
    try:
        for name in processes.sweep(home):
            voice.line(f"Ended {name}, which an earlier run had left behind.")
        ports.need(port)
        if _simulator(home):
            ports.need(_simulator_port(), variable="LINDUNG_SIMULATOR_URL")
        _set_up(home, voice)
        database = Database(home)
        database.need_owner()
        with database.led(voice):
            _serve(home, database, voice, stopped, people, port)
        voice.line("Stopped.", state="stopped")
        return 0
    except KeyboardInterrupt:
        voice.line("Stopped.", state="stopped")
        return 130
    finally:
        living.forget(home.run, "up")
        lock.release()


def _set_up(home: Home, voice: Voice) -> None:
    """Environment, front-end files and keys; npm beside pip where the system has Node."""
    if assets.ready(home):
        environment.ensure(home, voice)
    elif assets.system_node():
        aside = Aside(lambda: assets.ensure(home, voice))
        environment.ensure(home, voice)
        aside.result()
    else:
        environment.ensure(home, voice)
        assets.ensure(home, voice)
    keys.ensure_keys(home, django.environment(home, None), voice)


def _serve(
    home: Home, database: Database, voice: Voice, stopped: Stopped, people: int, port: int
) -> None:
    env = django.environment(home, database.logins)
    files = Aside(lambda: _files(home, env, voice))
    demo = django.mode() == "demo"
    try:
        loading.load(home, database, env, voice, people if demo else None)
    finally:
        files.wait()
    files.result()
    workers = processes.Processes(home, env, voice)
    try:
        _start(home, workers, port)
        with voice.step("Ready"):
            ready.wait(port, lambda: _look(workers, database))
        _greet(home, env, voice, port)
        stopped.interrupts = False
        workers.watch(database, until=stopped)
    finally:
        stopped.interrupts = False
        voice.line("Stopping …")
        workers.stop()


def _files(home: Home, env: dict[str, str], voice: Voice) -> None:
    loading.compiled_words(home, env, voice)
    loading.static_files(home, env, voice)


def _look(workers: processes.Processes, database: Database) -> None:
    workers.look(database)
    workers.need_alive(GIVE_UP_AFTER)


def _start(home: Home, workers: processes.Processes, port: int) -> None:
    workers.start(
        "web",
        [
            str(home.python), "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(port), "--workers", str(WEB_WORKERS),
            "--blocking-threads", str(WEB_THREADS), "--respawn-failed-workers",
            "--no-ws", "lindung.site.wsgi:application",
        ],
    )  # fmt: skip
    workers.start(
        "jobs",
        [
            str(home.python), "manage.py", "procrastinate", "worker",
            "--concurrency", str(JOBS_AT_ONCE),
        ],
    )  # fmt: skip
    if _simulator(home):
        workers.start("simulator", [str(home.python), "-m", "simulators.eps"])


def _simulator(home: Home) -> bool:
    here = (home.clone / "simulators" / "eps" / "__main__.py").exists()
    return here and django.mode() == "demo" and django.simulator_is_ours()


def _simulator_port() -> int:
    return urlsplit(django.simulator_url()).port or 80


def _greet(home: Home, env: dict[str, str], voice: Voice, port: int) -> None:
    address = f"http://127.0.0.1:{port}/"
    voice.line()
    voice.line(
        f"Lindung is ready after {voice.seconds():.1f} s: {address}",
        state="ready", seconds=round(voice.seconds(), 1), address=address,
    )  # fmt: skip
    if _simulator(home):
        simulator = django.simulator_url()
        voice.line(f"The destination's simulator: {simulator}/", simulator=simulator)
    if django.mode() == "demo" and django.has_command(home, "demo_logins"):
        _demo_logins(home, env, voice)
    voice.line(f"Logs: {home.logs}. Ctrl-C, or ./lindung down from another terminal, stops it.")
    sys.stdout.flush()


def _demo_logins(home: Home, env: dict[str, str], voice: Voice) -> None:
    try:
        printed = django.manage(home, env, "demo_logins", "--json")
    except Failed as failed:
        voice.line(str(failed))
        return
    voice.line()
    voice.line("Demo logins (made-up people; they exist in demo mode only):")
    for line in printed.splitlines():
        if not line.startswith("{"):
            continue
        login = json.loads(line)
        if voice.as_json:
            voice.object(login)
        else:
            known = {name: value for name, value in login.items() if value not in ("", None)}
            voice.line("  " + "   ".join(f"{name}: {value}" for name, value in known.items()))
    voice.line()


def down(home: Home, voice: Voice) -> int:
    """Stop a running Lindung from another terminal, and whatever a killed one left behind."""
    if not home.run.is_dir():
        voice.line("Nothing runs here.", state="stopped")
        return 0
    record = living.recall(home.run, "up")
    if record and record.alive():
        with voice.step("Stopping") as step:
            living.send([record.pid], signal.SIGTERM)
            until = time.monotonic() + DOWN_SECONDS
            while record.alive():
                if time.monotonic() > until:
                    raise Trouble(f"Process {record.pid} does not stop: kill -9 {record.pid}.")
                time.sleep(0.1)
            step.detail = f"process {record.pid}"
    ended = processes.sweep(home)
    for name in ended:
        voice.line(f"Ended {name}, which an earlier run had left behind.")
    if not os.environ.get("DATABASE_URL") and home.python.exists():
        server = Database(home).server
        users = Lock(home.run / "database.users")
        if server and users.alone() and server.processes():
            server.stop()
            ended.append("database")
            voice.line("Stopped the database, which an earlier run had left behind.")
        users.release()
    if not record and not ended:
        voice.line("Nothing runs here.", state="stopped")
    else:
        voice.line("Stopped.", state="stopped")
    return 0
