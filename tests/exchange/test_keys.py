"""Our own keys change without a gap; a partner's are believed when two people say so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command

from lindung.access import two_people
from lindung.access.acting import acting_as
from lindung.access.actors import Kind
from lindung.access.keys import KeyMissing, make_missing
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.exchange import own_keys
from lindung.exchange.models import GraveAct, Outgoing, OwnKey, Partner, PartnerKey
from lindung.exchange.operations import outbox, rotation, trust
from lindung.exchange.operations.partners import OutOfReach, trust_document
from lindung.exchange.ourselves import own_document
from lindung.exchange.wire import signatures
from lindung.exchange.wire.signatures import SigningKey
from lindung.exchange.wire.texts import instant, read_json, write_json
from lindung.kernel.refusals import NotAllowed, NotFound
from simulators.eps.wire import Key
from tests import cast

from .conftest import Stranger

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
SECOND = cast._actor(Kind.MINISTRY, "ministry_officer", "Wati")
DATA = {"removed_on": "2026-03-02", "reason": "withdrawn_by_origin"}


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Keys of this test alone."""
    make_missing(tmp_path)
    settings.KEYS = tmp_path
    return tmp_path


def first() -> OwnKey:
    with acting_as(ROBOT):
        return own_keys.known_keys(now=NOW - DAY)[0]


class TestTheNextKey:
    def test_is_announced_a_day_before_it_signs(self) -> None:
        with pytest.raises(rotation.TooSoon):
            rotation.make_next(valid_from=NOW + timedelta(hours=23), now=NOW)

    def test_is_in_the_document_at_once_and_signs_from_its_time(self) -> None:
        old = first()
        new = rotation.make_next(valid_from=NOW + 2 * DAY, now=NOW)
        with acting_as(ROBOT):
            document = read_json(own_document(now=NOW))
        assert {each["kid"] for each in document["keys"]} == {old.kid, new.kid}
        ring = own_keys.ring()
        assert ring.at(NOW).kid == old.kid
        assert ring.at(new.valid_from - timedelta(seconds=1)).kid == old.kid
        assert ring.at(new.valid_from).kid == new.kid

    def test_leaves_no_instant_without_a_key_that_counts(self) -> None:
        """Whatever is written when, the key that signs it is valid at that time, in the document."""
        first()
        new = rotation.make_next(valid_from=NOW + 2 * DAY, now=NOW)
        ring = own_keys.ring()
        for hours in range(96):
            at = NOW + timedelta(hours=hours)
            row = next(each for each in ring.dates if each.kid == ring.at(at).kid)
            assert row.valid_from <= at
            assert row.valid_to is None or at < row.valid_to
        assert new.valid_to is None

    def test_signs_no_message_written_before_its_time(self, partner: Partner) -> None:
        old = first()
        with acting_as(ROBOT):
            row = outbox.send("candidate.removed", "PMI-1", DATA, partner=partner)
            Outgoing.objects.filter(pk=row.pk).update(written_at=NOW)
            row.refresh_from_db()
            new = OwnKey.objects.create(
                kid=own_keys.key_store().make().kid, x="", valid_from=NOW + timedelta(seconds=1)
            )
        [(_, signature)] = outbox.signed([row])
        assert signatures.claimed_kid(signature) == old.kid != new.kid

    def test_is_made_by_command(self) -> None:
        first()
        out = StringIO()
        call_command("exchange_keys", "next", stdout=out)
        call_command("exchange_keys", "list", stdout=out)
        lines = out.getvalue().splitlines()
        assert [line[0] for line in lines[1:]] == ["*", " "]
        with pytest.raises(CommandError, match="24 jam"):
            call_command("exchange_keys", "next", "--from", instant(NOW + timedelta(hours=1)))

    def test_is_kept_in_a_file_that_only_we_read(self, folder: Path) -> None:
        rotation.make_next(valid_from=NOW + 2 * DAY, now=NOW)
        files = sorted(folder.glob("exchange*.pem"))
        assert len(files) == 2
        assert {each.stat().st_mode & 0o777 for each in files} == {0o600}


