"""Readers of what comes from outside, and what each may raise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any


@dataclass(frozen=True)
class Target:
    """One reader.

    Attributes:
        read: reads bytes, all of what they give.
        refusals: what it may raise.
        seeds: a few that are whole, to begin with.
    """

    read: Callable[[bytes], object]
    refusals: tuple[type[BaseException], ...]
    seeds: tuple[bytes, ...]

    def feed(self, data: bytes) -> None:
        """Read; a refusal is an answer, anything else is raised."""
        with suppress(*self.refusals):
            self.read(data)

    def warm(self) -> None:
        """Read the seeds, so that what is loaded late is loaded."""
        for seed in self.seeds:
            self.feed(seed)


def strategy(target: Target) -> Any:
    """Bytes of any kind, and seeds with a piece replaced."""
    from hypothesis import strategies as st

    def changed(given: tuple[bytes, int, int, bytes]) -> bytes:
        seed, start, length, piece = given
        at = start % (len(seed) + 1)
        return seed[:at] + piece + seed[at + length :]

    pieces = st.tuples(
        st.sampled_from(target.seeds),
        st.integers(0, 5000),
        st.integers(0, 40),
        st.binary(max_size=40),
    )
    return st.one_of(st.binary(max_size=600), pieces.map(changed))


_LETTER = (
    b"From: Siti <siti@example.org>\r\nTo: lapor@example.org\r\nSubject: Tolong\r\n"
    b"Message-ID: <1@example.org>\r\n\r\nSaya belum digaji.\r\n"
)
_WITH_A_PICTURE = (
    b"From: a@b.c\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
    b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBO\r\n--x--\r\n"
)


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: read(data.decode("utf-8", "replace"))


def _mrz(text: str) -> object:
    from lindung.kernel import mrz

    return mrz.parse(text)


def _nik(text: str) -> object:
    from lindung.kernel import nik

    return nik.parse(text)


def _keywords(text: str) -> object:
    from lindung.outreach import keywords

    return keywords.read(text), keywords.without_code(text)


def _envelope(data: bytes) -> object:
    from lindung.exchange.wire import envelopes

    return envelopes.read(data)


def _frame(data: bytes) -> object:
    from lindung.exchange.wire import texts

    return texts.unframe(data)


def _signature(data: bytes) -> object:
    from lindung.exchange.wire import signatures

    text = data.decode("latin-1")
    with suppress(_unacceptable()):
        signatures.request_kid(text)
    return signatures.claimed_kid(text)


def _table(data: bytes) -> object:
    from lindung.exchange.wire import flat

    return flat.read(data)


def _manifest(data: bytes) -> object:
    from lindung.exchange.adapters.files import SCHEMA
    from lindung.exchange.wire import agreement
    from lindung.exchange.wire.texts import read_json

    said = read_json(data)
    agreement.check(SCHEMA, said, "manifest_invalid")
    return said


def _list(data: bytes) -> object:
    from lindung.intake import reading
    from lindung.intake.understanding import understand

    sheet = reading.read(data)
    return [understand(said, on=date(2026, 3, 2)) for _, said in _first(sheet.lines, 50)]


def _first(lines: Iterator[Any], most: int) -> Iterator[Any]:
    for _, line in zip(range(most), lines, strict=False):
        yield line


def _email(data: bytes) -> object:
    from lindung.outreach.parsing import email

    return email.read(data)


def _smpp(data: bytes) -> object:
    from lindung.outreach.parsing import smpp

    return smpp.read(data)


def _sms(data: bytes) -> object:
    from lindung.outreach.parsing import sms_http

    return sms_http.read(data)


def _whatsapp(data: bytes) -> object:
    from lindung.outreach.parsing import whatsapp

    return whatsapp.read(data)


def _unacceptable() -> type[BaseException]:
    from lindung.exchange.wire.reasons import Unacceptable

    return Unacceptable


def _workbook() -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(), BytesIO()
    sheet = book.active
    if sheet is not None:
        sheet.append(["Nama lengkap", "NIK"])
        sheet.append(["Siti Rahayu", "3502015204990001"])
    book.save(out)
    return out.getvalue()


def _targets() -> dict[str, Target]:
    from lindung.kernel.mrz import NotAnMrz
    from lindung.kernel.nik import NotANik
    from lindung.kernel.refusals import Refusal
    from lindung.outreach.parsing.parts import Unreadable

    unacceptable = (_unacceptable(),)
    passport = b"P<IDNRAHAYU<<SITI<<<<<<<<<<<<<<<<<<<<<<<<<<<\nA1234567<4IDN9904125F3001017<<<<<<<<<<<<<<06"
    return {
        "mrz": Target(_text(_mrz), (NotAnMrz,), (passport,)),
        "nik": Target(_text(_nik), (NotANik,), (b"3502015204990001", b"35.02.01 520499 0001")),
        "keywords": Target(_text(_keywords), (), (b"TOLONG", b"KABAR BAIK PMI-26-000123", b"stop")),
        "envelope": Target(_envelope, unacceptable, (b'{"specversion":"1.0","data":{}}',)),
        "frame": Target(_frame, unacceptable, (b'{"items":[{"raw":"e30","signature":"x"}]}',)),
        "signature": Target(_signature, unacceptable, (b"eyJhbGciOiJFZERTQSJ9..AA",)),
        "table": Target(_table, unacceptable, (b"raw,signature\ne30=,x\n",)),
        "manifest": Target(_manifest, unacceptable, (b'{"number":1,"files":[]}',)),
        "list": Target(
            _list,
            (Refusal,),
            (b"Nama lengkap;NIK;Tanggal lahir\nSiti;3502015204990001;12-04-1999\n", _workbook()),
        ),
        "e-mail": Target(
            _email,
            (Unreadable,),
            (
                _LETTER,
                _WITH_A_PICTURE,
            ),
        ),
        "smpp": Target(_smpp, (Unreadable,), (bytes(16), bytes(60))),
        "sms": Target(_sms, (Unreadable,), (b'{"from":"+62812","text":"TOLONG","id":"1"}',)),
        "whatsapp": Target(_whatsapp, (Unreadable,), (b'{"object":"x","entry":[]}',)),
    }


TARGETS: dict[str, Target] = _targets()
