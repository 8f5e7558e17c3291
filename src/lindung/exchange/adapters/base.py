"""What every adapter does, and the three ways in which it may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import yaml
from jsonschema import Draft202012Validator

from lindung.exchange.models import Partner
from lindung.exchange.wire.texts import Signed
from lindung.kernel.refusals import Refusal


class Later(Exception):
    """Nothing is known to be stored; the same bytes go again, after a longer wait each time."""


class Busy(Later):
    """Another process is at it; nobody's fault, and no failure of the line."""


class Stop(Exception):
    """Waiting alone will not help: shown to a person, and tried again only now and then."""


class WrongSettings(Refusal):
    """The partner's settings are not those its adapter needs."""

    status = 422
    slug = "wrong-line-settings"
    title = "Pengaturan sambungan mitra ini belum benar."
    advice = "Bandingkan dengan panduan sambungan, lalu perbaiki bidang yang disebut."


@dataclass(frozen=True, slots=True)
class Parcel:
    """What came together and is answered together.

    Attributes:
        items: exact bytes and signatures, in the order in which they lay there.
        vouched: more bytes, without a signature of their own: the partner signed the list they
            came in, and agreed that this is enough.
        asks: ranges the partner lacks: subject, first and last sequence.
        settle: hands over our technical receipts and the messages asked for, and puts the parcel
            away. Until it has returned the parcel comes again, and repeats are harmless.
    """

    items: Sequence[Signed]
    settle: Callable[[Sequence[Signed]], None]
    vouched: Sequence[Signed] = ()
    asks: Sequence[tuple[str, int, int]] = ()


class Adapter(Protocol):
    """One line to one partner."""

    def deliver(self, items: Sequence[Signed]) -> Sequence[Signed | None]:
        """Carry messages of ours over; the technical receipt of each, in order.

        ``None`` in place of a receipt: handed over, its receipt comes later, by ``collect``.

        Raises:
            Later, Stop: as they say.
        """

    def collect(self) -> Iterator[Parcel]:
        """What lies there for us. A line on which the partner comes to us has nothing."""

    def replay(self, subject: str, first: int, last: int) -> Sequence[Signed]:
        """Ask for messages again (§7); what is answered at once. On a slow line they come later."""

    def received_through(self, subject: str) -> int | None:
        """The partner's own count of our messages about a subject, where the line can ask."""

    def key_document(self) -> Signed:
        """The partner's key document as the line gives it, unverified."""

    def __enter__(self) -> Adapter:
        """Open the line."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the line."""


def check_settings(adapter: str, settings: Any) -> None:
    """Refuse settings that the adapter cannot work with.

    Raises:
        WrongSettings: names the first places at fault.
    """
    errors = Draft202012Validator(_schemas()[adapter]).iter_errors(settings)
    if found := [f"{error.json_path}: {error.validator}" for error in errors]:
        raise WrongSettings(places=found[:5])


def settings_of(partner: Partner) -> dict[str, Any]:
    """A partner's settings, checked.

    Raises:
        Stop: they are not what the adapter needs.
    """
    try:
        check_settings(partner.adapter, partner.settings)
    except WrongSettings as wrong:
        raise Stop(f"settings: {'; '.join(wrong.facts['places'])}") from wrong
    return dict(partner.settings)


@cache
def _schemas() -> dict[str, Any]:
    file = Path(__file__).with_name("settings.yaml")
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded
