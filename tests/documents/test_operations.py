"""The operations on documents, each as its actors and as strangers meet it."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages

from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.documents import operations, queries, sound, store
from lindung.documents.models import Content, Document, Fitness, Unsealing
from lindung.documents.types import NoSuchType, types
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotAllowed, NotFound
from lindung.placement import operations as placing
from lindung.placement.models import Evidence
from lindung.registry import operations as registering
from lindung.registry.models import Worker
from tests import cast
from tests.cast import NOW, TODAY
from tests.conftest import Scene
from tests.documents import files

pytestmark = pytest.mark.usefixtures("posts", "places", "folder")

STRANGERS = (cast.OTHER_OFFICER, cast.OTHER_ATTACHE, cast.OTHER_RECRUITER, cast.RECRUITER)
WHY = "Banding hasil pemeriksaan ulang"


def given(who: Worker, actor: Any = None, **values: Any) -> Document:
    return operations.attach(
        actor or cast.self_of(who.id),
        who.id,
        **({"type_id": "identity_card", "data": files.photo(), "at": NOW} | values),
    )


def opened(actor: Any, document: Document, **values: Any) -> operations.Opened:
    return operations.open_document(actor, document.id, at=NOW, purpose="berkas", **values)


def sealed(who: Worker) -> Document:
    return given(who, type_id="medical_first", data=files.PDF)


class TestAttach:
    def test_keeps_neither_name_nor_place_and_nothing_readable(
        self, who: Worker, folder: Any
    ) -> None:
        data = files.photo(place=True)
        made = given(who, data=data, name="Siti KTP.jpg")
        (stored,) = (path for path in folder.rglob("*") if path.is_file())
        assert stored.name == made.id.hex
        assert "Siti" not in str(stored)
        assert b"JFIF" not in stored.read_bytes()
        assert b"GeheimPhone" not in opened(cast.self_of(who.id), made).data
        assert len(made.sha256) == 64

    def test_the_same_file_twice_is_one_document(self, who: Worker, folder: Any) -> None:
        assert given(who).id == given(who).id
        assert sum(path.is_file() for path in folder.rglob("*")) == 1

    def test_without_a_scanner_it_is_unscanned_and_never_clean(self, who: Worker) -> None:
        made = given(who)
        assert (made.state, made.scanned_at) == ("unscanned", None)

    @pytest.mark.parametrize("stranger", STRANGERS)
    def test_is_closed_to_strangers(self, who: Worker, stranger: Any) -> None:
        with pytest.raises(NotFound):
            given(who, stranger, type_id="passport")

    def test_another_worker_is_a_stranger(self, who: Worker) -> None:
        other = cast.worker(full_name="Wati")
        with pytest.raises(NotFound):
            given(who, cast.self_of(other.id))

    def test_a_recruiter_hands_in_no_sealed_result(self, who: Worker) -> None:
        with pytest.raises(NotAllowed):
            given(who, cast.RECRUITER, type_id="medical_first")

    def test_an_unknown_type_is_named(self, who: Worker) -> None:
        with pytest.raises(NoSuchType):
            given(who, type_id="../passport")

    def test_a_refused_file_leaves_nothing(self, who: Worker, folder: Any) -> None:
        with pytest.raises(sound.PhotoOfApple):
            given(who, data=files.HEIC)
        assert not list(folder.rglob("*"))

    def test_one_more_than_the_limit_is_refused(self, who: Worker, settings: Any) -> None:
        settings.DOCUMENTS_EACH = 1
        given(who)
        with pytest.raises(operations.TooManyDocuments):
            given(who, data=files.PDF)

    def test_an_office_hands_in_a_sealed_result_and_cannot_open_it(self, who: Worker) -> None:
        made = given(who, cast.OFFICER, type_id="psychological")
        with pytest.raises(NotAllowed):
            opened(cast.OFFICER, made, reason=WHY)
        with acting_as(cast.OFFICER):
            assert queries.document(made.id).sealed
            assert not Content.objects.filter(document_id=made.id).exists()


class TestOpenDocument:
    def test_is_recorded_for_an_officer_and_not_for_oneself(self, who: Worker) -> None:
        made = given(who)
        assert opened(cast.self_of(who.id), made).document.media == sound.JPEG
        with acting_as(ROBOT):
            looks = JournalEntry.objects.filter(type="access.PersonLookedAt", worker_id=who.id)
            assert looks.count() == 0
        opened(cast.OFFICER, made)
        with acting_as(ROBOT):
            assert looks.count() == 1

    @pytest.mark.parametrize("stranger", STRANGERS)
    def test_is_closed_to_strangers(self, who: Worker, stranger: Any) -> None:
        with pytest.raises(NotFound):
            opened(stranger, given(who))

    def test_a_sealed_result_needs_the_right_and_a_reason_the_person_reads(
        self, who: Worker
    ) -> None:
        made = sealed(who)
        assert opened(cast.self_of(who.id), made).data == files.PDF
        with pytest.raises(operations.ReasonNeeded):
            opened(cast.MINISTRY, made, reason=" perlu ")
        assert opened(cast.MINISTRY, made, reason=WHY).data == files.PDF
        with acting_as(cast.self_of(who.id)):
            (told,) = queries.unsealings_of(who.id)
            assert (told.by_name, told.reason) == ("Dewi", WHY)
        with acting_as(ROBOT):
            entry = JournalEntry.objects.get(type="documents.DocumentUnsealed")
            assert WHY not in str(entry.payload)

    def test_a_damaged_file_is_not_shown_at_all(self, who: Worker, folder: Any) -> None:
        made = given(who)
        (stored,) = (path for path in folder.rglob("*") if path.is_file())
        stored.write_bytes(stored.read_bytes()[:-1])
        with pytest.raises(store.CannotShow):
            opened(cast.OFFICER, made)
        stored.unlink()
        with pytest.raises(store.CannotShow):
            opened(cast.OFFICER, made)


class TestVerify:
    def test_of_a_paper_with_a_printed_day_needs_it(self, who: Worker) -> None:
        made = given(who, type_id="passport")
        with pytest.raises(Incomplete) as refused:
            operations.verify(cast.OFFICER, made.id, on=TODAY)
        assert set(refused.value.facts["fields"]) == {"valid_until"}
        done = operations.verify(cast.OFFICER, made.id, on=TODAY, valid_until=TODAY)
        assert done.state == "verified"

    def test_impossible_days_are_told_together(self, who: Worker) -> None:
        day = timedelta(days=1)
        with pytest.raises(Incomplete) as refused:
            operations.verify(
                cast.OFFICER,
                given(who).id,
                on=TODAY,
                issued_on=TODAY + day,
                valid_until=TODAY - day,
            )
        assert set(refused.value.facts["fields"]) == {"issued_on", "valid_until"}

    def test_is_taken_once(self, who: Worker) -> None:
        made = given(who)
        operations.verify(cast.OFFICER, made.id, on=TODAY)
        with pytest.raises(StepClosed):
            operations.verify(cast.OFFICER, made.id, on=TODAY)

    def test_is_not_the_worker_s_nor_a_recruiter_s(self, who: Worker) -> None:
        made = given(who)
        for actor in (cast.self_of(who.id), cast.RECRUITER):
            with pytest.raises(NotAllowed):
                operations.verify(actor, made.id, on=TODAY)

    def test_another_office_finds_nothing(self, who: Worker) -> None:
        with pytest.raises(NotFound):
            operations.verify(cast.OTHER_OFFICER, given(who).id, on=TODAY)

    def test_of_a_sealed_result_is_the_ministry_s_and_tells_the_outcome_alone(
        self, who: Worker, scene: Scene
    ) -> None:
        made = sealed(who)
        with pytest.raises(NotAllowed):
            operations.verify(cast.OFFICER, made.id, on=TODAY, fit=True)
        with pytest.raises(Incomplete):
            operations.verify(cast.MINISTRY, made.id, on=TODAY)
        operations.verify(cast.MINISTRY, made.id, on=TODAY, fit=False)
        with scene():
            for model in (Document, Content, Fitness):
                model.objects.filter(worker_id=who.id).update(agency_id=cast.RECRUITER.agency)
        with acting_as(cast.RECRUITER):
            assert [each.fit for each in queries.fitness_of(who.id)] == [False]
            assert queries.documents_of(who.id) == []
        with acting_as(ROBOT):
            entry = JournalEntry.objects.get(type="documents.DocumentVerified")
            assert "fit" not in entry.payload


class TestRefuse:
    def test_tells_why_and_lets_the_same_file_come_again(self, who: Worker) -> None:
        made = given(who)
        with pytest.raises(Incomplete):
            operations.refuse(cast.OFFICER, made.id, reason=" ")
        refused = operations.refuse(cast.OFFICER, made.id, reason="Buram, foto ulang")
        assert (refused.state, refused.reason) == ("refused", "Buram, foto ulang")
        assert given(who).id != made.id

    def test_another_office_finds_nothing(self, who: Worker) -> None:
        with pytest.raises(NotFound):
            operations.refuse(cast.OTHER_OFFICER, given(who).id, reason="x")


class TestExpire:
    def test_ends_what_ran_out_yesterday_and_not_today(self, who: Worker) -> None:
        made = given(who, type_id="passport")
        operations.verify(cast.OFFICER, made.id, on=TODAY, valid_until=TODAY)
        assert operations.expire(ROBOT, made.id, on=TODAY).state == "verified"
        tomorrow = TODAY + timedelta(days=1)
        with acting_as(ROBOT):
            assert queries.due_to_expire(on=TODAY) == []
            assert queries.due_to_expire(on=tomorrow) == [made.id]
        assert operations.expire(ROBOT, made.id, on=tomorrow).state == "expired"


class TestDestroy:
    def test_destroys_the_key_and_keeps_the_row(
        self, who: Worker, folder: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        made = given(who)
        with django_capture_on_commit_callbacks(execute=True):
            gone = operations.destroy(cast.MINISTRY, made.id, reason="Permintaan orangnya")
        assert (gone.state, gone.reason) == ("destroyed", "Permintaan orangnya")
        assert not [path for path in folder.rglob("*") if path.is_file()]
        with acting_as(ROBOT):
            assert bytes(Content.objects.get(document_id=made.id).wrapped_key) == b""
        with pytest.raises(operations.NotShown):
            opened(cast.self_of(who.id), made)

    def test_a_copy_of_the_file_stays_closed_without_its_key(
        self, who: Worker, folder: Any
    ) -> None:
        made = given(who)
        operations.destroy(cast.MINISTRY, made.id, reason="Salah orang")
        assert [path for path in folder.rglob("*") if path.is_file()]
        with pytest.raises(store.CannotShow):
            store.get(made.id, b"")

    def test_is_the_ministry_s(self, who: Worker) -> None:
        made = given(who)
        for actor in (cast.OFFICER, cast.self_of(who.id)):
            with pytest.raises(NotAllowed):
                operations.destroy(actor, made.id, reason="x")


class TestFollow:
    def test_papers_go_with_the_person_to_the_new_post(self, who: Worker) -> None:
        made = given(who)
        with acting_as(cast.ATTACHE), pytest.raises(NotFound):
            queries.document(made.id)
        with acting_as(ROBOT):
            registering.put_in_charge(ROBOT, who, country="KR", region="", sector="", on=TODAY)
        with acting_as(cast.ATTACHE):
            assert queries.document(made.id).post_id == cast.SEOUL
        assert opened(cast.ATTACHE, made).data
        with pytest.raises(NotFound):
            opened(cast.OTHER_ATTACHE, made)


class TestGiveRequirement:
    def test_takes_a_document_of_the_person_along(self, who: Worker) -> None:
        made, me = cast.placement(who), cast.self_of(who.id)
        paper = given(who, type_id="passport")
        placing.give_requirement(
            me, made.id, requirement="passport", reference="", on=TODAY, document=paper.id
        )
        with acting_as(cast.OFFICER):
            (kept,) = queries.documents_for(who.id, subject=made.id)
            assert (kept.id, kept.requirement) == (paper.id, "passport")
            assert (
                Evidence.objects.get(placement=made, requirement="passport").reference
                == kept.number
            )

    def test_refuses_another_person_s(self, who: Worker) -> None:
        paper = given(cast.worker(full_name="Wati"))
        made = cast.placement(who)
        with pytest.raises(NotFound):
            placing.give_requirement(
                cast.OFFICER, made.id, requirement="passport", reference="", on=TODAY,
                document=paper.id,
            )  # fmt: skip

    def test_one_paper_does_not_serve_two_requirements(self, who: Worker) -> None:
        made, me = cast.placement(who), cast.self_of(who.id)
        paper = given(who, type_id="passport")
        values = {"reference": "", "on": TODAY, "document": paper.id}
        placing.give_requirement(me, made.id, requirement="passport", **values)
        with pytest.raises(operations.AlreadyHandedIn):
            placing.give_requirement(me, made.id, requirement="police_certificate", **values)

    def test_takes_no_paper_of_another_kind_or_past_its_day(self, who: Worker) -> None:
        made = cast.placement(who)
        card, old = given(who), given(who, type_id="passport", data=files.PDF)
        operations.verify(cast.OFFICER, old.id, on=TODAY, valid_until=TODAY + timedelta(days=1))
        values = {"requirement": "passport", "reference": ""}
        for paper, on in ((card, TODAY), (old, TODAY + timedelta(days=2))):
            with pytest.raises(operations.DocumentDoesNotFit):
                placing.give_requirement(cast.OFFICER, made.id, on=on, document=paper.id, **values)
        placing.give_requirement(
            cast.OFFICER, made.id, on=TODAY + timedelta(days=1), document=old.id, **values
        )


class _Clamd(socketserver.StreamRequestHandler):
    """Speaks INSTREAM as clamd(8) has it: ``n`` or ``z`` command, chunks with their length in four
    bytes, network order, ended by one of length zero.
    """

    def handle(self) -> None:
        command = self.rfile.readline()
        assert command == b"nINSTREAM\n"
        data = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            data += self.rfile.read(size)
        found = b"stream: Eicar-Test-Signature FOUND\n"
        self.wfile.write(found if b"EICAR" in data else b"stream: OK\n")


@pytest.fixture
def clamd(settings: Any) -> Iterator[None]:
    """A local scanner that finds EICAR."""
    with socketserver.TCPServer(("127.0.0.1", 0), _Clamd) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.CLAMD = f"127.0.0.1:{server.server_address[1]}"
        yield
        server.shutdown()
        thread.join()


EICAR = files.PDF.replace(b"/Count 0", b"/Count 0/T(EICAR)")


class TestScan:
    def test_what_the_scanner_passes_is_scanned(self, who: Worker, clamd: None) -> None:
        made = given(who)
        assert made.state == "uploaded"
        with pytest.raises(operations.StillScanning):
            opened(cast.OFFICER, made)
        assert operations.scan(ROBOT, made.id, at=NOW).state == "scanned"
        assert opened(cast.OFFICER, made).data

    def test_what_it_finds_is_held_back_from_everybody(self, who: Worker, clamd: None) -> None:
        made = given(who, data=EICAR)
        assert operations.scan(ROBOT, made.id, at=NOW).state == "quarantined"
        for actor in (cast.OFFICER, cast.MINISTRY, cast.self_of(who.id)):
            with pytest.raises(operations.NotShown):
                opened(actor, made)

    def test_without_an_answer_it_is_unscanned_and_asked_again_later(
        self, who: Worker, settings: Any, request: pytest.FixtureRequest
    ) -> None:
        settings.CLAMD = "/nowhere/clamd.ctl"
        made = given(who, data=EICAR)
        assert operations.scan(ROBOT, made.id, at=NOW).state == "unscanned"
        operations.verify(cast.OFFICER, made.id, on=TODAY)
        with acting_as(ROBOT):
            assert queries.never_scanned() == [made.id]
        request.getfixturevalue("clamd")
        assert operations.scan(ROBOT, made.id, at=NOW).state == "quarantined"
        with acting_as(ROBOT):
            assert queries.never_scanned() == []

    def test_a_verified_one_that_passes_stays_verified(
        self, who: Worker, request: pytest.FixtureRequest
    ) -> None:
        made = given(who)
        operations.verify(cast.OFFICER, made.id, on=TODAY)
        request.getfixturevalue("clamd")
        after = operations.scan(ROBOT, made.id, at=NOW)
        assert (after.state, after.scanned_at) == ("verified", NOW)

    def test_is_our_robot_s_alone(self, who: Worker) -> None:
        made = given(who)
        for actor in (cast.MINISTRY, cast.OFFICER, cast.self_of(who.id)):
            with pytest.raises(NotAllowed):
                operations.scan(actor, made.id, at=NOW)


def test_every_type_says_both_languages_and_somebody_verifies_it() -> None:
    for id_, kind in types().items():
        assert set(kind.title) == {"id", "en"}, id_
        assert kind.upload, id_
        assert kind.verify, id_
        assert not (kind.sealed and "agency" in kind.upload), id_


def test_the_store_has_a_name_of_its_own() -> None:
    assert storages["documents"] is not storages["default"]


def test_unsealings_are_seen_by_the_person_alone(who: Worker) -> None:
    opened(cast.MINISTRY, sealed(who), reason=WHY)
    with acting_as(cast.self_of(cast.worker(full_name="Wati").id)):
        assert not Unsealing.objects.exists()