class TestEndingAKey:
    def test_refuses_to_end_the_only_one(self) -> None:
        with pytest.raises(rotation.OnlyKey):
            rotation.retire(first().kid, at=NOW, now=NOW)

    def test_ends_one_when_another_signs(self) -> None:
        old = first()
        new = rotation.make_next(valid_from=NOW + 2 * DAY, now=NOW)
        later = new.valid_from + DAY
        rotation.retire(old.kid, at=later, now=later)
        assert own_keys.ring().at(later).kid == new.kid

    def test_revoked_makes_another_at_once_that_signs_what_waits(self, partner: Partner) -> None:
        old = first()
        with acting_as(ROBOT):
            row = outbox.send("candidate.removed", "PMI-1", DATA, partner=partner)
        outbox.signed([row])
        now = datetime.now(UTC)
        made = rotation.revoke(old.kid, reason="dicuri", now=now)
        assert made is not None
        with acting_as(ROBOT):
            row.refresh_from_db()
        assert row.signature == ""
        [(_, signature)] = outbox.signed([row])
        assert signatures.claimed_kid(signature) == made.kid
        assert made.valid_from <= row.written_at
        with acting_as(cast.MINISTRY):
            types = JournalEntry.objects.values_list("type", flat=True)
            assert {"exchange.OwnKeyMade", "exchange.OwnKeyRevoked"} <= set(types)

    def test_knows_no_key_that_was_never_ours(self) -> None:
        with pytest.raises(NotFound):
            rotation.revoke("x" * 43, reason="x", now=NOW)


class Token:
    """A key store as a PKCS#11 token would be one: signs, never shows the private half."""

    slots: dict[str, Any] = {}  # noqa: RUF012  stands for the device, shared by all who open it

    def held(self) -> dict[str, SigningKey]:
        """Keys on the device."""
        return dict(self.slots)

    def make(self) -> SigningKey:
        """A key made on the device."""

        class Handle:
            def __init__(self) -> None:
                inner = Ed25519PrivateKey.generate()
                self.x = Key(inner).x
                self.kid = signatures.thumbprint(self.x)
                self.sign = inner.sign

        made: Any = Handle()
        self.slots[made.kid] = made
        signer: SigningKey = made
        return signer


