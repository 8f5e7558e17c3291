"""An attaché of one post with a key for the API: ``python -m bench._desk_officer POST_ID``; prints the key."""

from __future__ import annotations

import sys


def main() -> None:
    """Open the account, give the duty, issue the key."""
    import django

    django.setup()
    from datetime import UTC, datetime, timedelta

    from lindung.access.acting import acting_as
    from lindung.access.actors import Actor, Kind
    from lindung.access.administration import Place, give_duty, open_account
    from lindung.access.rights import Right
    from lindung.access.roles import ROBOT, rights_of
    from lindung.access.tokens import issue

    shell = Actor(
        id=ROBOT.id,
        kind=Kind.MINISTRY,
        name="Bench",
        office="Bench",
        rights=frozenset({Right.ACCOUNT_ADMINISTER, Right.TOKEN_ISSUE}),
    )
    now = datetime.now(UTC)
    with acting_as(shell):
        account = open_account(shell, username="bench-attache", display_name="Bench").account
        duty = give_duty(
            shell, account.id, role="attache", place=Place(post_id=int(sys.argv[1])),
            valid_from=(now - timedelta(days=1)).date(),
        )  # fmt: skip
        rights = [Right.CASE_WORK, Right.CASE_READ, Right.DOCUMENT_UPLOAD, Right.WORKER_READ]
        known = set(map(str, rights_of("attache")))
        made = issue(
            shell, duty.id, name="bench", rights=[str(each) for each in rights if str(each) in known],
            expires_at=now + timedelta(days=90), now=now,
        )  # fmt: skip
    print(made.secret)


if __name__ == "__main__":
    main()
