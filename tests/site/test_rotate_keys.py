"""One command seals everything under the ring anew; then the old key may go."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from lindung.access.acting import acting_as
from lindung.access.renewing import renew_all, rotations
from lindung.access.roles import ROBOT
from lindung.access.secrets import keyring
from lindung.changeover.models import Link, about_key
from lindung.documents import operations as documents
from lindung.documents.models import Content
from lindung.exchange.models import Incoming, Outgoing
from lindung.intake import operations as intake
from lindung.intake import queries as lists
from lindung.intake.models import Batch, Row
from lindung.kernel.identifiers import Kind
from lindung.kernel.ids import new_id
from lindung.kernel.secrets import CannotOpen, Keyring
from lindung.outreach import vault
from lindung.outreach.models import Medium, Received, Sender
from lindung.outreach.operations import receive
from lindung.registry import operations, queries
from lindung.registry.models import Identifier, Worker
from tests import cast
from tests.access.test_sign_in import sign_in
from tests.conftest import Scene
from tests.documents import files
from tests.factories import DutyFactory

pytestmark = pytest.mark.usefixtures("posts", "places")

# What seals under the ring without a rotation of its own, and why.
NOT_ROTATED = {
    "kernel": "the ring itself",
    "privacy": "a breach's list leaves us sealed; nothing of it is kept",
    "site": "the demonstration writes the register's numbers",
}
LIST = "nama,nik\nSiti Rahayu,3502125204990001\n"
AGAIN = "nama,nik,hobi\nSiti Rahayu,3502 1252 0499 0001,catur\n"


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> Path:
    """A key file of this test's own, with the keys of the run, and a store beside it."""
    own = tmp_path / "keys"
    own.mkdir()
    for file in Path(settings.KEYS).iterdir():
        (own / file.name).write_bytes(file.read_bytes())
        (own / file.name).chmod(0o600)
    settings.KEYS = own
    settings.STORAGES = settings.STORAGES | {
        "documents": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "documents"},
        }
    }
    return own / "identity.json"


def drop_old_keys(ring: Path) -> None:
    """What a person does once all is sealed anew: leave the current key alone in the file."""
    content = json.loads(ring.read_text())
    content["keys"] = [each for each in content["keys"] if each["id"] == content["current"]]
    new = ring.with_suffix(".new")
    new.write_text(json.dumps(content))
    new.chmod(0o600)
    new.replace(ring)


def sent(words: str) -> Batch:
    batch = intake.send_list(cast.OFFICER, words.encode())
    intake.read_list(batch.id, now=lambda: cast.NOW, on=cast.TODAY)
    return batch


def take(batch: Batch) -> Batch:
    intake.take_list(cast.OFFICER, batch.id)
    return intake.take_rows(cast.OFFICER, batch.id, on=cast.TODAY, at=cast.NOW)


def link_to_an_older_system(who: Worker) -> None:
    """Somebody who was brought in from elsewhere, under the key they had there."""
    kept = keyring().seal(about_key("lama", "persons"), "PMI-7")
    Link.objects.create(
        source="lama", kind="persons", key=kept.blind, sealed=kept.cipher, subject=who.id,
        worker_id=who.id, said=b"", import_id=who.id,
    )  # fmt: skip


def message_with_a_voice_note() -> None:
    """Somebody unknown wrote, and sent a voice note with it."""
    message = receive(ROBOT, channel="sms", sender="+6281234567", raw="Tolong saya", at=cast.NOW)
    id_ = new_id()
    sealed, wrapped = vault.seal(b"suara", id_)
    with acting_as(ROBOT):
        Medium.objects.create(
            id=id_, message=message, content_type="audio/ogg", size=5, sealed=sealed,
            wrapped_key=wrapped, **message.scope(),
        )  # fmt: skip


