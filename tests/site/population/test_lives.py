"""The made-up population: drawn as published, repeatable, with numbers that hold, and marked as made up."""

from __future__ import annotations

import string
from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest

from lindung.kernel import nik
from lindung.kernel.secrets import Keyring
from lindung.reference.files import rows_of
from lindung.site.population import lives, shares, tables, world
from lindung.site.population.copying import NONE

EPOCH = date(1970, 1, 1)
ON = date(2026, 3, 1)
DAY = (ON - EPOCH).days
RING = Keyring([(1, b"a" * 32, b"b" * 32)], current=1)
FULL = lives.BATCH


@pytest.fixture(scope="module")
def stage() -> world.World:
    return world.build(7, ON.year)


@pytest.fixture(scope="module")
def batch(stage: world.World) -> lives.Lives:
    return lives.draw(stage, 0, FULL, on=DAY)


@pytest.fixture(scope="module")
def year_2024(stage: world.World) -> np.ndarray:
    table = stage.joint
    shape = (len(table.countries), 2, len(table.occupations), len(table.schemes))
    return table.cells[table.years.index(2024)].reshape(shape)


def encoded(stage: world.World, number: int, size: int) -> list[bytes]:
    drawn = lives.draw(stage, number, size, on=DAY)
    made = [
        *tables.core(stage, drawn, RING),
        *tables.histories(stage, drawn, RING, tables.Extent()),
    ]
    return [rows.encoded() for rows in made]


class TestShares:
    """Against the published figures themselves, read here again from the statistics file."""

    @staticmethod
    def published(year: int, dimension: str, ends: str, total: int) -> dict[str, float]:
        return {
            row["dimensions"].partition("=")[2]: float(row["value"]) / total
            for row in rows_of("statistics/indonesia.csv")
            if row["series"] == "placements"
            and (row["period_from"], row["period_to"]) == (f"{year}-01-01", ends)
            and row["dimensions"].startswith(f"{dimension}=")
            and ";" not in row["dimensions"]
        }

    def test_of_destinations_are_as_published(
        self, stage: world.World, year_2024: np.ndarray
    ) -> None:
        found = dict(zip(stage.joint.countries, year_2024.sum(axis=(1, 2, 3)), strict=True))
        wanted = self.published(2024, "country", "2024-12-31", 297_434)
        assert len(wanted) == 20
        for country, share in wanted.items():
            assert found[country] == pytest.approx(share, abs=0.001)

    def test_of_schemes_are_as_published(self, stage: world.World, year_2024: np.ndarray) -> None:
        found = dict(zip(stage.joint.schemes, year_2024.sum(axis=(0, 1, 2)), strict=True))
        wanted = self.published(2024, "scheme", "2024-12-30", 295_439)
        assert len(wanted) == 6
        for scheme, share in wanted.items():
            assert found[scheme] == pytest.approx(share, abs=0.006)

    def test_of_sectors_are_as_published(self, stage: world.World, year_2024: np.ndarray) -> None:
        kinds = [about["sector"] for about in stage.work["occupations"].values()]
        found = year_2024.sum(axis=(0, 1, 3))[[kind == "formal" for kind in kinds]].sum()
        assert found == pytest.approx(116_237 / 250_391, abs=0.01)

    def test_of_women_are_as_published(self, stage: world.World) -> None:
        table = stage.joint
        shape = (len(table.countries), 2, len(table.occupations), len(table.schemes))
        for year, wanted in (
            (2022, 122_147 / 200_761),
            (2023, 146_785 / 237_992),
            (2025, 187_468 / 296_948),
        ):
            found = table.cells[table.years.index(year)].reshape(shape).sum(axis=(0, 2, 3))[0]
            assert found == pytest.approx(wanted, abs=0.01)

    def test_of_provinces_are_as_published(self, stage: world.World) -> None:
        table = stage.joint
        found = dict(
            zip(table.provinces, table.origins[table.years.index(2024)].sum(axis=0), strict=True)
        )
        wanted = self.published(2024, "province", "2024-12-31", 297_434)
        assert len(wanted) == 5
        for province, share in wanted.items():
            assert found[province] == pytest.approx(share, abs=0.001)

    def test_of_occupations_are_as_published(
        self, stage: world.World, year_2024: np.ndarray
    ) -> None:
        found: Counter[str] = Counter()
        by_kind = year_2024.sum(axis=(0, 1, 3))
        for about, share in zip(stage.work["occupations"].values(), by_kind, strict=True):
            found[about["published"] or ""] += share
        for kind, count in (
            ("domestic_worker", 99_485),
            ("caregiver", 51_852),
            ("plantation_worker", 20_033),
        ):
            assert found[kind] == pytest.approx(count / 295_439, abs=0.005)

    def test_of_the_drawn_people_follow_the_table(
        self, stage: world.World, batch: lives.Lives
    ) -> None:
        table = stage.joint
        since = [(date(year, 1, 1) - EPOCH).days for year in table.years]
        length = [min(365, DAY - start) for start in since]
        weight = table.placements * length / np.sum(table.placements * length)
        shape = (
            len(table.years),
            len(table.countries),
            2,
            len(table.occupations),
            len(table.schemes),
        )
        mixed = (table.cells.reshape(shape) * weight[:, None, None, None, None]).sum(
            axis=(0, 2, 3, 4)
        )
        drawn = np.bincount(batch.country, minlength=len(table.countries)) / batch.size
        # Three standard deviations of a share of a half in so many draws.
        assert np.abs(drawn - mixed).max() < 3 * 0.5 / np.sqrt(batch.size)

    def test_keep_what_is_impossible_at_nothing(
        self, stage: world.World, year_2024: np.ndarray
    ) -> None:
        governments = stage.joint.schemes.index("G2G")
        for country, row in zip(
            stage.joint.countries, year_2024.sum(axis=(1, 2))[:, governments], strict=True
        ):
            assert (row > 0) == (country in {"KR", "JP", "DE"})


