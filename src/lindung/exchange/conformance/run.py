"""One run of the examiner: the list of checks, what they share, and how each ends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

import httpx

from lindung.exchange.conformance.examiner import Examiner
from lindung.exchange.conformance.report import Broken, NotTried, Outcome, Result
from lindung.exchange.wire.envelopes import Message
from lindung.exchange.wire.reasons import Unacceptable
from lindung.kernel.ids import new_id


def _mark() -> str:
    return new_id().hex[-8:].upper()


@dataclass
class Run:
    """What one run knows: the examiner, how long to wait, and the messages that earlier checks sent.

    Attributes:
        seconds: longest wait for a business receipt or a replay.
        mark: makes this run's subjects its own.
    """

    examiner: Examiner
    seconds: float = 30
    mark: str = field(default_factory=_mark)
    sent: dict[str, Message] = field(default_factory=dict)

    def subject(self, name: str) -> str:
        """A public number of the examiner's own, the same for the same name within a run."""
        return f"TST-{self.mark}-{name}"


Check = Callable[[Run], None]
_checks: list[tuple[str, str, Check]] = []


def check(section: str) -> Callable[[Check], Check]:
    """Put a check on the list; its docstring is what it asks."""

    def add(function: Check) -> Check:
        _checks.append((section, function.__name__.replace("_", " "), function))
        return function

    return add


def run_all(run: Run, *, only: Collection[str] = ()) -> Iterator[Result]:
    """Try every check in order; a node that does not trust the examiner is tried without trust.

    Args:
        only: names of checks; none: all. Those that they rest on have to be among them.
    """
    for section, name, function in _checks:
        if only and name not in only:
            continue
        asks = (function.__doc__ or "").strip()
        try:
            function(run)
        except NotTried as reason:
            yield Result(section, name, asks, Outcome.NOT_TRIED, str(reason))
        except Broken as reason:
            yield Result(section, name, asks, Outcome.BROKEN, str(reason))
        except (httpx.HTTPError, Unacceptable, LookupError, ValueError) as fault:
            # What a node answers may be anything; a shape no check foresaw is a broken promise.
            yield Result(section, name, asks, Outcome.BROKEN, f"{type(fault).__name__}: {fault}")
        else:
            yield Result(section, name, asks, Outcome.KEPT)


def known(run: Run) -> None:
    """Go on only where there is a key document to rest on."""
    if not run.examiner.theirs:
        raise NotTried("there is no key document to rest on")


def trusted(run: Run) -> None:
    """Go on only where the node takes the examiner's messages."""
    known(run)
    if "A1" not in run.sent:
        raise NotTried("the node takes no message from the examiner")


def status_of(answer: httpx.Response, wanted: set[int]) -> None:
    """Broken where the status is another."""
    if answer.status_code not in wanted:
        raise Broken(f"HTTP {answer.status_code} instead of {' or '.join(map(str, wanted))}")
