"""Events: plain values that come back as they went, and a sentence for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from uuid import UUID

import pytest

from lindung.access.events import Event, event_class, plain, sentence


class Colour(StrEnum):
    RED = "merah"


class Size(Enum):
    LARGE = 3


@dataclass(frozen=True, slots=True)
class Bought(Event):
    """Somebody bought something."""

    sentence = "Membeli %(what)s seharga %(price)s"
    topic = "money"

    what: str
    price: Decimal


class TestPlain:
    @pytest.mark.parametrize(
        ("value", "wanted"),
        [
            (None, None),
            (True, True),
            (2**70, 2**70),
            (Decimal("10.50"), "10.50"),
            (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
            (date(2026, 3, 2), "2026-03-02"),
            (datetime(2026, 3, 2, 1, 2, 3, 4, UTC), "2026-03-02T01:02:03.000004+00:00"),
            (Colour.RED, "merah"),
            (Size.LARGE, 3),
            ({Colour.RED: (1, [Size.LARGE])}, {"merah": [1, [3]]}),
            (frozenset({7}), [7]),
        ],
    )
    def test_keeps_what_json_can_hold(self, value: object, wanted: object) -> None:
        assert plain(value) == wanted
        assert type(plain(value)) is type(wanted)

    @pytest.mark.parametrize("value", [1.0, b"x", object(), {"a": 1.5}, [complex(1)]])
    def test_refuses_the_rest(self, value: object) -> None:
        with pytest.raises(TypeError):
            plain(value)


class TestAnEvent:
    def test_is_named_after_app_and_class(self) -> None:
        assert Bought.type.endswith(".Bought")
        found = event_class(Bought.type)
        assert found is not None
        assert found.__qualname__ == "Bought"

    def test_says_its_sentence(self) -> None:
        payload = Bought("beras", Decimal("12.00")).payload()
        assert sentence(Bought.type, payload) == "Membeli beras seharga 12.00"

    def test_of_an_older_version_still_says_something(self) -> None:
        assert sentence(Bought.type, {"what": "beras"}) == "Membeli beras seharga …"

    def test_of_a_type_forgotten_says_its_type(self) -> None:
        assert sentence("old.Gone", {}) == "old.Gone"

    def test_cannot_be_changed(self) -> None:
        with pytest.raises(AttributeError):
            Bought("beras", Decimal(1)).what = "x"  # type: ignore[misc]