class TestRotateKeys:
    @pytest.fixture
    def who(self) -> Worker:
        who = cast.worker()
        operations.add_identifier(
            cast.OFFICER, who.id, kind=Kind.PASSPORT, value="C1234567", on=cast.TODAY
        )
        return who

    @pytest.mark.parametrize("old_key", ["stays", "goes"])
    def test_seals_all_anew_and_finds_it_with_and_without_the_old_key(
        self, who: Worker, ring: Path, scene: Scene, old_key: str
    ) -> None:
        paper = documents.attach(
            cast.self_of(who.id), who.id, type_id="passport", data=files.photo(), at=cast.NOW
        )
        gone = documents.attach(
            cast.self_of(who.id), who.id, type_id="identity_card", data=files.PDF, at=cast.NOW
        )
        documents.destroy(cast.MINISTRY, gone.id, reason="Salah orang")
        taken, waiting = take(sent(LIST)), intake.send_list(cast.OFFICER, AGAIN.encode())
        message_with_a_voice_note()
        with scene():
            account = DutyFactory(role="placement_officer").account
            link_to_an_older_system(who)
            tried = [each for each in rotations() if each.model not in (Outgoing, Incoming)]
            sealed = {each.what: sealed_of(each.model) for each in tried}
            call_command("rotate_keys")
            for each in tried:  # messages are tried in tests/house/test_numbers.py
                assert not sealed[each.what] & sealed_of(each.model), each.what
                assert sealed[each.what], f"no row of {each.what} was tried"
        if old_key == "goes":
            drop_old_keys(ring)
        with acting_as(cast.OFFICER):
            assert queries.find_workers(cast.OFFICER, "C1234567") == [who]
            assert lists.words(lists.rows(taken.id)[0])["nik"] == "3502125204990001"
        assert documents.open_document(
            cast.self_of(who.id), paper.id, at=cast.NOW, purpose="berkas"
        ).data
        # A file that was waiting is read, and its line is known as the one taken under the old key.
        intake.read_list(waiting.id, now=lambda: cast.NOW, on=cast.TODAY)
        assert take(waiting).known == 1
        assert sign_in(Client(), account).status_code == 302

    def test_of_what_was_left_out_is_said_by_the_old_key_alone(
        self, who: Worker, ring: Path, scene: Scene
    ) -> None:
        with acting_as(cast.OFFICER):
            cipher = bytes(Identifier.objects.get().cipher)
        Keyring.add_key(ring)
        drop_old_keys(ring)
        with pytest.raises(CannotOpen):
            keyring().open("passport", cipher)

    def test_stopped_half_way_does_what_is_left(
        self, ring: Path, scene: Scene, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for number in range(5):
            who = cast.worker(full_name=f"Siti {number}")
            operations.add_identifier(
                cast.OFFICER, who.id, kind=Kind.PASSPORT, value=f"C123456{number}", on=cast.TODAY
            )
        new = Keyring.add_key(ring)
        (numbers,) = [each for each in rotations() if each.model is Identifier]
        with scene():
            assert next(renew_all(numbers, new, batch=2)) == 2
            call_command("rotate_keys", "--resume")
            assert "identity numbers: 3 sealed anew under key 2" in capsys.readouterr().out
            call_command("rotate_keys", "--resume")
            assert "identity numbers: 0 sealed" in capsys.readouterr().out

    def test_is_taken_up_by_a_running_service(self, ring: Path) -> None:
        assert keyring().current_id == 1
        Keyring.add_key(ring)
        assert keyring().current_id == 2


def sealed_of(model: Any) -> set[str]:
    """What a table holds sealed, empty values apart."""
    columns = {
        Identifier: ("cipher", "blind"),
        Content: ("wrapped_key",),
        Row: ("sealed", "key"),
        Batch: ("wrapped_key",),
        Authenticator: ("data",),
        Link: ("sealed", "key"),
        Received: ("wrapped_key",),
        Medium: ("wrapped_key",),
        Sender: ("cipher", "blind"),
    }[model]
    return {
        value.hex() if isinstance(value, bytes | memoryview) else str(value)
        for row in model._default_manager.values_list(*columns)
        for value in row
        if value
    }


def test_every_app_that_seals_under_the_ring_declares_it() -> None:
    source = Path(settings.SOURCE)
    seals = re.compile(r"keyring\(\)\.seal|ring\.seal\(|sealing\.wrap\(|wrap\(keyring")
    sealing = {
        file.relative_to(source).parts[0]
        for file in source.rglob("*.py")
        if seals.search(file.read_text(encoding="utf-8"))
    }
    declared = {each.model.__module__.split(".")[1] for each in rotations()} | {"access"}
    assert sealing - set(NOT_ROTATED) <= declared