class TestPeople:
    def test_have_niks_that_agree_with_birth_sex_and_home(
        self, stage: world.World, batch: lives.Lives
    ) -> None:
        known = {
            row["code"] for row in rows_of("regions/id-regions.csv") if row["level"] != "province"
        }
        for row in range(0, batch.size, 7):
            number = nik.parse(batch.nik[row].decode())
            assert not nik.oddities(
                number,
                on=ON,
                born=EPOCH + timedelta(days=int(batch.born[row])),
                sex="FM"[batch.sex[row]],
                regency=stage.regencies[batch.regency[row]].decode(),
                regencies=known,
            )

    def test_live_in_their_province(self, stage: world.World, batch: lives.Lives) -> None:
        homes = stage.regencies[batch.regency].astype("S2").astype(str)
        assert (homes == np.array(stage.joint.provinces)[batch.province]).all()

    def test_never_share_a_nik_a_passport_or_a_telephone(self, stage: world.World) -> None:
        niks, passports, phones, people = set(), set(), set(), 0
        for number in (*range(12), 255):
            drawn = lives.draw(stage, number, FULL, on=DAY)
            people += drawn.size
            niks.update(drawn.nik.tolist())
            passports.update(drawn.passport.tolist())
            phones.update(drawn.phones().tolist())
        assert people > 300_000
        assert len(niks) == len(passports) == len(phones) == people

    def test_were_of_age_when_they_set_out(self, batch: lives.Lives) -> None:
        assert ((batch.opened - batch.born) / 365.25).min() >= 18.9

    def test_have_one_name_as_often_as_their_people_do(
        self, stage: world.World, batch: lives.Lives
    ) -> None:
        given, *others = batch.name
        single = np.all([part < 0 for part in others], axis=0)
        assert 0.25 < single.mean() < 0.5
        provinces = np.array(stage.joint.provinces)[batch.province]
        assert single[provinces == "52"].mean() > 0.4  # Lombok and Sumbawa
        assert single[provinces == "53"].mean() < 0.1  # Flores and Timor, with clan names
        assert (given >= 0).all()

    def test_have_passports_whose_check_digits_hold(
        self, stage: world.World, batch: lives.Lives
    ) -> None:
        def digit(text: str) -> str:
            value = {c: n for n, c in enumerate(string.digits + string.ascii_uppercase)} | {"<": 0}
            return str(sum(value[c] * (7, 3, 1)[place % 3] for place, c in enumerate(text)) % 10)

        having = np.flatnonzero(batch.passport_from != NONE)
        for row in having[:400]:
            upper, lower = batch.zone(stage, int(row), state="IDN").split("\n")
            assert len(upper) == len(lower) == 44
            assert upper.startswith("P<IDN")
            assert lower[9] == digit(lower[:9])
            assert lower[19] == digit(lower[13:19])
            assert lower[27] == digit(lower[21:27])
            assert lower[43] == digit(lower[:10] + lower[13:20] + lower[21:43])

    def test_can_be_called_by_nobody(self, batch: lives.Lives) -> None:
        assert all(phone.startswith(b"+62000") and len(phone) == 14 for phone in batch.phones())