class TestAnotherKeyStore:
    @pytest.fixture(autouse=True)
    def token(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Token:
        monkeypatch.setattr(Token, "slots", {})
        settings.EXCHANGE_KEYS = f"{__name__}.Token"
        store = Token()
        store.make()
        return store

    def test_signs_in_the_place_of_files(self, token: Token) -> None:
        key = own_keys.own_key()
        assert key.kid in token.slots
        signatures.verify(b"{}", signatures.sign(b"{}", key), key.x)

    def test_makes_the_next_key_too(self, token: Token) -> None:
        new = rotation.make_next(valid_from=NOW + 2 * DAY, now=NOW)
        assert new.kid in token.slots
        assert own_keys.ring().at(new.valid_from).kid == new.kid

    def test_says_so_when_the_key_that_should_sign_is_not_at_hand(self, token: Token) -> None:
        first()
        token.slots.clear()
        token.make()
        with pytest.raises(KeyMissing):
            own_keys.own_key()


def shown(node: Stranger, key: Key | None = None) -> tuple[bytes, str]:
    """The partner's key document, signed by that key."""
    key = key or node.key
    document = {
        "protocol": 1, "node": node.partner.node, "name": "x", "country": "KR",
        "endpoint": "http://partner.test/exchange/v1", "sends": [], "accepts": [],
        "keys": [
            {
                "kty": "OKP", "crv": "Ed25519", "x": key.x, "kid": key.kid, "use": "sig",
                "alg": "EdDSA", "valid_from": "2026-01-01T00:00:00.000Z", "valid_to": None,
                "revoked_at": None,
            }
        ],
    }  # fmt: skip
    raw = write_json(document)
    return raw, key.sign(raw)


class TestAPartnersKey:
    @pytest.fixture
    def new(self, stranger: Stranger, partner: Partner) -> Key:
        """The partner shows a key that nobody here knows."""
        key = Key(Ed25519PrivateKey.generate())
        assert trust_document(partner, *shown(stranger, key)) == "conflict"
        partner.refresh_from_db()
        return key

    def kids(self) -> set[str]:
        with acting_as(ROBOT):
            return set(PartnerKey.objects.filter(revoked_at=None).values_list("kid", flat=True))

    def test_of_a_real_partner_is_not_taken_as_it_comes(self, partner: Partner, scene: Any) -> None:
        with scene():
            Partner.objects.filter(pk=partner.pk).update(is_demo=False)
        partner.refresh_from_db()
        node = Stranger(partner)
        assert trust_document(partner, *shown(node)) == "conflict"
        assert self.kids() == set()

    def test_is_believed_after_two_people_compared_it(
        self, stranger: Stranger, partner: Partner, new: Key
    ) -> None:
        act = trust.ask_to_trust(
            cast.MINISTRY, partner.pk, kid=new.kid, reason="Telepon Tn. Kim", at=NOW
        )
        assert new.kid not in self.kids()
        with pytest.raises(two_people.NeedsAnother):
            trust.answer_about_key(
                cast.MINISTRY, act.id, confirm=True, shown=shown(stranger, new), at=NOW
            )
        trust.answer_about_key(SECOND, act.id, confirm=True, shown=shown(stranger, new), at=NOW)
        assert self.kids() == {new.kid}

    def test_is_not_believed_when_another_is_shown_in_the_end(
        self, stranger: Stranger, partner: Partner, new: Key
    ) -> None:
        act = trust.ask_to_trust(cast.MINISTRY, partner.pk, kid=new.kid, reason="x", at=NOW)
        forged = Key(Ed25519PrivateKey.generate())
        for seen in (shown(stranger, forged), None, (shown(stranger, new)[0], forged.sign(b"x"))):
            with pytest.raises(trust.OtherKeyShown):
                trust.answer_about_key(SECOND, act.id, confirm=True, shown=seen, at=NOW)
        assert new.kid not in self.kids()
        with acting_as(cast.MINISTRY):
            assert GraveAct.objects.get().state == "asked"

    def test_has_to_be_the_one_that_is_shown(self, partner: Partner, new: Key) -> None:
        with pytest.raises(trust.OtherKeyShown):
            trust.ask_to_trust(cast.MINISTRY, partner.pk, kid="x" * 43, reason="x", at=NOW)

    def test_stays_revoked_whatever_the_document_says(
        self, stranger: Stranger, partner: Partner
    ) -> None:
        other = Key(Ed25519PrivateKey.generate())
        with acting_as(ROBOT):
            PartnerKey.objects.create(
                kid=other.kid, x=other.x, partner=partner, pinned_at=NOW, valid_from=NOW - DAY
            )
        act = trust.ask_to_revoke(
            cast.MINISTRY, partner.pk, kid=stranger.key.kid, reason="dicuri", at=NOW
        )
        trust.answer_about_key(SECOND, act.id, confirm=True, shown=None, at=NOW)
        assert self.kids() == {other.kid}
        raw, _ = shown(stranger)
        trust_document(partner, raw, other.sign(raw))
        assert self.kids() == {other.kid}

    def test_is_the_business_of_the_ministry(self, stranger: Stranger, partner: Partner) -> None:
        for actor in (cast.ATTACHE, cast.OFFICER, cast.RECRUITER):
            with pytest.raises(NotAllowed):
                trust.ask_to_revoke(actor, partner.pk, kid=stranger.key.kid, reason="x", at=NOW)

    def test_signed_wrongly_changes_nothing(self, stranger: Stranger, partner: Partner) -> None:
        raw, _ = shown(stranger)
        with pytest.raises(OutOfReach):
            trust_document(partner, raw, stranger.key.sign(b"other"))
        assert self.kids() == {stranger.key.kid}

    def test_that_comes_next_is_learned_from_a_document_the_known_one_signed(
        self, stranger: Stranger, partner: Partner
    ) -> None:
        new = Key(Ed25519PrivateKey.generate())
        raw, _ = shown(stranger, new)
        assert trust_document(partner, raw, stranger.key.sign(raw)) == "known"
        assert self.kids() == {stranger.key.kid, new.kid}
