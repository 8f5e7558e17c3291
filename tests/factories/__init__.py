"""Scenes in the words of an office. The owner sets them: call these inside ``with scene():``."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from factory.django import DjangoModelFactory

from lindung.access.models import Account, Duty, Office, Post
from lindung.access.secrets import keyring
from lindung.kernel import identifiers
from lindung.registry.models import Identifier, Worker, WorkerState

PASSWORD = "seribu-pulau-2026"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class PostFactory(DjangoModelFactory[Post]):
    """A labour attaché's office."""

    class Meta:
        model = Post

    id = factory.Sequence(lambda n: 100 + n)
    code = factory.Sequence(lambda n: f"P{n}")
    name = factory.LazyAttribute(lambda post: f"Perwakilan {post.code}")
    country = "KR"
    city = "Seoul"
    timezone = "Asia/Seoul"


class OfficeFactory(DjangoModelFactory[Office]):
    """A service at home."""

    class Meta:
        model = Office

    code = factory.Sequence(lambda n: f"KANTOR-{n}")
    name = factory.LazyAttribute(lambda office: f"Kantor {office.code}")
    regions = factory.LazyFunction(lambda: ["3502"])


class AccountFactory(DjangoModelFactory[Account]):
    """An official's account; ``protected`` gives it a second factor."""

    class Meta:
        model = Account
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"petugas{n}")
    display_name = factory.LazyAttribute(lambda account: account.username.title())

    @factory.post_generation
    def password(self, create: bool, given: str | None, **_: Any) -> None:
        self.set_password(given or PASSWORD)  # type: ignore[attr-defined]
        self.save()  # type: ignore[attr-defined]

    @factory.post_generation
    def protected(self, create: bool, given: bool | None, **_: Any) -> None:
        if given:
            Authenticator.objects.create(
                user=self, type=Authenticator.Type.TOTP, data={"secret": encrypt(SECRET)}
            )


class DutyFactory(DjangoModelFactory[Duty]):
    """A duty of a protected account; ``role`` and a place make it what it is."""

    class Meta:
        model = Duty

    account = factory.SubFactory(AccountFactory, protected=True)
    role = "ministry_officer"
    valid_from = date(2026, 1, 1)


class WorkerFactory(DjangoModelFactory[Worker]):
    """A person in the register; ``phone="+62…"`` gives a telephone."""

    class Meta:
        model = Worker
        skip_postgeneration_save = True

    public_number = factory.Sequence(lambda n: f"PMI-26-T{n:05d}")
    full_name = "Siti Rahayu"
    call_name = "Siti"

    @factory.post_generation
    def state_row(self, create: bool, given: Any, **_: Any) -> None:
        WorkerState.objects.create(worker=self, **self.scope())  # type: ignore[attr-defined]

    @factory.post_generation
    def phone(self, create: bool, given: str | None, **dates: Any) -> None:
        if given:
            kind = str(identifiers.Kind.PHONE)
            sealed = keyring().seal(kind, given)
            Identifier.objects.create(
                worker=self,
                kind=kind,
                cipher=sealed.cipher,
                blind=sealed.blind,
                masked=identifiers.masked(identifiers.Kind.PHONE, given),
                **dates,
                **self.scope(),  # type: ignore[attr-defined]
            )