class TestCourses:
    def test_keep_their_order(self, batch: lives.Lives) -> None:
        went = batch.arrived != NONE
        assert (batch.cleared[went] <= batch.departed[went]).all()
        assert (batch.departed[went] <= batch.arrived[went]).all()
        assert (batch.arrived[went] <= DAY).all()
        over = batch.ended != NONE
        assert (batch.ended[over] <= DAY).all()
        assert (batch.opened < batch.on).all()

    def test_hold_every_stage_and_state(self, batch: lives.Lives) -> None:
        assert set(np.unique(batch.stage)) == {lives.BEFORE, lives.DURING, lives.AFTER}
        assert set(np.unique(batch.state)) == set(range(len(lives.STATES)))

    def test_hold_troubles_of_every_kind_open_and_closed(
        self, stage: world.World, batch: lives.Lives
    ) -> None:
        had = batch.trouble >= 0
        assert set(np.unique(batch.trouble[had])) == set(range(len(stage.work["troubles"])))
        assert 0 < batch.trouble_open.sum() < had.sum()
        assert had[batch.arrived != NONE].mean() == pytest.approx(0.06, abs=0.01)

    def test_leave_some_silent_for_long(self, batch: lives.Lives) -> None:
        seen = batch.seen[batch.seen != NONE]
        assert ((DAY * 86400 - seen) > 120 * 86400).mean() > 0.03

    def test_pay_under_at_and_over_the_floor(self, stage: world.World, batch: lives.Lives) -> None:
        country = stage.joint.countries.index("HK")
        informal = [a["sector"] == "informal" for a in stage.work["occupations"].values()]
        here = (batch.country == country) & np.array(informal)[batch.occupation]
        _, floors = stage.floors[country]
        since = np.array([start for start, _ in floors])
        floor = np.array([amount for _, amount in floors])[
            np.searchsorted(since, batch.opened[here], "right") - 1
        ]
        wage = batch.wage[here]
        assert (wage < floor).mean() == pytest.approx(stage.work["wages"]["under"], abs=0.01)
        assert (wage == floor).mean() == pytest.approx(stage.work["wages"]["at"], abs=0.03)
        assert (wage > floor).any()


class TestDeterminism:
    def test_same_seed_gives_the_same_bytes(self, stage: world.World) -> None:
        assert encoded(stage, 3, 500) == encoded(world.build(7, ON.year), 3, 500)

    def test_another_seed_gives_others(self, stage: world.World) -> None:
        assert encoded(stage, 3, 500)[0] != encoded(world.build(8, ON.year), 3, 500)[0]

    def test_a_batch_alone_is_the_batch_in_the_whole(self, stage: world.World) -> None:
        in_order = [encoded(stage, number, 300) for number in range(4)]
        assert encoded(stage, 2, 300) == in_order[2]
        assert in_order[1] != in_order[2]

    def test_too_many_people_are_refused(self, stage: world.World) -> None:
        assert lives.MOST_PEOPLE >= 5_000_000
        with pytest.raises(lives.TooMany):
            lives.draw(stage, lives.MOST_PEOPLE // FULL, 1, on=DAY)


class TestStatistics:
    def test_fit_meets_every_margin_that_can_be_met(self) -> None:
        rows, columns = np.indices((2, 3)).reshape(2, -1)
        wanted = np.array([0.3, 0.7]), np.array([0.2, 0.5, 0.3])
        table = shares.fitted(np.ones(6), [(rows, wanted[0]), (columns, wanted[1])]).reshape(2, 3)
        assert table.sum(axis=1) == pytest.approx(wanted[0])
        assert table.sum(axis=0) == pytest.approx(wanted[1])

    def test_shares_of_a_year_sum_to_one(self) -> None:
        published = shares.Published.read()
        for year in published.years:
            for dimension in ("country", "sex", "sector", "scheme", "occupation"):
                assert sum(published.share(dimension, year).values()) == pytest.approx(1)
