"""People of one post with all ways to reach us: ``python -m bench._people_abroad N``.

Each has a telephone, an e-mail address, a signed-in phone, and a relative signed in on theirs.
Prints one JSON line each.
"""

from __future__ import annotations

import json
import subprocess
import sys

import psycopg

from bench._service import CLONE


def people_abroad(environment: dict[str, str], count: int) -> list[dict[str, str]]:
    """A post in an empty database, and people in its charge; made by a process of the service."""
    with psycopg.connect(environment["LINDUNG_OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute(
            "insert into access_post (id, code, name, country, city, timezone, phone, is_demo)"
            " values (1, 'ZZZ', 'Bench', 'ZZ', 'Bench', 'Asia/Jakarta', '', true)"
        )
        owner.execute(
            "insert into access_jurisdiction (post_id, country, region, sector, valid_from)"
            " values (1, 'ZZ', '', '', '2020-01-01')"
        )
    made = subprocess.run(
        [sys.executable, "-m", "bench._people_abroad", str(count)], cwd=CLONE, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        raise SystemExit(made.stderr[-3000:])
    return [json.loads(line) for line in made.stdout.splitlines()]


def main() -> None:
    """Make them through the operations of the service."""
    import django

    django.setup()
    from datetime import UTC, date, datetime
    from importlib import import_module

    from django.conf import settings

    from lindung.access.acting import acting_as
    from lindung.access.phones import PHONE_KEY
    from lindung.access.roles import ROBOT, acting_worker
    from lindung.access.sessions import begin_for_family, begin_on_phone
    from lindung.kernel.identifiers import Kind
    from lindung.kernel.ids import new_id
    from lindung.outreach import family
    from lindung.registry import operations

    store = import_module(settings.SESSION_ENGINE).SessionStore
    now, on = datetime.now(UTC), date.today()  # noqa: DTZ011  the day of the bench
    for number in range(int(sys.argv[1])):
        key = new_id()
        me = acting_worker(key, f"Orang {number}")
        telephone = f"+6281200{number:06d}"
        worker = operations.enrol(
            me, worker_id=key, on=on, channel="phone", is_demo=True, full_name=f"Orang {number}"
        )
        operations.add_identifier(me, key, kind=Kind.PHONE, value=telephone, on=on)
        email = f"orang{number}@surel.example"
        operations.add_identifier(me, key, kind=Kind.EMAIL, value=email, on=on)
        with acting_as(ROBOT):
            operations.put_in_charge(ROBOT, worker, country="ZZ", region="", sector="", on=on)
        session = store()
        begin_on_phone(session, worker=key, name=f"Orang {number}", days=30, now=now)
        member = family.name_relative(me, key, name=f"Ibu {number}", relation="ibu")
        theirs = store()
        begin_for_family(theirs, member=member.id, name=member.name, worker=key, days=30, now=now)
        print(
            json.dumps(
                {
                    "id": str(key),
                    "number": worker.public_number,
                    "telephone": telephone,
                    "email": email,
                    "family": theirs.session_key,
                    "session": session.session_key,
                    "owner": session[PHONE_KEY]["subject"],
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
