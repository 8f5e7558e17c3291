"""What a phone's outbox sends: each thing once, each answered for itself, and only for its owner."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from lindung.access import phones
from lindung.access.acting import acting_as
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.duty.models import Call, SharedPlace
from lindung.monitoring.models import Answer, CheckIn, WageReport
from lindung.protection.models import Case, CaseNote, Complaint, Evidence

from .conftest import TODAY

pytestmark = pytest.mark.django_db

AT = "/saya/kirim/"


class Phone:
    """A phone with an outbox, as phone-store.js speaks."""

    def __init__(self, client: Client, *, skew: timedelta = timedelta(0)) -> None:
        self.client, self.skew = client, skew
        self.owner = client.post(f"{AT}kunci/", "{}", content_type="application/json").json()[
            "owner"
        ]

    def item(self, kind_: str, *, key=None, before=timedelta(0), **data):
        at = datetime.now(UTC) + self.skew - before
        return {"key": str(key or uuid4()), "kind": kind_, "at": at.isoformat(), "data": data}

    def sends(self, *items, owner=None):
        body = {
            "owner": owner or self.owner,
            "sent_at": (datetime.now(UTC) + self.skew).isoformat(),
            "items": list(items),
        }
        answer = self.client.post(AT, json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content
        return answer.json()["items"]

    def sends_file(self, item, content: bytes):
        batch = {
            "owner": self.owner,
            "sent_at": datetime.now(UTC).isoformat(),
            "items": [item],
        }
        file = SimpleUploadedFile("lampiran", content, "image/jpeg")
        answer = self.client.post(AT, {"batch": json.dumps(batch), "file": file})
        assert answer.status_code == 200, answer.content
        return answer.json()["items"]


def counted(model, **which) -> int:
    with acting_as(ROBOT):
        return model.objects.filter(**which).count()


class TestItems:
    def test_a_complaint_becomes_a_case_with_its_number(self, lives, phone_of):
        siti = lives.person()
        phone = Phone(phone_of(siti))
        (said,) = phone.sends(phone.item("complaint", words="Gaji belum dibayar", kind=""))
        with acting_as(ROBOT):
            case = Case.objects.get(worker_id=siti.worker)
        assert said["state"] == "received"
        assert said["number"] == case.number
        assert case.number in said["say"]
        assert said["url"] == f"/saya/kasus/{case.id}/"

    @pytest.mark.parametrize(
        ("kind", "data", "model"),
        [
            ("complaint", {"words": "Gaji belum dibayar", "kind": ""}, Complaint),
            ("check_in", {"condition": "fair"}, CheckIn),
            ("sos", {}, Complaint),
        ],
    )
    def test_sent_again_is_done_once_and_told_the_same(self, lives, phone_of, kind, data, model):
        siti = lives.person()
        phone = Phone(phone_of(siti))
        item = phone.item(kind, **data)
        first, second = phone.sends(item), phone.sends(item)
        assert first[0]["state"] == second[0]["state"] == "received"
        assert first[0]["url"] == second[0]["url"]
        assert counted(model, worker_id=siti.worker) == 1

    def test_a_reply_sent_again_is_one(self, lives, phone_of):
        siti = lives.person()
        case = lives.complained(siti)
        phone = Phone(phone_of(siti))
        item = phone.item("reply", case=str(case.id), words="Sudah dua minggu")
        phone.sends(item)
        phone.sends(item)
        assert counted(CaseNote, case_id=case.id, words="Sudah dua minggu") == 1

    def test_two_phones_of_one_person_send_one_key_once(self, lives, phone_of):
        siti = lives.person()
        first, second = Phone(phone_of(siti)), Phone(phone_of(siti))
        assert first.owner != second.owner
        item = first.item("complaint", words="Paspor saya ditahan", kind="passport_kept")
        first.sends(item)
        (said,) = second.sends(item, owner=first.owner)
        assert said["state"] == "received"
        assert counted(Complaint, worker_id=siti.worker) == 1

    def test_a_refused_one_says_why_and_keeps_no_other_back(self, lives, phone_of):
        siti = lives.person()
        phone = Phone(phone_of(siti))
        blank, good = (
            phone.item("complaint", words=" ", kind=""),
            phone.item("check_in", condition="good"),
        )
        strange = phone.item("poem", words="x")
        said = phone.sends(blank, good, strange)
        assert [each["state"] for each in said] == ["refused", "received", "refused"]
        assert "Tulis dahulu" in said[0]["say"]
        assert said[2]["say"]

    def test_one_that_we_fail_at_waits_and_the_others_go(self, lives, phone_of, monkeypatch):
        from lindung.site.phone import items

        siti = lives.person()
        phone = Phone(phone_of(siti))

        def broken(taking):
            raise ZeroDivisionError

        monkeypatch.setitem(items.KINDS, "reply", broken)
        said = phone.sends(phone.item("reply"), phone.item("check_in", condition="good"))
        assert [each["state"] for each in said] == ["waiting", "received"]

    @pytest.mark.parametrize(
        "body", ["", "[]", "{}", '{"items": 1}', '{"owner": "x", "sent_at": "x", "items": []}']
    )
    def test_a_body_that_is_none_is_refused(self, lives, phone_of, body):
        client = phone_of(lives.person())
        answer = client.post(AT, body, content_type="application/json")
        assert answer.status_code == 422


class TestFiles:
    def test_a_photo_comes_behind_its_complaint_and_once(self, lives, phone_of):
        siti = lives.person()
        phone = Phone(phone_of(siti))
        said = phone.item("complaint", words="Lihat fotonya", kind="")
        (became,) = phone.sends(said)
        photo = phone.item("evidence", complaint=said["key"], note="Foto")
        for _again in range(2):
            (told,) = phone.sends_file(photo, picture())
            assert told["state"] == "received", told
            assert told["url"] == became["url"]
        assert counted(Evidence, complaint_id=UUID(said["key"])) == 1

    def test_one_before_its_complaint_is_refused_with_words(self, lives, phone_of):
        phone = Phone(phone_of(lives.person()))
        (told,) = phone.sends_file(phone.item("evidence", complaint=str(uuid4())), picture())
        assert told["state"] == "refused"
        assert told["say"]

    def test_what_is_no_photo_says_so(self, lives, phone_of):
        phone = Phone(phone_of(lives.person()))
        said = phone.item("complaint", words="Lihat", kind="")
        phone.sends(said)
        (told,) = phone.sends_file(phone.item("evidence", complaint=said["key"]), b"MZ not a photo")
        assert told["state"] == "refused"
        assert "foto" in told["say"].casefold()


class TestPlaces:
    def test_a_finer_place_follows_the_call_it_belongs_to(self, lives, phone_of):
        siti = lives.person()
        phone = Phone(phone_of(siti))
        call = phone.item("sos", silent="yes")
        point = phone.item("place", sos=call["key"], lat=22.38, lon=114.19, accuracy=12.4)
        called, shared = phone.sends(call, point)
        assert (called["state"], shared["state"]) == ("received", "received")
        with acting_as(ROBOT):
            (kept,) = SharedPlace.objects.all()
            assert Call.objects.get().silent
        assert kept.accuracy_m == 12

    @pytest.mark.parametrize("lat", ["", "x", "nan", None, 400])
    def test_no_point_is_refused(self, lives, phone_of, lat):
        phone = Phone(phone_of(lives.person()))
        call = phone.item("sos")
        point = phone.item("place", sos=call["key"], lat=lat, lon=1, accuracy=1)
        assert phone.sends(call, point)[1]["state"] == "refused"


class TestTelling:
    def test_the_wage_of_a_month_is_told_once(self, lives, phone_of):
        siti = lives.person()
        phone = Phone(phone_of(siti))
        item = phone.item("wage", month=TODAY.replace(day=1).isoformat(), state="not_yet")
        for _again in range(2):
            (told,) = phone.sends(item)
            assert told["state"] == "received", told
        assert counted(WageReport, worker_id=siti.worker, state="not_yet") == 1

    def test_an_answer_is_kept_once(self, lives, phone_of):
        siti = lives.person()
        phone = Phone(phone_of(siti))
        item = phone.item("answer", question="passport_keeper", answer="employer")
        for _again in range(2):
            assert phone.sends(item)[0]["state"] == "received"
        assert counted(Answer, worker_id=siti.worker) == 1


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "grey").save(out, "JPEG")
    return out.getvalue()


class TestOwners:
    def test_nothing_is_sent_under_another_s_name(self, lives, phone_of):
        siti, tuti = lives.person(), lives.person("Tuti Lestari", "Tuti")
        hers, theirs = Phone(phone_of(siti)), Phone(phone_of(tuti))
        item = hers.item("complaint", words="Rahasia Siti", kind="")
        (said,) = theirs.sends(item, owner=hers.owner)
        assert said["state"] == "locked"
        assert counted(Complaint) == 0
        assert "Rahasia" not in json.dumps(said)

    def test_only_the_owner_gets_the_key_back(self, lives, phone_of):
        siti, tuti = lives.person(), lives.person("Tuti Lestari", "Tuti")
        before = Phone(phone_of(siti)).owner
        body = json.dumps({"owners": [before, "made-up", "ä", ""]})

        def asks(client):
            return client.post(f"{AT}kunci/", body, content_type="application/json").json()

        again, other = asks(phone_of(siti)), asks(phone_of(tuti))
        assert again["keys"][before] == phones.key_of(before)
        assert again["owner"] in again["keys"]
        assert list(other["keys"]) == [other["owner"]]

    def test_a_subject_says_nothing_of_the_person(self, lives):
        siti = lives.person()
        first, second = phones.subject_for(siti.worker), phones.subject_for(siti.worker)
        assert first != second
        assert phones.is_of(first, siti.worker)
        assert not phones.is_of(first, uuid4())
        assert not phones.is_of(first[:-1], siti.worker)

    def test_of_nobody_nothing_is_taken(self):
        answer = Client().post(
            AT, "{}", content_type="application/json", headers={"Accept": "application/json"}
        )
        assert answer.status_code == 401


class TestClocks:
    def test_the_server_s_clock_counts_and_the_phone_s_stands_beside_it(self, lives, phone_of):
        siti = lives.person()
        phone = Phone(phone_of(siti), skew=timedelta(days=-400))
        item = phone.item("check_in", before=timedelta(hours=5), condition="good")
        phone.sends(item)
        with acting_as(ROBOT):
            given = CheckIn.objects.get(id=UUID(item["key"]))
            (kept,) = JournalEntry.objects.filter(type="site.WrittenEarlier")
        assert abs(given.at - datetime.now(UTC)) < timedelta(minutes=1)
        assert kept.payload["claimed_at"][:16] == item["at"][:16]
        assert kept.payload["waited_minutes"] == 300
        assert abs(kept.payload["skew_seconds"] + 400 * 86_400) < 60

    def test_a_right_clock_and_no_wait_are_no_news(self, lives, phone_of):
        siti = lives.person()
        phone = Phone(phone_of(siti))
        phone.sends(phone.item("check_in", condition="good"))
        assert counted(JournalEntry, type="site.WrittenEarlier") == 0

    def test_a_senseless_clock_is_taken_for_ours(self, lives, phone_of):
        siti = lives.person()
        phone = Phone(phone_of(siti))
        item = phone.item("check_in", condition="good") | {"at": "1900-01-01T00:00:00+00:00"}
        (said,) = phone.sends(item)
        assert said["state"] == "received"


class TestWhatAsksTheDatabase:
    """Ceilings, so that what comes in by the thousand does not grow dearer unnoticed.

    The parts of a transaction, and who acts, travel with these and are not counted.
    """

    @pytest.mark.parametrize(
        ("kind", "data", "most"),
        [
            ("check_in", {"condition": "good"}, 14),
            ("complaint", {"words": "Gaji belum dibayar", "kind": "wages_unpaid"}, 25),
        ],
    )
    def test_is_bounded(self, lives, phone_of, django_assert_max_num_queries, kind, data, most):
        phone = Phone(phone_of(lives.person()))
        phone.sends(phone.item(kind, **data))
        with django_assert_max_num_queries(most):
            (said,) = phone.sends(phone.item(kind, **data))
        assert said["state"] == "received"
