"""How long the desk's pages take over HTTP, from a served process, on the people that are there.

    ./lindung bench desk [--rounds 60] [--people 5000]

Loads a population of ``--people`` where nobody is there yet. Serves the program as production does
(granian, WSGI) and asks, as an official of the largest post: the first page, the queue by each
filter and its next page, a life-line, a search by name part and by number, a contract while it is
typed. Each page is asked in turn with the others. `queries` is what one visit sends, `target` the
promised p95 in ms. For the queries of the first page the same text then runs in turn under the
policies and as the owner, whom none binds: `ratio` is the median of the pairs' ratios (as
`bench/policies.py`). Prints one object a line.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
PAGE_MS, NAME_MS, NUMBER_MS, MOST_QUERIES, POLICIES = 100.0, 150.0, 30.0, 15, 1.1
READY_SECONDS = 60


def main() -> None:
    """Find an official and people, serve, ask in turn, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    options = parser.parse_args()

    sys.path[:0] = [str(SOURCE), str(ROOT)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lindung.site.settings.base")
    os.environ.pop("LINDUNG_CONNECT_AS", None)
    import django

    django.setup()
    import psycopg

    with psycopg.connect(os.environ["LINDUNG_OWNER_DATABASE_URL"], prepare_threshold=None) as owner:
        people = _people(owner, options.people)
        account, post = _official(owner)
        key = _session(account)
        pages = _pages(owner, post)
        with _served() as base:
            took = _asked(base, key, pages, options.rounds)
        sent = _queries(account, pages)
        for name, (_ask, target) in pages.items():
            times = took[name]
            _say(
                f"{name}",
                value=round(statistics.quantiles(times, n=20)[18], 1),
                unit="ms p95",
                p50=round(statistics.median(times), 1),
                target=target,
                queries=len(sent[name]),
                most_queries=MOST_QUERIES,
                people=people,
            )
        _policies(owner, account, sent["first page"], options.rounds, people)


Ask = tuple[str, str, dict[str, str]]


def _pages(owner: Any, post: int) -> dict[str, tuple[Ask, float]]:
    """Name → (method, address, form) and the target."""
    from lindung.kernel import names

    worker, name, number = owner.execute(
        "select id, full_name, public_number from registry_worker where post_id = %s"
        " order by id desc limit 1 offset 7",
        [post],
    ).fetchone()
    part = names.queried(name)[0]
    found: dict[str, tuple[Ask, float]] = {
        "first page": (("GET", "/", {}), PAGE_MS),
        "life-line": (("GET", f"/pekerja/{worker}/", {}), PAGE_MS),
        "search by name part": (("POST", "/pekerja/", {"q": part}), NAME_MS),
        "search by number": (("POST", "/pekerja/", {"q": number}), NUMBER_MS),
    }
    agency = owner.execute(
        "select agency_id from registry_worker where post_id = %s and agency_id is not null limit 1",
        [post],
    ).fetchone()
    employer = owner.execute(
        "select employer_id from registry_workerstate where post_id = %s"
        " and employer_id is not null limit 1",
        [post],
    ).fetchone()
    filters = {
        "mine": "siapa=saya", "without officer": "siapa=tanpa", "late": "batas=lewat",
        "later": "batas=nanti", "cases": "jenis=kasus", "tasks": "jenis=tugas",
        "home province": "asal=35", "channel": "saluran=phone",
    }  # fmt: skip
    if agency:
        filters["agency"] = f"agensi={agency[0]}"
    if employer:
        filters["employer"] = f"pemberi={employer[0]}"
    for label, query in filters.items():
        found[f"queue, {label}"] = (("GET", f"/?{query}", {}), PAGE_MS)
    contract = owner.execute(
        "select id from placement_contract where post_id = %s and state = 'offered' limit 1", [post]
    ).fetchone()
    if contract:
        found["contract check"] = (("GET", f"/kontrak/{contract[0]}/", {}), PAGE_MS)
    return found


def _people(owner: Any, wanted: int) -> int:
    def count() -> int:
        return int(owner.execute("select count(*) from registry_worker").fetchone()[0])

    if not count():
        owner.commit()
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "population", "--people", str(wanted)],
            check=True,
            stdout=sys.stderr,
        )
    owner.commit()
    return count()


