"""How long the desk's pages take over HTTP, from a served process, on the people that are there.

    ./lindung bench desk [--people 5000] [--seconds 2]

Loads a population of ``--people`` where nobody is there yet. Serves the program as production does
(granian, WSGI) and asks, as an official of the largest post: the first page, the queue by each
filter and its next page, a life-line, a search by name part and by number, a contract while it is
typed. Each page is asked in turn with the others and with the server's own sign of life, which is
the baseline: what a request costs that does nothing. `queries` is what one visit sends. For the queries of the first page the same text then runs in turn under the
policies and as the owner, whom none binds: `ratio` is that of the
quietest tenths of both.
"""

from __future__ import annotations

from functools import partial
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

from bench import _options
from bench._lines import Report
from bench._service import owner_connection, people_there, ready, served
from bench._timing import in_turn, p95, ratio

PAGE_MS, NAME_MS, NUMBER_MS, MOST_QUERIES, POLICIES = 100.0, 150.0, 30.0, 15, 1.1
ALIVE = "/health/live"


def main() -> None:
    """Find an official and people, serve, ask in turn, print."""
    options = _options.options(
        _options.parser(__doc__, name="desk"), people=(5_000, 5_000_000),
        about="made where nobody is yet",
    )  # fmt: skip
    ready()

    with owner_connection() as owner, Report("desk", options) as report:
        more = _options.COUNTRY if options.profile == "national" else ()
        people = people_there(owner, options.people, *more)
        account, post = _official(owner)
        key = _session(account)
        pages = _pages(owner, post)
        with served() as base:
            took = _asked(base, key, pages, options.seconds)
        sent = _queries(account, pages)
        alive = took.pop(ALIVE)
        for name, (_ask, target) in pages.items():
            report.say(
                name, p95(took[name]), "ms p95", samples=took[name], target=target,
                baseline=p95(alive), against="a request that does nothing",
                queries=len(sent[name]), most_queries=MOST_QUERIES, people=people,
            )  # fmt: skip
        _policies(report, owner, account, sent["first page"], people)


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


def _asked(
    base: str, key: str, pages: dict[str, tuple[Ask, float]], seconds: float
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

    def visit(name: str, ask: Ask) -> None:
        method, address, form = ask
        body = urlencode(form | {"csrfmiddlewaretoken": token}) if method == "POST" else None
        line.request(method, address, body, headers)
        answer = line.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{name}: {answer.status} {answer.headers.get('Location', '')}")

    asks = {name: ask for name, (ask, _target) in pages.items()} | {ALIVE: ("GET", ALIVE, {})}
    times = in_turn(
        *(partial(visit, name, ask) for name, ask in asks.items()), seconds=seconds, warm=3
    )
    return dict(zip(asks, times, strict=True))


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


def _policies(report: Report, owner: Any, account: Any, texts: list[str], people: int) -> None:
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
    with acting_as(actor), connection.cursor() as bound, owner.cursor() as free:
        on, off = in_turn(
            partial(_milliseconds, bound.cursor, asked), partial(_milliseconds, free, asked),
            seconds=report.options.seconds / 4, warm=3, least=20,
        )  # fmt: skip
    report.say(
        "first page's queries", p95(on), "ms p95", samples=on, baseline=p95(off),
        against="policies off", ratio=ratio(on, off), ratio_target=POLICIES, queries=len(asked),
        people=people,
    )  # fmt: skip


if __name__ == "__main__":
    main()
