"""One batch of made-up lives: who they are, where they went, how they fare. Whole columns, no loops.

Everything is drawn from the streams of (seed, batch): a batch can be made again alone, on any machine,
and gives the same people. Days are counted since 1970-01-01, instants in seconds since then.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lindung.kernel import mrz
from lindung.site.population.copying import NONE
from lindung.site.population.draws import (
    Bytes,
    Flags,
    Floats,
    Ints,
    Weighted,
    Words,
    digits,
    ids,
    stream,
)
from lindung.site.population.shares import Published
from lindung.site.population.world import World

BATCH = 25_000
# Serials of a NIK are shared out among batches, so that no two batches make the same number.
_SERIALS = 39
MOST_PEOPLE = BATCH * (9999 // _SERIALS)
_PASSPORTS, _PHONES = 10**7, 10**8
# Coprime to a power of ten, so that counting up walks through every number once in no visible order.
_STRIDE = 7_368_787
_DAY = 86400
_MONTH = 30.4375

BEFORE, DURING, AFTER = 0, 1, 2
STAGES = np.array([b"before", b"during", b"after"])
STATES = np.array(
    [b"preparing", b"rostered", b"offered", b"contracted", b"authorised", b"cleared", b"departed",
     b"arrived", b"ended", b"withdrawn"]
)  # fmt: skip
(
    PREPARING,
    ROSTERED,
    OFFERED,
    CONTRACTED,
    AUTHORISED,
    CLEARED,
    DEPARTED,
    ARRIVED,
    ENDED,
    WITHDRAWN,
) = range(10)


class TooMany(ValueError):
    """More people than there are different numbers to give them."""


@dataclass
class Lives:
    """The columns of one batch. Positions point into the lists of `World`; -1 and NONE are nothing."""

    batch: int
    size: int
    on: int
    index: Ints
    # who
    ids: Bytes
    country: Ints
    sex: Ints
    occupation: Ints
    scheme: Ints
    province: Ints
    regency: Ints
    born: Ints
    name: list[Ints]  # given, second, third, family: positions of words
    nik: Words
    passport: Words
    passport_from: Ints  # NONE: has none
    created: Ints
    # the placement under way, or the last one
    placement_ids: Bytes
    contract_ids: Bytes
    stage: Ints
    state: Ints
    opened: Ints
    cleared: Ints
    departed: Ints
    arrived: Ints
    ends: Ints
    ended: Ints
    town: Ints
    cell: Ints  # 0: unknown
    post: Ints  # 0: none
    agency: Ints
    firm: Ints
    household: Bytes  # ids of households, where firm is -1
    wage: Ints
    # how they fare
    condition: Ints
    seen: Ints  # instant of the last check-in, NONE: never
    trouble: Ints  # kind of case, -1: none
    trouble_at: Ints
    trouble_open: Flags

    def full_name(self, world: World, row: int) -> str:
        """The name of one person."""
        words = [
            world.names.words[column[row]].decode() for column in self.name if column[row] >= 0
        ]
        return " ".join(words)

    def zone(self, world: World, row: int, *, state: str) -> str:
        """The two lines of one person's passport; `state` is the issuing state's three letters."""
        primary, secondary = mrz.split_name(self.full_name(world, row))
        expires = np.datetime64(int(self.passport_from[row]), "D").astype("M8[Y]") + 10
        start = np.datetime64(int(self.passport_from[row]), "D")
        last = expires.astype("M8[D]") + (start - start.astype("M8[Y]").astype("M8[D]"))
        return mrz.format_td3(
            mrz.Passport(
                primary=primary,
                secondary=secondary,
                number=self.passport[row].decode(),
                state=state,
                nationality=state,
                born=str(np.datetime64(int(self.born[row]), "D"))[2:].replace("-", ""),
                sex="FM"[self.sex[row]],
                expires=str(last)[2:].replace("-", ""),
            )
        )

    def phones(self) -> Words:
        """Telephone numbers that nobody can have: no Indonesian number begins with three zeros."""
        return np.char.add(b"+62000", digits(_walk(self.index, _PHONES), 8))


def draw(world: World, batch: int, size: int, *, on: int, cases: float = 0.06) -> Lives:
    """One batch of `size` lives as of the day `on`.

    Args:
        batch: from 0; batches differ in people and share no number.
        cases: share of those who went abroad that had some trouble.
    Raises:
        TooMany: a batch beyond the last that still has numbers of its own.
    """
    if (batch + 1) * BATCH > MOST_PEOPLE or size > BATCH:
        raise TooMany(f"At most {MOST_PEOPLE:,} people, in batches of {BATCH:,}, can be made up.")
    index = batch * BATCH + np.arange(size, dtype=np.int64)
    table = world.joint

    rng = stream(world.seed, batch, "placements")
    day_one, length = _years(table.years, on)
    year = Weighted(table.placements * length / 365.25).draw(rng, 0, size)
    country, sex, occupation, scheme = table.parts(Weighted(table.cells).draw(rng, year, size))
    departed = day_one[year] + (rng.random(size) * length[year]).astype(np.int64)
    lead = 60 + (rng.random(size) * 180).astype(np.int64)
    candidate = rng.random(size) < 0.06
    opened = np.where(
        candidate, on - 5 - (rng.random(size) * 170).astype(np.int64), departed - lead
    )
    months = _months(world)[country]
    term = (months * _MONTH).astype(np.int64)
    rostered = np.array([name in world.work["through_roster"] for name in table.schemes])[scheme]
    stage, state, ends, ended = _course(rng, on, departed, term, candidate, rostered)
    departed = np.where(candidate, NONE, departed)
    # Until a border or an officer has said so, an arrival is not confirmed.
    arrived = np.where(
        (state == ARRIVED) | (state == ENDED),
        np.minimum(departed + (rng.random(size) < 0.2), on),
        NONE,
    )
    cleared = np.where(
        candidate, np.where(state == CLEARED, on - 2, NONE), departed - 3 - lead // 12
    )

    rng = stream(world.seed, batch, "people")
    place = world.provinces_of.draw(rng, year * len(table.countries) + country, size)
    regency = world.regency_of.draw(rng, place, size)
    age = 19 + rng.gamma(2.6, 4.4, size)
    age = np.where(age > 56, 19 + rng.random(size) * 30, age)
    born = (opened - age * 365.25 - rng.random(size) * 30).astype(np.int64)
    nik = _niks(rng, world, batch, regency, born, sex)
    passported = ~candidate | (rng.random(size) < 0.6)
    passport_from = np.where(
        passported, opened + 10 - (rng.random(size) * 900).astype(np.int64), NONE
    )
    passport = np.char.add(
        np.array([b"C", b"E", b"X"])[(rng.random(size) * 3).astype(np.int64)],
        digits(_walk(index, _PASSPORTS), 7),
    )
    name = _name(rng, world, place, sex)

    rng = stream(world.seed, batch, "states")
    informal = np.array([a["sector"] == "informal" for a in world.work["occupations"].values()])
    firm = world.firms_of.draw(rng, country * len(table.occupations) + occupation)
    firm = np.where(informal[occupation], -1, firm)
    town = np.where(
        world.places.towned[country], world.places.towns.draw(rng, country, size), np.int64(-1)
    )
    town = np.where(firm >= 0, world.firms.town[firm], town)
    cells = world.places.cells[world.places.around.draw(rng, np.maximum(town, 0))]
    cell = np.where((town >= 0) & (stage == DURING), cells, 0)
    post = np.where(
        town >= 0, world.post_of_town[np.maximum(town, 0)], world.post_of_country[country]
    )
    private = np.array([name in world.work["through_agency"] for name in table.schemes])
    agency = (rng.random(size) ** 1.6 * len(world.agencies.names)).astype(np.int64)
    agency = np.where(private[scheme], agency, -1)
    wage = _wages(rng, world, country, informal[occupation], opened)
    condition, seen = _fares(rng, world, on, stage, arrived)

    rng = stream(world.seed, batch, "troubles")
    trouble, trouble_at, trouble_open = _troubles(rng, world, on, stage, arrived, ended, cases)

    rng = stream(world.seed, batch, "ids")
    created = opened * _DAY + 3600 + (rng.random(size) * 8 * 3600).astype(np.int64)
    return Lives(
        batch=batch, size=size, on=on, index=index,
        ids=ids(rng, created * 1000), country=country, sex=sex, occupation=occupation, scheme=scheme,
        province=place, regency=regency, born=born, name=name, nik=nik, passport=passport,
        passport_from=passport_from, created=created,
        placement_ids=ids(rng, created * 1000 + 60_000), contract_ids=ids(rng, created * 1000 + 120_000),
        stage=stage, state=state, opened=opened, cleared=cleared, departed=departed, arrived=arrived,
        ends=ends, ended=ended, town=town, cell=cell, post=post, agency=agency, firm=firm,
        household=ids(rng, created * 1000 + 30_000), wage=wage, condition=condition, seen=seen,
        trouble=trouble, trouble_at=trouble_at, trouble_open=trouble_open,
    )  # fmt: skip


def _walk(index: Ints, numbers: int) -> Ints:
    """A number of its own for each index below `numbers`, in no visible order."""
    return (index * _STRIDE + 1_299_709) % numbers


def _years(years: list[int], on: int) -> tuple[Ints, Floats]:
    """First day and length of each year's days up to `on`."""
    first = np.array([np.datetime64(f"{year}-01-01", "D").astype(np.int64) for year in years])
    after = np.array([np.datetime64(f"{year + 1}-01-01", "D").astype(np.int64) for year in years])
    return first, (np.clip(after, None, on) - first).astype(np.float64).clip(min=1)


