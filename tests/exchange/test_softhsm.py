"""Our signing keys in a PKCS#11 token: SoftHSM, a token of this run's own.

Left out unless asked for, since it needs a program and a binding that a machine may not have::

    apt-get install softhsm2
    pip install --require-hashes -r requirements/hsm.txt
    ./lindung test tests/exchange/test_softhsm.py -m softhsm
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lindung.access.acting import acting_as
from lindung.access.keys import KeyMissing
from lindung.access.roles import ROBOT
from lindung.exchange import own_keys
from lindung.exchange.models import Outgoing, Partner
from lindung.exchange.operations import outbox, rotation
from lindung.exchange.ourselves import own_document
from lindung.exchange.wire import envelopes, signatures
from lindung.exchange.wire.reasons import Unacceptable
from lindung.exchange.wire.texts import read_json
from simulators.eps import wire as strangers

pytestmark = [pytest.mark.softhsm, pytest.mark.django_db]

PIN, SO_PIN, LABEL = "1234", "5678", "lindung-test"
MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A token in a temporary folder; the folder's path, in which the PIN lies too."""
    tool = shutil.which("softhsm2-util")
    if tool is None:  # asked for by its mark, so not to be passed over in silence
        pytest.fail("SoftHSM is not installed: apt-get install softhsm2")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    (folder / "pin").write_text(PIN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(conf))
        subprocess.run(
            [tool, "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", SO_PIN],
            check=True,
            capture_output=True,
        )
        yield folder


@pytest.fixture
def store(token: Path, settings: Any) -> Iterator[own_keys.KeyStore]:
    """The store as a deployment names it."""
    settings.EXCHANGE_KEYS = "lindung.exchange.token_keys.TokenKeys"
    settings.EXCHANGE_TOKEN_MODULE = next(each for each in MODULES if Path(each).exists())
    settings.EXCHANGE_TOKEN = LABEL
    settings.EXCHANGE_TOKEN_PIN_FILE = str(token / "pin")
    from lindung.exchange import token_keys

    yield own_keys.key_store()
    token_keys.log_out()


def test_an_empty_token_is_said_to_be_empty(store: own_keys.KeyStore) -> None:
    with pytest.raises(KeyMissing):
        store.held()


def test_the_first_key_is_made_in_it(store: own_keys.KeyStore) -> None:
    made = rotation.make_first(now=datetime.now(UTC))
    assert own_keys.own_key().kid == made.kid
    with pytest.raises(rotation.NotTheFirst):
        rotation.make_first(now=datetime.now(UTC))


def test_a_key_made_in_it_signs_what_both_readings_of_the_protocol_verify(
    store: own_keys.KeyStore,
) -> None:
    made = store.make()
    assert made.kid == signatures.thumbprint(made.x)
    proof = signatures.sign(b'{"a":1}', made)
    signatures.verify(b'{"a":1}', proof, made.x)
    strangers.verify(b'{"a":1}', proof, made.x)
    with pytest.raises(Unacceptable, match="signature_invalid"):
        signatures.verify(b'{"a":2}', proof, made.x)
    # Made in the token, and there after the next login.
    assert made.kid in store.held()


def test_a_message_of_ours_is_signed_in_it_and_believed(
    store: own_keys.KeyStore, partner: Partner
) -> None:
    key = store.make()
    with acting_as(ROBOT):
        known = {row.kid: row.x for row in own_keys.known_keys(now=datetime.now(UTC))}
        row = outbox.send(
            "candidate.removed",
            "PMI-1",
            {"removed_on": "2026-03-02", "reason": "withdrawn_by_origin"},
            partner=partner,
        )
        [(raw, proof)] = outbox.signed([row])
    kid = signatures.claimed_kid(proof)
    assert kid in known
    signatures.verify(raw, proof, known[kid])
    assert envelopes.read(raw).id == row.pk
    document = read_json(own_document(now=datetime.now(UTC)))
    assert kid in {each["kid"] for each in document["keys"]}
    with acting_as(ROBOT):
        assert Outgoing.objects.get(pk=row.pk).signature == proof
    assert key.kid in store.held()


def test_the_next_key_is_made_in_it_too(store: own_keys.KeyStore) -> None:
    store.make()
    now = datetime.now(UTC)
    before = set(store.held())
    rotation.make_next(valid_from=now + timedelta(days=2), now=now)
    [fresh] = set(store.held()) - before
    assert own_keys.own_key().kid != fresh
    assert own_keys.ring().at(now + timedelta(days=3)).kid == fresh


def test_the_private_half_never_leaves_it(store: own_keys.KeyStore, token: Path) -> None:
    import pkcs11

    made: Any = store.make()
    with pytest.raises(pkcs11.exceptions.PKCS11Error):
        _ = made.private[pkcs11.Attribute.VALUE]
    assert made.private[pkcs11.Attribute.EXTRACTABLE] is False
