"""No identity number lies in clear, whichever way it came: a plain dump of everything is searched.

Numbers come by a phone, an office, a list, an older system, the
exchange both ways, and a made-up population; they go into tables, jobs' arguments, the journal and logs.
"""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from django.apps import apps
from django.db import connection, models

from lindung.access.acting import acting_as
from lindung.access.renewing import renew_all, rotations
from lindung.access.roles import ROBOT
from lindung.access.sealed import SealedBytes
from lindung.access.secrets import keyring
from lindung.changeover import operations as bringing
from lindung.exchange.models import Incoming, Outgoing
from lindung.exchange.operations import inbox
from lindung.intake import operations as intake
from lindung.kernel.identifiers import Kind
from lindung.kernel.secrets import Keyring
from lindung.registry import operations as registering
from lindung.registry.models import Identifier
from lindung.site.population import load, world
from tests import cast
from tests.conftest import Scene
from tests.exchange.conftest import Stranger, partner, stranger  # noqa: F401  fixtures
from tests.privacy.dump import places_of
from tests.site.population import test_load

pytestmark = pytest.mark.django_db
NIK, NIK_OF_LIST, NIK_REFUSED, NIK_OF_OLD = (
    "3502155204990003", "3502151204990007", "3502155509980004", "3502154107900001",
)  # fmt: skip
PASSPORT, PASSPORT_TOLD, PASSPORT_OF_OLD = (
    "E4471823", "X9081726", "B7654321",
)  # fmt: skip
PHONE = "+6281234509876"
EMAIL = "siti.rahayu@example.org"
conninfo = test_load.conninfo
EVERY = (
    NIK, NIK_OF_LIST, NIK_REFUSED, NIK_OF_OLD, PASSPORT, PASSPORT_TOLD, PASSPORT_OF_OLD, PHONE,
    EMAIL,
)  # fmt: skip
LIST = (
    "Nama Lengkap;L/P;Tgl Lahir;Kode Kab;NIK\n"
    f"Wati Lestari;P;12-04-1999;3502;{NIK_OF_LIST}\n"
    f"Budi;Q;2099-01-01;9999;{NIK_REFUSED}\n"
)
OLD: dict[str, Any] = {
    "source": "lama-2019", "title": "Sistem lama",
    "persons": {
        "file": "pekerja.csv", "key": "id",
        "columns": {
            "full_name": "nama", "birth_date": {"from": "lahir", "date": "%d/%m/%Y"},
            "sex": {"from": "jk", "values": {"L": "M", "P": "F"}}, "region": "kab",
            "nik": "nik", "passport": "paspor",
        },
    },
}  # fmt: skip


@pytest.fixture
def everywhere(scene: Scene, shipped: None, stranger: Stranger, tmp_path: Path) -> None:  # noqa: F811
    """Numbers that came in by every way there is."""
    with scene():
        cast.posts()
    who = cast.worker()
    me = cast.self_of(who.id)
    for kind, value in (("nik", NIK), ("phone", PHONE), ("email", EMAIL)):
        registering.add_identifier(me, who.id, kind=Kind(kind), value=value, on=cast.TODAY)
    registering.add_identifier(
        cast.OFFICER, who.id, kind=Kind.PASSPORT, value=PASSPORT, on=cast.TODAY, issuer="ID",
        valid_from=cast.TODAY, valid_to=cast.TODAY.replace(year=2031),
    )  # fmt: skip
    made = cast.rostered(who)  # a message with the passport goes out
    _take_list()
    _bring_old(scene, tmp_path)
    told = stranger.says(
        "test.result", made.number,
        {"passport_number": PASSPORT_TOLD, "held_on": "2026-03-01", "outcome": "passed"},
    )[1]  # fmt: skip
    inbox.take([told])


def _take_list() -> None:
    batch = intake.send_list(cast.OFFICER, LIST.encode())
    intake.read_list(batch.id, now=lambda: cast.NOW, on=cast.TODAY)
    intake.take_list(cast.OFFICER, batch.id)
    intake.take_rows(cast.OFFICER, batch.id, on=cast.TODAY, at=cast.NOW, count=9)