def _official(owner: Any) -> tuple[Any, int]:
    """An attaché of the post with the most people: the account that is there, or one made for it."""
    post = owner.execute(
        "select post_id from registry_worker where post_id is not null"
        " group by 1 order by count(*) desc limit 1"
    ).fetchone()
    if post is None:
        raise SystemExit("Nobody is abroad: load a larger population.")
    found = owner.execute(
        "select a.id from access_account a join access_duty d on d.account_id = a.id"
        " where d.post_id = %s and d.role = 'attache' and a.is_active limit 1",
        post,
    ).fetchone()
    if found is None:
        raise SystemExit("The largest post has no attaché: run `./lindung manage demo` first.")
    owner.commit()
    return found[0], post[0]


def _session(account: Any) -> str:
    """A signed-in session of the account, as signing in makes it."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from lindung.access.models import Account

    person = Account.objects.get(id=account)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


@contextmanager
def _served() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = subprocess.Popen(
        ["granian", "--interface", "wsgi", "lindung.site.wsgi:application", "--port", str(port),
         "--workers", "1", "--blocking-threads", "2", "--no-ws"],
        env=os.environ | {"PYTHONPATH": f"{SOURCE}:{ROOT}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    base = f"127.0.0.1:{port}"
    try:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            try:
                line = HTTPConnection(base, timeout=2)
                line.request("GET", "/health/live")
                line.getresponse().read()
                break
            except OSError:
                time.sleep(0.3)
        yield base
    finally:
        served.terminate()
        served.wait()


def _asked(
    base: str, key: str, pages: dict[str, tuple[Ask, float]], rounds: int
) -> dict[str, list[float]]:
    """Milliseconds of each visit, the pages in turn so that none has a better hour."""
    from django.conf import settings
    from django.middleware.csrf import _get_new_csrf_string

    token = _get_new_csrf_string()
    headers = {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={token}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    line = HTTPConnection(base)
    took: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(rounds + 3):
        for name, ((method, address, form), _target) in pages.items():
            body = urlencode(form | {"csrfmiddlewaretoken": token}) if method == "POST" else None
            began = time.perf_counter()
            line.request(method, address, body, headers)
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"{name}: {answer.status} {answer.headers.get('Location', '')}")
            if turn >= 3:
                took[name].append((time.perf_counter() - began) * 1_000)
    return took


def _queries(account: Any, pages: dict[str, tuple[Ask, float]]) -> dict[str, list[str]]:
    """The reading and writing queries of one visit to each page, values and all."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, override_settings

    from lindung.access.models import Account

    found: dict[str, list[str]] = {}
    with override_settings(ALLOWED_HOSTS=["*"]):
        browser = Client()
        browser.force_login(Account.objects.get(id=account), settings.AUTHENTICATION_BACKENDS[0])
        for name, ((method, address, form), _target) in pages.items():
            ask = getattr(browser, method.lower())
            ask(address, form)
            with CaptureQueriesContext(connection) as sent:
                ask(address, form)
            found[name] = [
                each["sql"]
                for each in sent.captured_queries
                if each["sql"].lstrip("( ").lower().startswith(("select", "insert", "update"))
                and "set_config" not in each["sql"]
            ]
    return found


def _policies(owner: Any, account: Any, texts: list[str], rounds: int, people: int) -> None:
    """The first page's reading queries in turn under the policies and as the owner."""
    from django.db import connection
    from django.utils import timezone

    from bench.policies import _milliseconds
    from lindung.access.acting import acting_as
    from lindung.access.identity import actor_for, duties_of
    from lindung.access.models import Account

    person = Account.objects.get(id=account)
    actor = actor_for(person, next(iter(duties_of(person, on=timezone.localdate()))))
    asked = [
        each
        for each in texts
        if each.lstrip("( ").lower().startswith("select")
        and not any(table in each for table in ("django_session", "access_account", "access_duty",
                                                "account_", "mfa_", "usersessions"))
    ]  # fmt: skip
    pairs: list[tuple[float, float]] = []
    with acting_as(actor), connection.cursor() as bound, owner.cursor() as free:
        asking: list[Callable[[], float]] = [
            partial(_milliseconds, bound.cursor, asked),
            partial(_milliseconds, free, asked),
        ]
        for turn in range(rounds + 3):
            order = (0, 1) if turn % 2 else (1, 0)
            took = {which: asking[which]() for which in order}
            if turn >= 3:
                pairs.append((took[0], took[1]))
    _say(
        "first page, policies on / off",
        value=round(statistics.median(on / off for on, off in pairs), 3),
        unit="ratio",
        target=POLICIES,
        on_ms=round(statistics.median(on for on, _off in pairs), 2),
        off_ms=round(statistics.median(off for _on, off in pairs), 2),
        queries=len(asked),
        people=people,
    )


def _say(metric: str, **facts: Any) -> None:
    print(json.dumps({"bench": "desk", "metric": metric, **facts}), flush=True)


if __name__ == "__main__":
    main()
