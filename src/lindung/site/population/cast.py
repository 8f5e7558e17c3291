"""Posts, offices at home and recruiters: the few rows that every made-up life refers to."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from lindung.access.models import Jurisdiction, Office, Post
from lindung.reference.files import rows_of
from lindung.registry.lifecycles import LicenceState
from lindung.registry.models import Agency
from lindung.site.population.draws import stream
from lindung.site.population.shares import data
from lindung.site.population.world import World

_SERVES_SINCE = date(2020, 1, 1)
# Which recruiters' licences are in trouble, out of a hundred.
_LICENCES = (
    (LicenceState.VALID, 92),
    (LicenceState.WARNED, 3),
    (LicenceState.SUSPENDED, 2),
    (LicenceState.EXPIRED, 2),
    (LicenceState.REVOKED, 1),
)


def set_the_stage(world: World, *, on: date) -> dict[str, int]:
    """Write posts with their jurisdictions, offices and recruiters that are not there yet.

    Runs as the owner; can run again. Returns the number of rows wanted, by table.
    """
    posts = [_post(entry) for entry in world.posts]
    Post.objects.bulk_create(posts, ignore_conflicts=True)
    known = set(Jurisdiction.objects.values_list("post_id", "country", "region"))
    serves = [
        Jurisdiction(post_id=post, country=country, region=region, valid_from=_SERVES_SINCE)
        for post, country, region in _served(world)
        if (post, country, region) not in known
    ]
    Jurisdiction.objects.bulk_create(serves)
    offices = _offices()
    Office.objects.bulk_create(offices, ignore_conflicts=True)
    agencies = _agencies(world, on)
    Agency.objects.bulk_create(agencies, ignore_conflicts=True)
    return {
        "access_post": len(posts),
        "access_jurisdiction": len(list(_served(world))),
        "access_office": len(offices),
        "registry_agency": len(agencies),
    }


def _post(entry: dict[str, object]) -> Post:
    names = ("id", "code", "name", "country", "city", "timezone")
    return Post(**{name: entry[name] for name in names}, is_demo=True)


def _served(world: World) -> list[tuple[int, str, str]]:
    return [
        (post["id"], country, region)
        for post in world.posts
        for country in (post["country"], *post.get("also", []))
        for region in post.get("regions", [""])
    ]


def _offices() -> list[Office]:
    """A regional office for every province, a district office for every regency known to send many."""
    rows = list(rows_of("regions/id-regions.csv"))
    regencies = [row["code"] for row in rows if row["level"] != "province"]
    sending = data("origins")["regencies"]
    offices = [
        Office(
            code=f"BP3MI-{row['code']}",
            name=f"BP3MI {row['name']}",
            regions=[code for code in regencies if code.startswith(row["code"])],
            is_demo=True,
        )
        for row in rows
        if row["level"] == "province"
    ]
    offices += [
        Office(
            code=f"DISNAKER-{row['code']}",
            name=f"Dinas Tenaga Kerja {row['name']}",
            regions=[row["code"]],
            is_demo=True,
        )
        for row in rows
        if row["code"] in sending.get(row["code"][:2], {})
    ]
    return offices


def _agencies(world: World, on: date) -> list[Agency]:
    rng = stream(world.seed, 2, "world")
    states = [state for state, percent in _LICENCES for _ in range(percent)]
    found = []
    columns = zip(
        world.agencies.ids,
        world.agencies.numbers,
        world.agencies.names,
        world.agencies.region,
        strict=True,
    )
    for id_, number, name, region in columns:
        state = states[int(rng.integers(100))]
        ends = on + timedelta(days=int(rng.integers(30, 1700)))
        if state is LicenceState.EXPIRED:
            ends = on - timedelta(days=int(rng.integers(1, 300)))
        found.append(
            Agency(
                id=UUID(bytes=id_.tobytes()),
                number=number.decode(),
                name=name,
                region=region,
                licence_number=f"DEMO {number.decode()}",
                licence_state=state,
                licensed_from=ends - timedelta(days=1826),
                licensed_to=ends,
                is_demo=True,
            )
        )
    return found