def _months(world: World) -> Ints:
    work = world.work
    found = [
        work["destinations"].get(c, work["elsewhere"])["months"] for c in world.joint.countries
    ]
    return np.array(found, np.int64)


def _course(
    rng: np.random.Generator,
    on: int,
    departed: Ints,
    term: Ints,
    candidate: Flags,
    rostered: Flags,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Stage, state of the placement, planned last day and actual last day (NONE: still under way)."""
    size = len(departed)
    early = rng.random(size) < 0.08
    ends = departed + term
    ended = np.where(early, departed + (term * rng.random(size)).astype(np.int64), ends)
    renewed = (rng.random(size) < 0.38) & ~early & (ended <= on)
    ends, ended = np.where(renewed, ends + term, ends), np.where(renewed, ended + term, ended)
    over = (ended <= on) & ~candidate
    recent = (departed > on - 12) & (rng.random(size) < 0.5)
    state = np.where(over, ENDED, np.where(recent, DEPARTED, ARRIVED))
    steps = np.array([PREPARING, OFFERED, CONTRACTED, AUTHORISED, CLEARED, WITHDRAWN])
    ahead = steps[Weighted(np.array([34, 22, 20, 10, 8, 6])).draw(rng, 0, size)]
    listed = rostered & (rng.random(size) < 0.5)
    ahead = np.where((ahead == PREPARING) & listed, ROSTERED, ahead)
    state = np.where(candidate, ahead, state)
    stage = np.where(candidate, BEFORE, np.where(over, AFTER, DURING))
    return stage, state, np.where(candidate, NONE, ends), np.where(over, ended, NONE)


def _niks(
    rng: np.random.Generator, world: World, batch: int, regency: Ints, born: Ints, sex: Ints
) -> Words:
    """Numbers that agree with regency, birth date and sex, and that no other batch makes."""
    size = len(regency)
    district = world.regencies[regency].astype("S4").astype(np.int64) * 100
    district += 1 + (rng.random(size) * 20).astype(np.int64)
    dates = born.astype("M8[D]")
    years = dates.astype("M8[Y]")
    day = (dates - dates.astype("M8[M]")).astype(np.int64) + 1 + np.where(sex == 0, 40, 0)
    month = dates.astype("M8[M]").astype(np.int64) % 12 + 1
    year = (years.astype(np.int64) + 1970) % 100
    stem = ((district * 100 + day) * 100 + month) * 100 + year
    # People of one district, day and sex are numbered one after another.
    order = np.argsort(stem, kind="stable")
    same = np.concatenate(([False], stem[order][1:] == stem[order][:-1]))
    place = np.arange(size)
    nth = np.empty(size, np.int64)
    nth[order] = place - np.maximum.accumulate(np.where(same, 0, place))
    if size and nth.max() >= _SERIALS:
        raise TooMany("Too many people of one district were born on one day.")
    return digits(stem * 10_000 + batch * _SERIALS + nth + 1, 16)


def _name(rng: np.random.Generator, world: World, province: Ints, sex: Ints) -> list[Ints]:
    """Positions of a name's words: given, second, third and family; -1 where there is none."""
    names, size = world.names, len(sex)
    pool = names.groups.draw(rng, province, size) * 2 + sex
    given = names.starts[0] + names.given.draw(rng, pool)
    second = names.starts[1] + names.second.draw(rng, pool)
    third = names.starts[1] + names.second.draw(rng, pool)
    family = names.starts[2] + names.family.draw(rng, pool)
    single = rng.random(size) < names.single[pool]
    with_third = (rng.random(size) < names.third[pool]) & (third != second)
    with_family = rng.random(size) < names.family_share[pool]
    # A second word that only repeats the first is none.
    repeats = names.tokens[given, 0] == names.tokens[second, 0]
    second = np.where(single | (with_family & (rng.random(size) < 0.35)) | repeats, -1, second)
    return [
        given,
        second,
        np.where(single | ~with_third, -1, third),
        np.where(single | ~with_family, -1, family),
    ]


def _wages(
    rng: np.random.Generator, world: World, country: Ints, informal: Flags, day: Ints
) -> Ints:
    """Monthly wages: about a floor where one is known for the day, else within the usual range."""
    size, work = len(country), world.work
    low, high = np.zeros(size), np.zeros(size)
    shares = work["wages"]
    kind = rng.random(size)
    factor = np.where(kind < shares["under"], 0.80 + rng.random(size) * 0.19, 1.0)
    above = kind >= shares["under"] + shares["at"]
    factor = np.where(above, 1 + rng.random(size) * shares["spread"], factor)
    wage = np.zeros(size)
    for c, name in enumerate(world.joint.countries):
        pay = work["destinations"].get(name, work["elsewhere"]).get("pay", work["elsewhere"]["pay"])
        for is_informal, sector in ((False, "formal"), (True, "informal")):
            here = (country == c) & (informal == is_informal)
            if not here.any():
                continue
            low, high = pay.get(sector) or work["elsewhere"]["pay"][sector]
            wage[here] = low + rng.random(int(here.sum())) * (high - low)
            covered, floors = world.floors[c]
            if covered == sector:
                since = np.array([start for start, _ in floors])
                amount = np.array([value for _, value in floors])
                at = np.searchsorted(since, day[here], side="right") - 1
                wage[here] = np.where(at >= 0, amount[at] * factor[here], wage[here])
    return np.round(wage).astype(np.int64)


def _fares(
    rng: np.random.Generator, world: World, on: int, stage: Ints, arrived: Ints
) -> tuple[Ints, Ints]:
    """Condition (position in the data's list) and instant of the last check-in, of those abroad."""
    size, work = len(stage), world.work
    shares = np.array(list(work["conditions"].values()))
    abroad = (stage == DURING) & (arrived != NONE)
    unknown = list(work["conditions"]).index("unknown")
    condition = np.where(abroad, Weighted(shares).draw(rng, 0, size), unknown)
    silent = rng.random(size) < work["silent_percent"] / 100
    ago = np.where(silent, 120 + rng.random(size) * 200, rng.exponential(32, size)) * _DAY
    seen = on * _DAY - 1800 - ago.astype(np.int64)
    spoke = abroad & (condition != unknown) & (seen > (np.where(abroad, arrived, on) + 1) * _DAY)
    return np.where(spoke, condition, unknown), np.where(spoke, seen, NONE)


def _troubles(
    rng: np.random.Generator,
    world: World,
    on: int,
    stage: Ints,
    arrived: Ints,
    ended: Ints,
    cases: float,
) -> tuple[Ints, Ints, Flags]:
    """Kind of case, instant of its opening, and whether it is open still."""
    size = len(stage)
    went = arrived != NONE
    has = went & (rng.random(size) < cases)
    kind = Weighted(trouble_weights(world)).draw(rng, 0, size)
    last = np.where(ended == NONE, on, ended)
    since = np.where(went, arrived, on)
    # Troubles come early in a stay, and most of the open ones are recent.
    part = np.where(stage == DURING, 1 - rng.random(size) ** 2, rng.random(size))
    at = (since * _DAY + part * (last - since) * _DAY - 7200).astype(np.int64)
    at = np.where(has, np.maximum(at, since * _DAY), NONE)
    age = np.where(has, on - at // _DAY, 0)
    still = has & (stage == DURING) & (age < 200) & (rng.random(size) < np.exp(-age / 60))
    return np.where(has, kind, -1), at, still


def trouble_weights(world: World) -> Floats:
    """Weights of the kinds of cases: published shares of complaints where there are any."""
    published = Published.complaints()
    return np.array(
        [
            published[about["published"]] if "published" in about else about["weight"]
            for about in world.work["troubles"].values()
        ]
    )