def _bring_old(scene: Scene, folder: Path) -> None:
    plan, export = folder / "plan.yaml", folder / "export"
    export.mkdir()
    plan.write_text(yaml.safe_dump(OLD))
    (export / "pekerja.csv").write_text(
        "id,nama,lahir,jk,kab,nik,paspor\n"
        f"1;Sri Wahyuni;01/07/1990;P;3502;{NIK_OF_OLD};{PASSPORT_OF_OLD}\n".replace(";", ",")
    )
    with scene():
        bringing.bring_in(export, plan, say=lambda _: None)


def test_none_lies_in_clear(
    everywhere: None, scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with scene():
        assert Identifier.objects.count() >= 6
        assert Outgoing.objects.exclude(raw=b"").exists()
        assert Incoming.objects.exclude(raw=b"").exists()
        assert places_of(EVERY) == {}
    assert not [each for each in EVERY if each in caplog.text]


def test_a_number_in_clear_is_found(everywhere: None, scene: Scene) -> None:
    """The search itself: in text, in JSON and in bytes."""
    with scene(), connection.cursor() as cursor:
        cursor.execute("create table leaking (words text, said jsonb, raw bytea)")
        cursor.execute("insert into leaking (words) values (%s)", [f"paspor {PASSPORT}"])
        assert places_of(EVERY) == {"leaking": [PASSPORT]}
        cursor.execute("delete from leaking")
        cursor.execute("insert into leaking (said) values (%s)", [f'{{"no": "{NIK}"}}'])
        assert places_of(EVERY) == {"leaking": [NIK]}
        cursor.execute("delete from leaking")
        cursor.execute("insert into leaking (raw) values (%s)", [f'"{PHONE}"'.encode()])
        assert places_of(EVERY) == {"leaking": [PHONE]}


def test_messages_are_read_as_they_were_signed(everywhere: None) -> None:
    with acting_as(ROBOT):
        sent = [bytes(each.raw) for each in Outgoing.objects.all()]
    assert any(PASSPORT.encode() in each for each in sent)


def test_what_lies_sealed_is_renewed_with_the_numbers(everywhere: None, scene: Scene) -> None:
    declared = {(each.model, name) for each in rotations() for name in each.fields}
    sealed = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedBytes)
    }
    assert sealed == {(Incoming, "raw"), (Outgoing, "raw")}
    assert sealed <= declared
    other = Keyring([(9, b"a" * 32, b"b" * 32)], current=9)
    with scene():
        for each in rotations():
            if each.model in (Incoming, Outgoing):
                rows = each.model._default_manager.exclude(raw=b"").count()
                assert sum(renew_all(each, other)) == rows > 0
                assert sum(renew_all(each, keyring())) == 0


def test_none_of_a_made_up_population_lies_in_clear(conninfo: str) -> None:
    ring = Keyring([(1, b"a" * 32, b"b" * 32)], current=1)
    asked = load.Asked(people=300, seed=7, on=date(2026, 3, 1))
    stage = world.build(asked.seed, 2026)
    load.load(conninfo, asked, ring, say=lambda _: None, processes=1, stage=stage)
    with psycopg.connect(conninfo) as open_connection:
        rows = open_connection.execute("select kind, cipher from registry_identifier").fetchall()
    numbers = {ring.open(kind, bytes(cipher)) for kind, cipher in rows}
    assert len(numbers) > 300
    # On the load's own connection: the tables are emptied afterwards, and nobody may hold them then.
    with psycopg.connect(conninfo) as ours, ours.cursor() as cursor:
        assert places_of(sorted(numbers), cursor) == {}


def test_every_number_of_a_model_is_sealed_or_no_number() -> None:
    """Columns named like an identity number hold bytes."""
    words = ("nik", "passport", "phone_number", "identity")
    clear = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("lindung")
        for field in model._meta.concrete_fields
        if any(word in field.name.split("_") or field.name == word for word in words)
        and not isinstance(field, models.BinaryField)
    ]
    assert clear == []
