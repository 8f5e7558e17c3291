"""The options that every bench knows: how many people, how long, and which profile.

``small`` ends within seconds and shows the same ratios; ``national`` is the size of the country:
5,000,000 people, 10,000,000 placements, 50,000,000 check-ins, 1,000,000 cases.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

PROFILES = ("small", "national")
SECONDS = {"small": 2.0, "national": 20.0}
# What `manage.py population` is asked for, so that a load has the proportions of the country.
COUNTRY = ("--earlier", "1", "--check-ins", "10", "--cases", "0.2")

BySize = tuple[int, int]


def parser(doc: str | None, *, name: str = "") -> argparse.ArgumentParser:
    """A parser that shows the program's own docstring."""
    return argparse.ArgumentParser(
        prog=f"./lindung bench {name}".strip(),
        description=doc,
        formatter_class=argparse.RawTextHelpFormatter,
    )


def options(
    parser: argparse.ArgumentParser,
    *,
    people: BySize,
    about: str = "people",
    sizes: Mapping[str, tuple[BySize, str]] | None = None,
    words: Sequence[str] | None = None,
) -> argparse.Namespace:
    """What was asked for, filled up with the profile's numbers.

    Args:
        parser: with the program's own options, if it has any.
        people: the default of ``--people`` in the small and in the national profile.
        about: what ``--people`` counts here.
        sizes: other numbers that go with the profile, each with its help.
    """
    parser.add_argument("--people", type=int, metavar="N", help=about)
    parser.add_argument("--seconds", type=float, metavar="S", help="for each thing that is timed")
    parser.add_argument("--profile", choices=PROFILES, default="small")
    parser.add_argument("--json", action="store_true", help="no table after the lines")
    for name, (_, said) in (sizes or {}).items():
        parser.add_argument(f"--{name}", type=int, metavar="N", help=said)
    found = parser.parse_args(sys.argv[1:] if words is None else words)
    which = PROFILES.index(found.profile)
    defaults: dict[str, float] = {"people": people[which], "seconds": SECONDS[found.profile]}
    defaults |= {name.replace("-", "_"): each[0][which] for name, each in (sizes or {}).items()}
    for name, value in defaults.items():
        if getattr(found, name) is None:
            setattr(found, name, value)
    return found
