"""`manage.py give_duty`: the first administrator of a new installation, made from the shell.

Afterwards accounts and duties are given on the pages, each under somebody's name.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from lindung.access.acting import acting_as
from lindung.access.actors import Actor, Kind
from lindung.access.administration import Place, give_duty, open_account
from lindung.access.models import Account, Office, Post
from lindung.access.rights import Right
from lindung.access.roles import ROBOT, roles
from lindung.kernel.refusals import Refusal

_SHELL = Actor(
    id=ROBOT.id,
    kind=Kind.MINISTRY,
    name="Baris perintah",
    office="Lindung",
    rights=frozenset({Right.ACCOUNT_ADMINISTER}),
)


class Command(BaseCommand):
    """Opens the account where there is none, and gives it the duty; journalled as the shell's."""

    help = "Give an official a duty, opening the account where there is none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", choices=sorted(roles()))
        parser.add_argument("--name", default="", help="full name, for a new account")
        parser.add_argument("--post", default="", help="code of the post")
        parser.add_argument("--office", default="", help="code of the office at home")
        parser.add_argument("--country", default="", help="of the other country's official")

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"].strip().lower()
        try:
            with transaction.atomic(), acting_as(_SHELL):
                account = Account.objects.filter(username=username).first()
                password = ""
                if account is None:
                    name = options["name"] or username
                    opened = open_account(_SHELL, username=username, display_name=name)
                    account, password = opened.account, opened.password
                give_duty(
                    _SHELL,
                    account.id,
                    role=options["role"],
                    place=_place(options),
                    valid_from=timezone.localdate(),
                )
        except Refusal as refusal:
            told = refusal.facts.get("fields", {})
            raise CommandError(" ".join([refusal.title, *told.values()])) from None
        if password:
            self.stdout.write(f"Account {username} opened. First password, shown once: {password}")
        self.stdout.write(f"Duty {options['role']} given to {username}.")


def _place(options: dict[str, Any]) -> Place:
    post = office = None
    if options["post"] and (post := Post.objects.filter(code=options["post"]).first()) is None:
        raise CommandError(f"There is no post {options['post']}.")
    if (
        options["office"]
        and (office := Office.objects.filter(code=options["office"]).first()) is None
    ):
        raise CommandError(f"There is no office {options['office']}.")
    return Place(
        post_id=post.id if post else None,
        office_id=office.id if office else None,
        country=options["country"].upper(),
    )
