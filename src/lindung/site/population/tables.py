"""Which columns of which tables a made-up life fills. The only place that knows the column lists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from lindung.kernel.identifiers import Kind
from lindung.kernel.secrets import Keyring, Sealed
from lindung.placement.contract_forms import form as contract_form
from lindung.placement.terms import packed
from lindung.site.population import copying as wire
from lindung.site.population.copying import NONE, Column, Piece
from lindung.site.population.draws import Bytes, Flags, Ints, Words, digits, ids, plain, stream
from lindung.site.population.lives import (
    AFTER,
    ARRIVED,
    AUTHORISED,
    CLEARED,
    CONTRACTED,
    DEPARTED,
    DURING,
    ENDED,
    OFFERED,
    STAGES,
    STATES,
    Lives,
)
from lindung.site.population.world import World

_DAY = 86400
_PASSPORT_DAYS = 3652


@dataclass(frozen=True)
class Rows:
    """Rows of one table, column by column."""

    table: str
    count: int
    columns: dict[str, Column]

    def encoded(self) -> bytes:
        """As binary COPY has them, without header and trailer."""
        return wire.encode(list(self.columns.values()), self.count)


@dataclass(frozen=True)
class Extent:
    """How much is told of each life beside its core, and who lives it."""

    cases: float = 0.06
    check_ins: float = 4.0
    earlier: float = 0.5


SIGNED = (CONTRACTED, AUTHORISED, CLEARED, DEPARTED, ARRIVED, ENDED)

CORE = (
    "registry_worker",
    "registry_workerstate",
    "registry_identifier",
    "registry_workertoken",
    "placement_placement",
    "placement_contract",
    "placement_contractterms",
)
HISTORIES = (
    "registry_employer",
    "placement_placement",
    "registry_identifier",
    "monitoring_employment",
    "monitoring_checkin",
    "protection_complaint",
    "protection_case",
    "reintegration_return",
)


class _Writer:
    """Turns one batch of lives into rows; constants are laid out once."""

    def __init__(self, world: World, lives: Lives) -> None:
        self.world, self.lives, self.size = world, lives, lives.size
        table, work = world.joint, world.work
        self.countries = np.array([code.encode() for code in table.countries])
        about = list(work["occupations"].values())
        self.sectors = np.array([a["law_sector"].encode() for a in about])
        self.works = np.array([a["work"].encode() for a in about])
        self.isco = np.array([a["isco"].encode() for a in about])
        self.informal = np.array([a["sector"] == "informal" for a in about])
        self.current = lives.stage != AFTER
        self.numbers = digits(lives.index + 1, 8)

    # -- columns shared by many tables

    def scope(self, rows: Flags | Ints, *, of_person: bool) -> dict[str, Column]:
        """The four scope columns for the chosen people; of a person only while a placement is."""
        lives = self.lives
        here = self.current[rows] if of_person else np.ones(len(lives.post[rows]), np.bool_)
        post, agency = lives.post[rows], lives.agency[rows]
        country = np.where(here, self.countries[lives.country[rows]], b"")
        count = len(post)
        return {
            "post_id": wire.numbers(post, "i2", (post == 0) | ~here),
            "agency_id": wire.fixed(self.world.agencies.ids[agency], (agency < 0) | ~here),
            "region": wire.text(count, self.world.regencies[lives.regency[rows]]),
            "country": wire.text(count, country),
        }

    def dest_region(self, town: Ints) -> Words:
        """Region of a town abroad, empty for none."""
        regions = self.world.places.regions
        return np.where(town >= 0, regions[np.maximum(town, 0)], b"")

    def employers(self, rows: Flags | Ints) -> tuple[Bytes, Words]:
        """Ids and names of the employers: firms, or a household of the worker's own."""
        lives, world = self.lives, self.world
        firm = lives.firm[rows]
        names = np.array([name.encode() for name in world.firms.names])
        family = self._households(rows)
        found = np.where(firm[:, None] >= 0, world.firms.ids[firm], lives.household[rows])
        return found, np.where(firm >= 0, names[firm], family)

    def _households(self, rows: Flags | Ints) -> Words:
        rng = stream(self.world.seed, self.lives.batch, "households")
        chosen = rng.random(self.size)[rows]
        work = self.world.work
        lists = [
            work["households"].get(c, work["household_elsewhere"])
            for c in self.world.joint.countries
        ]
        longest = max(map(len, lists))
        table = np.array(
            [[names[n % len(names)].encode() for n in range(longest)] for names in lists]
        )
        country = self.lives.country[rows]
        return np.char.add(
            np.char.add(b"Keluarga ", table[country, (chosen * longest).astype(np.int64)]),
            b" (contoh)",
        )

    # -- the core

    def worker(self) -> Rows:
        lives, world, size = self.lives, self.world, self.size
        given, second, third, family = lives.name
        several = (second >= 0) | (third >= 0) | (family >= 0)
        columns = self.scope(np.arange(size), of_person=True) | {
            "id": wire.fixed(lives.ids),
            "public_number": wire.text(size, b"PMI-D", self.numbers),
            "full_name": wire.text(
                size, self.word(given), *self._more_words((second, third, family))
            ),
            "call_name": wire.text(size, np.where(several, self.word(given), b"")),
            "sex": wire.text(size, np.array([b"F", b"M"])[lives.sex]),
            "birth_date": wire.days(lives.born),
            "birth_place": wire.text(
                size, np.array([name.encode() for name in world.regency_names])[lives.regency]
            ),
            "language": wire.text(size, b"id"),
            "is_demo": wire.flags(np.ones(size, np.bool_)),
            "version": wire.numbers(np.ones(size, np.int64), "i4"),
            "created_at": wire.instants(lives.created),
        }
        return Rows("registry_worker", size, columns)

    def word(self, position: Ints) -> Words:
        """Words of names; empty for -1."""
        return np.where(position >= 0, self.world.names.words[position], b"")

    def _more_words(self, positions: tuple[Ints, ...]) -> Iterator[Piece]:
        for position in positions:
            yield np.where(position >= 0, b" ", b"")
            yield self.word(position)

    def state(self) -> Rows:
        lives, size = self.lives, self.size
        during = lives.stage == DURING
        employer, _ = self.employers(np.arange(size))
        confirmed = np.where(lives.seen != NONE, lives.seen // _DAY, lives.arrived)
        due = np.where(lives.seen != NONE, lives.seen // _DAY, lives.arrived) + self.every
        conditions = np.array([name.encode() for name in self.world.work["conditions"]])
        columns = self.scope(np.arange(size), of_person=True) | {
            "worker_id": wire.fixed(lives.ids),
            "stage": wire.text(size, STAGES[lives.stage]),
            "condition": wire.text(size, conditions[lives.condition]),
            "last_check_in_at": wire.instants(lives.seen),
            "check_in_due_on": wire.days(np.where(during & (lives.arrived != NONE), due, NONE)),
            "confirmed_on": wire.days(np.where(during, confirmed, NONE)),
            "employer_id": wire.fixed(employer, ~during),
            "dest_region": wire.text(size, np.where(during, self.dest_region(lives.town), b"")),
            "cell": wire.numbers(lives.cell, "i8", lives.cell == 0),
        }
        return Rows("registry_workerstate", size, columns)

    @property
    def every(self) -> int:
        """Days between two check-ins."""
        return int(self.world.work["check_in_days"])

    def identifiers(self, ring: Keyring) -> Rows:
        lives = self.lives
        rng = stream(self.world.seed, lives.batch, "identifiers")
        having = np.flatnonzero(lives.passport_from != NONE)
        everyone = np.arange(self.size)
        rows = np.concatenate((everyone, having))
        parts = (
            self._sealed(ring, Kind.NIK, lives.nik),
            self._sealed(ring, Kind.PASSPORT, lives.passport[having]),
        )
        start = np.concatenate((np.full(self.size, NONE), lives.passport_from[having]))
        masked = np.concatenate((_nik_masks(lives.nik), _masks(lives.passport[having], 1)))
        kinds = np.repeat(np.array([b"nik", b"passport"]), (self.size, len(having)))
        return self._identifier(rng, rows, kinds, parts, masked, start)

    def _sealed(self, ring: Keyring, kind: Kind, values: Words) -> list[Sealed]:
        return ring.seal_all(kind.value, values.astype(str).tolist(), repeatably=True)

    def _identifier(
        self,
        rng: np.random.Generator,
        rows: Ints,
        kinds: Words,
        parts: tuple[list[Sealed], ...],
        masked: Words,
        start: Ints,
    ) -> Rows:
        ciphers = np.array([one.cipher for part in parts for one in part])
        # Ciphers may end in a zero byte, which numpy's byte strings would drop: lengths are by kind.
        width = ciphers.dtype.itemsize
        matrix = np.frombuffer(
            b"".join(one.cipher.ljust(width, b"\0") for part in parts for one in part), np.uint8
        ).reshape(-1, width)
        length = np.array([len(one.cipher) for part in parts for one in part])
        kept = np.arange(width)[None, :] < length[:, None]
        blind = np.frombuffer(b"".join(one.blind for part in parts for one in part), np.uint8)
        count = len(rows)
        header = wire.numbers(length, "i4")[1]
        columns = self.scope(rows, of_person=True) | {
            "id": wire.fixed(ids(rng, self.lives.created[rows] * 1000)),
            "worker_id": wire.fixed(self.lives.ids[rows]),
            "kind": wire.text(count, kinds),
            "issuer": wire.text(count, self.world.work["origin"].encode()),
            "cipher": [header, (matrix, kept)],
            "blind": wire.fixed(blind.reshape(-1, 16)),
            "masked": wire.text(count, masked),
            "valid_from": wire.days(start),
            "valid_to": wire.days(np.where(start == NONE, NONE, start + _PASSPORT_DAYS)),
            "warning": wire.text(count, b""),
        }
        return Rows("registry_identifier", count, columns)

    def tokens(self) -> Rows:
        lives, names = self.lives, self.world.names
        found = np.concatenate(
            [np.where(part[:, None] >= 0, names.tokens[part], -1) for part in lives.name], axis=1
        )
        for column in range(1, found.shape[1]):
            repeated = (found[:, :column] == found[:, column : column + 1]).any(axis=1)
            found[repeated, column] = -1
        rows, columns_ = np.nonzero(found >= 0)
        columns = self.scope(rows, of_person=True)
        del columns["country"]
        columns |= {
            "worker_id": wire.fixed(lives.ids[rows]),
            "token": wire.text(len(rows), names.vocabulary[found[rows, columns_]]),
        }
        return Rows("registry_workertoken", len(rows), columns)

    def placement(self) -> Rows:
        lives, size = self.lives, self.size
        employer, named = self.employers(np.arange(size))
        known = np.isin(
            lives.state, (OFFERED, CONTRACTED, AUTHORISED, CLEARED, DEPARTED, ARRIVED, ENDED)
        )
        left = np.isin(lives.state, (DEPARTED, ARRIVED, ENDED))
        columns = self.scope(np.arange(size), of_person=False) | {
            "id": wire.fixed(lives.placement_ids),
            "worker_id": wire.fixed(lives.ids),
            "number": wire.text(size, b"PEN-D", self.numbers, b"-1"),
            "pathway": wire.text(size, *self._pathway(np.arange(size))),
            "scheme": wire.text(size, self._schemes(np.arange(size))),
            "sector": wire.text(size, self.sectors[lives.occupation]),
            "occupation": wire.text(size, self.isco[lives.occupation]),
            "state": wire.text(size, STATES[lives.state]),
            "employer_id": wire.fixed(employer, ~known),
            "employer_name": wire.text(size, np.where(known, named, b"")),
            "dest_region": wire.text(size, np.where(known, self.dest_region(lives.town), b"")),
            "opened_on": wire.days(lives.opened),
            "cleared_on": wire.days(np.where(left | (lives.state == CLEARED), lives.cleared, NONE)),
            "departed_on": wire.days(np.where(left, lives.departed, NONE)),
            "arrived_on": wire.days(lives.arrived),
            "ended_on": wire.days(lives.ended),
            "is_demo": wire.flags(np.ones(size, np.bool_)),
            "version": wire.numbers(np.ones(size, np.int64), "i4"),
        }
        return Rows("placement_placement", size, columns)

    def _schemes(self, rows: Ints) -> Words:
        """The destination's own name of a kind of placement, else the statistics'."""
        table, lives = self.world.joint, self.lives
        names = np.empty((len(table.countries), len(table.schemes), 2), object)
        for c, country in enumerate(table.countries):
            own = self.world.work["permits"].get(country, {})
            for s, scheme in enumerate(table.schemes):
                for at_home, sector in enumerate(("formal", "informal")):
                    names[c, s, at_home] = (own.get(scheme) or own.get(sector) or scheme).encode()
        within = self.informal[lives.occupation[rows]].astype(np.int64)
        found: Words = names.astype("S24")[lives.country[rows], lives.scheme[rows], within]
        return found

    def _pathway(self, rows: Ints) -> list[Piece]:
        lives, table = self.lives, self.world.joint
        schemes = np.array([name.lower().replace("_", "-").encode() for name in table.schemes])
        countries = np.array([code.lower().encode() for code in table.countries])
        at_home = np.where(self.informal[lives.occupation[rows]], b"-domestic", b"")
        return [schemes[lives.scheme[rows]], b"-", countries[lives.country[rows]], at_home]

    def contracts(self) -> Iterator[Rows]:
        """Contracts offered or signed; those on a destination's own form apart from the others."""
        lives, work = self.lives, self.world.work
        written = np.isin(lives.state, SIGNED) | (lives.state == OFFERED)
        formed = np.zeros(self.size, np.bool_)
        for code, form in work["forms"].items():
            here = lives.country == self.world.joint.countries.index(code)
            formed |= here
            yield from self._written(np.flatnonzero(written & here), form["name"], form["terms"])
        yield from self._written(np.flatnonzero(written & ~formed), "", work["contract"])

    def _written(self, rows: Ints, form: str, terms: str) -> Iterator[Rows]:
        yield self._contract(rows, form, terms)
        yield self._comparable(rows[self.lives.state[rows] != ENDED], form, terms)

    def _contract(self, rows: Ints, form: str, terms: str) -> Rows:
        lives, work, count = self.lives, self.world.work, len(rows)
        signed = np.isin(lives.state[rows], SIGNED)
        offered = np.minimum(lives.opened[rows] + 20, lives.on - 1)
        through = np.array([name in work["through_agency"] for name in self.world.joint.schemes])
        departed = lives.departed[rows]
        source = np.where(through[lives.scheme[rows]], b"agency", b"destination")
        country = self.countries[lives.country[rows]]
        columns = self.scope(rows, of_person=False) | {
            "id": wire.fixed(lives.contract_ids[rows]),
            "placement_id": wire.fixed(lives.placement_ids[rows]),
            "worker_id": wire.fixed(lives.ids[rows]),
            "number": wire.text(count, b"PK-D", self.numbers[rows], b"-1"),
            "offer_number": wire.text(count, b"DEMO-", country, b"-", self.numbers[rows]),
            "source": wire.text(count, source),
            "form": wire.text(count, form.encode()),
            "fields": wire.json(count, *self._terms(rows, terms)),
            "state": wire.text(count, np.where(signed, b"signed", b"offered")),
            "offered_on": wire.days(offered),
            "answer_by": wire.days(offered + 14),
            "checked_on": wire.days(np.where(signed, offered + 1, NONE)),
            "verdicts": wire.json(count, b"{}"),
            "judgements": wire.json(count, b"{}"),
            "signed_on": wire.days(np.where(signed, np.minimum(offered + 4, lives.on), NONE)),
            "starts_on": wire.days(np.where(departed == NONE, NONE, departed + 1)),
            "ends_on": wire.days(lives.ends[rows]),
            "reason": wire.text(count, b""),
            "is_demo": wire.flags(np.ones(count, np.bool_)),
            "version": wire.numbers(np.ones(count, np.int64), "i4"),
        }
        return Rows("placement_contract", count, columns)

    def _comparable(self, rows: Ints, form: str, terms: str) -> Rows:
        """What those contracts say in the words of the rules; of those that still bind."""
        lives, count = self.lives, len(rows)
        signed = np.isin(lives.state[rows], SIGNED)
        offered = np.minimum(lives.opened[rows] + 20, lives.on - 1)
        columns = self.scope(rows, of_person=False) | {
            "contract_id": wire.fixed(lives.contract_ids[rows]),
            "worker_id": wire.fixed(lives.ids[rows]),
            "live": wire.flags(np.ones(count, np.bool_)),
            "sector": wire.text(count, self.sectors[lives.occupation[rows]]),
            "scheme": wire.text(count, self._schemes(rows)),
            "occupation": wire.text(count, self.isco[lives.occupation[rows]]),
            "dest_region": wire.text(count, self.dest_region(lives.town[rows])),
            "signed_on": wire.days(np.where(signed, np.minimum(offered + 4, lives.on), NONE)),
            "ends_on": wire.days(lives.ends[rows]),
            "stated": wire.json(count, *self._terms(rows, _stated(form, terms))),
        }
        return Rows("placement_contractterms", count, columns)

    def _terms(self, rows: Ints, template: str) -> list[Piece]:
        """The contract's text, put together from a template in the data."""
        lives, work = self.lives, self.world.work
        table = self.world.joint
        rng = stream(self.world.seed, lives.batch, "contracts")
        chance = rng.random((4, self.size))[:, rows]
        informal = self.informal[lives.occupation[rows]]
        weekly = {kind: np.array(hours) for kind, hours in work["weekly_hours"].items()}
        third = (chance[0] * 3).astype(np.int64)
        about = [work["destinations"].get(c, work["elsewhere"]) for c in table.countries]
        low, high = work["fees"]
        fee = low + ((high - low) * chance[2]).astype(np.int64)
        values: dict[str, Words] = {
            "months": plain(np.array([a["months"] for a in about]))[lives.country[rows]],
            "sector": self.sectors[lives.occupation[rows]],
            "work": self.works[lives.occupation[rows]],
            "weekly": plain(np.where(informal, weekly["informal"][third], weekly["formal"][third])),
            "wage": plain(lives.wage[rows]),
            "currency": np.array([a["currency"].encode() for a in about])[lives.country[rows]],
            "method": np.where(chance[3] < 0.8, b"bank_transfer", b"in_person"),
            "keeper": np.where(chance[2] < work["passport_kept"], b"employer", b"worker"),
            "fee": plain(np.where(chance[1] < work["overcharged"], fee, 0)),
            "employer": self.employers(rows)[1],
            "region": self.dest_region(lives.town[rows]),
        }
        parts = enumerate(re.split(r"\$(\w+)", template.strip()))
        return [values[part] if place % 2 else part.encode() for place, part in parts]

    # -- the histories

    def employer(self) -> Rows:
        """The households of this batch; with the first batch the firms of everybody."""
        lives, world = self.lives, self.world
        rows = np.flatnonzero((lives.firm < 0) & (lives.state >= OFFERED) & (lives.state <= ENDED))
        count, firms = len(rows), world.firms
        found, named = self.employers(rows)
        columns = self.scope(rows, of_person=False)
        columns["agency_id"] = wire.fixed(found, np.ones(count, np.bool_))
        columns["region"] = wire.text(count, b"")
        columns |= self._company(
            found, np.char.add(b"PK-DR", self.numbers[rows]), named, b"household",
            self.sectors[lives.occupation[rows]], self.dest_region(lives.town[rows]),
        )  # fmt: skip
        if lives.batch:
            return Rows("registry_employer", count, columns)
        more = len(firms.names)
        post = np.where(
            firms.town >= 0,
            world.post_of_town[np.maximum(firms.town, 0)],
            world.post_of_country[firms.country],
        )
        extra = {
            "post_id": wire.numbers(post, "i2", post == 0),
            "agency_id": wire.fixed(firms.ids, np.ones(more, np.bool_)),
            "region": wire.text(more, b""),
            "country": wire.text(more, self.countries[firms.country]),
        } | self._company(
            firms.ids,
            firms.numbers,
            np.array([name.encode() for name in firms.names]),
            b"company",
            np.array([sector.encode() for sector in firms.sector]),
            np.array([region.encode() for region in firms.region]),
        )
        both = wire.encode(list(columns.values()), count) + wire.encode(list(extra.values()), more)
        return Ready("registry_employer", count + more, columns, both)

    def _company(
        self, ids_: Bytes, number: Words, name: Words, kind: bytes, sector: Words, region: Words
    ) -> dict[str, Column]:
        count = len(ids_)
        return {
            "id": wire.fixed(ids_),
            "number": wire.text(count, number),
            "name": wire.text(count, name),
            "kind": wire.text(count, kind),
            "sector": wire.text(count, sector),
            "dest_region": wire.text(count, region),
            "outside_number": wire.text(count, b""),
            "is_demo": wire.flags(np.ones(count, np.bool_)),
        }

    def earlier_placements(self, mean: float) -> Rows:
        """Placements before the present one, all of them over; the next follows a year or so later."""
        lives = self.lives
        rng = stream(self.world.seed, lives.batch, "earlier")
        many = rng.poisson(mean, self.size).clip(max=3)
        rows = np.repeat(np.arange(self.size), many)
        nth = np.arange(len(rows)) - np.repeat(np.cumsum(many) - many, many)
        count = len(rows)
        began = lives.opened[rows] - 900 * (nth + 1) - (rng.random(count) * 200).astype(np.int64)
        keep = began > lives.born[rows] + 19 * 365
        rows, nth, began = rows[keep], nth[keep], began[keep]
        count = len(rows)
        ended = began + 680 + (rng.random(count) * 100).astype(np.int64)
        columns = self.scope(rows, of_person=False) | {
            "id": wire.fixed(ids(rng, began * _DAY * 1000)),
            "worker_id": wire.fixed(lives.ids[rows]),
            "number": wire.text(count, b"PEN-D", self.numbers[rows], b"-", plain(nth + 2)),
            "pathway": wire.text(count, *self._pathway(rows)),
            "scheme": wire.text(count, self._schemes(rows)),
            "sector": wire.text(count, self.sectors[lives.occupation[rows]]),
            "occupation": wire.text(count, self.isco[lives.occupation[rows]]),
            "state": wire.text(count, STATES[ENDED]),
            "employer_id": wire.fixed(lives.household[rows], np.ones(count, np.bool_)),
            "employer_name": wire.text(count, b""),
            "dest_region": wire.text(count, self.dest_region(lives.town[rows])),
            "opened_on": wire.days(began - 90),
            "cleared_on": wire.days(began - 7),
            "departed_on": wire.days(began),
            "arrived_on": wire.days(began),
            "ended_on": wire.days(ended),
            "is_demo": wire.flags(np.ones(count, np.bool_)),
            "version": wire.numbers(np.ones(count, np.int64), "i4"),
        }
        return Rows("placement_placement", count, columns)

    def phones(self, ring: Keyring) -> Rows:
        rng = stream(self.world.seed, self.lives.batch, "phones")
        numbers = self.lives.phones()
        kinds = np.full(self.size, b"phone")
        nothing = np.full(self.size, NONE)
        parts = (self._sealed(ring, Kind.PHONE, numbers),)
        return self._identifier(
            rng, np.arange(self.size), kinds, parts, _masks(numbers, 3), nothing
        )

    def employment(self) -> Rows:
        lives = self.lives
        rows = np.flatnonzero(lives.arrived != NONE)
        rng = stream(self.world.seed, lives.batch, "employments")
        employer, named = self.employers(rows)
        count = len(rows)
        confirmed = np.where(
            lives.seen[rows] != NONE, lives.seen[rows] // _DAY, lives.arrived[rows]
        )
        columns = self.scope(rows, of_person=False) | {
            "id": wire.fixed(ids(rng, lives.arrived[rows] * _DAY * 1000)),
            "worker_id": wire.fixed(lives.ids[rows]),
            "placement_id": wire.fixed(lives.placement_ids[rows]),
            "employer_id": wire.fixed(employer),
            "employer_name": wire.text(count, named),
            "dest_region": wire.text(count, self.dest_region(lives.town[rows])),
            "began_on": wire.days(lives.arrived[rows]),
            "ended_on": wire.days(
                np.where(
                    lives.ended[rows] == NONE,
                    NONE,
                    np.maximum(lives.ended[rows], lives.arrived[rows]),
                )
            ),
            "end_reason": wire.text(count, b""),
            "source": wire.text(count, b"destination"),
            "confirmed_on": wire.days(confirmed),
        }
        return Rows("monitoring_employment", count, columns)

    def check_ins(self, mean: float) -> Rows:
        """Check-ins before the last one, evenly over the stay, and the last itself."""
        lives = self.lives
        rng = stream(self.world.seed, lives.batch, "check-ins")
        spoke = lives.seen != NONE
        many = np.where(
            spoke, 1 + rng.poisson(max(0.0, mean / max(spoke.mean(), 0.01) - 1), self.size), 0
        )
        rows = np.repeat(np.arange(self.size), many)
        nth = np.arange(len(rows)) - np.repeat(np.cumsum(many) - many, many)
        count = len(rows)
        began = lives.arrived[rows] * _DAY + _DAY // 2
        part = np.where(nth == 0, 1.0, rng.random(count))
        at = (began + part * (lives.seen[rows] - began)).astype(np.int64)
        names = list(self.world.work["conditions"])
        conditions = np.array([name.encode() for name in names])
        good = names.index("good")
        condition = np.where((nth == 0) | (rng.random(count) < 0.1), lives.condition[rows], good)
        columns = self.scope(rows, of_person=True) | {
            "id": wire.fixed(ids(rng, at * 1000)),
            "worker_id": wire.fixed(lives.ids[rows]),
            "at": wire.instants(at),
            "condition": wire.text(count, conditions[condition]),
            "words": wire.text(count, b""),
            "channel": wire.text(
                count,
                np.array([b"web", b"whatsapp", b"sms"])[
                    (rng.random(count) ** 2 * 3).astype(np.int64)
                ],
            ),
            "cell": wire.numbers(lives.cell[rows], "i8", lives.cell[rows] == 0),
        }
        return Rows("monitoring_checkin", count, columns)

    def cases(self) -> tuple[Rows, Rows]:
        """Complaints and the cases opened on them."""
        lives, work = self.lives, self.world.work
        rng = stream(self.world.seed, lives.batch, "cases")
        rows = np.flatnonzero(lives.trouble >= 0)
        count = len(rows)
        at, still = lives.trouble_at[rows], lives.trouble_open[rows]
        complaint_ids = ids(rng, at * 1000)
        kinds = list(work["troubles"])
        said = np.array([work["complaints"][kind].encode() for kind in kinds])[lives.trouble[rows]]
        age = np.where(still, lives.on * _DAY - at, 0)
        stage = np.where(age < 3 * _DAY, 0, np.where(age < 10 * _DAY, 1, 2)) + (
            rng.random(count) < 0.08
        )
        states = np.array([b"received", b"understood", b"handling", b"outcome"])
        answered = at + (rng.random(count) * 3 * _DAY).astype(np.int64)
        waiting = still & (stage == 0)
        closed = np.minimum(
            at + ((3 + rng.exponential(30, count)) * _DAY).astype(np.int64), lives.on * _DAY - 600
        )
        scope = self.scope(rows, of_person=False)
        complaints = Rows(
            "protection_complaint",
            count,
            scope
            | {
                "id": wire.fixed(complaint_ids),
                "worker_id": wire.fixed(lives.ids[rows]),
                "at": wire.instants(at),
                "words": wire.text(count, said),
                "channel": wire.text(count, b"web"),
                "language": wire.text(count, b"id"),
            },
        )
        cases = Rows(
            "protection_case",
            count,
            scope
            | {
                "id": wire.fixed(ids(rng, at * 1000 + 1)),
                "number": wire.text(count, b"KAS-D", self.numbers[rows], b"-1"),
                "worker_id": wire.fixed(lives.ids[rows]),
                "complaint_id": wire.fixed(complaint_ids),
                "kind": wire.text(
                    count, np.array([k.encode() for k in kinds])[lives.trouble[rows]]
                ),
                "state": wire.text(count, np.where(still, states[stage], b"confirmed")),
                "owner_id": wire.fixed(complaint_ids, np.ones(count, np.bool_)),
                "owner_name": wire.text(count, b""),
                "opened_at": wire.instants(at),
                "answer_due_at": wire.instants(at + 3 * _DAY),
                "answered_at": wire.instants(np.where(waiting, NONE, answered)),
                "due_at": wire.instants(at + (14 + 60 * (stage > 1)) * _DAY),
                "outcome": wire.text(count, np.where(still, b"", b"Selesai (contoh).")),
                "closed_at": wire.instants(np.where(still, NONE, closed)),
                "is_demo": wire.flags(np.ones(count, np.bool_)),
                "version": wire.numbers(np.ones(count, np.int64), "i4"),
            },
        )
        return complaints, cases

    def returns(self) -> Rows:
        lives = self.lives
        rows = np.flatnonzero((lives.stage == AFTER) & (lives.ended != NONE))
        rng = stream(self.world.seed, lives.batch, "returns")
        count = len(rows)
        early = lives.ended[rows] < lives.ends[rows]
        reason = np.where(lives.trouble[rows] >= 0, b"trouble", b"own_wish")
        columns = self.scope(rows, of_person=True) | {
            "id": wire.fixed(ids(rng, lives.ended[rows] * _DAY * 1000)),
            "worker_id": wire.fixed(lives.ids[rows]),
            "placement_id": wire.fixed(lives.placement_ids[rows]),
            "on": wire.days(np.minimum(lives.ended[rows] + 1, lives.on)),
            "reason": wire.text(count, np.where(early, reason, b"contract_ended")),
            "source": wire.text(count, b"destination"),
        }
        return Rows("reintegration_return", count, columns)


@dataclass(frozen=True)
class Ready(Rows):
    """Rows that were encoded already."""

    bytes_: bytes = b""

    def encoded(self) -> bytes:
        """Those bytes."""
        return self.bytes_


def core(world: World, lives: Lives, ring: Keyring) -> Iterator[Rows]:
    """The rows of the core tables, one table after another."""
    writer = _Writer(world, lives)
    yield writer.worker()
    yield writer.state()
    yield writer.identifiers(ring)
    yield writer.tokens()
    yield writer.placement()
    yield from writer.contracts()


def histories(world: World, lives: Lives, ring: Keyring, extent: Extent) -> Iterator[Rows]:
    """The rows of everything else."""
    writer = _Writer(world, lives)
    yield writer.employer()
    yield writer.earlier_placements(extent.earlier)
    yield writer.phones(ring)
    yield writer.employment()
    yield writer.check_ins(extent.check_ins)
    yield from writer.cases()
    yield writer.returns()


# Words of a template that stand for numbers.
_NUMBERS = ("months", "weekly", "wage", "fee")


@cache
def _stated(form: str, template: str) -> str:
    """The template of what a contract's template says in the words of the rules.

    Read off one contract in which each word is a mark of its own: where the form's reading puts
    the mark, the word belongs.
    """
    words = sorted(set(re.findall(r"\$(\w+)", template)))
    marks = {
        word: str(900_000_001 + 2 * place) if word in _NUMBERS else f"zz{place}zz"
        for place, word in enumerate(words)
    }
    marked = re.sub(r"\$(\w+)", lambda found: marks[found[1]], template)
    said = json.dumps(packed(contract_form(form).stated(json.loads(marked))))
    for word, mark in marks.items():
        said = said.replace(mark, f"${word}")
    return said


def _nik_masks(niks: Words) -> Words:
    matrix = wire.matrix_of(niks).copy()
    matrix[:, 4:14] = ord("*")
    return matrix.view("S16").ravel()


def _masks(values: Words, shown: int) -> Words:
    """The first characters and the last two of values of one length."""
    matrix = wire.matrix_of(values).copy()
    matrix[:, shown:-2] = ord("*")
    return matrix.view(f"S{matrix.shape[1]}").ravel()
