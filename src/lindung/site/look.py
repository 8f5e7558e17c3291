"""What the page frames say: the rail's places, clocks in words, the age of a fact.

Templates reach these through ``{% load look %}``; nothing here queries.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

# A clock is "far past" or "soon" within this many days; a reading aid, not a rule of law.
NEAR_DAYS = 7


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the desk's rail.

    Attributes:
        path: where it is; a place whose path no page answers is not shown.
        key: the letter after ``g`` that goes there.
        kinds: kinds of actor who have it; empty for every official.
    """

    path: str
    label: Promise
    key: str
    kinds: frozenset[str] = frozenset()


# Our own officials; the other country's have the exchange and the law.
_OURS = frozenset({"post", "office", "agency", "ministry"})
PLACES = (
    Place("/", gettext_lazy("Beranda"), "b", _OURS),
    Place("/antrean/", gettext_lazy("Antrean"), "a", _OURS),
    Place("/pekerja/", pgettext_lazy("menu", "Pekerja"), "p", _OURS),
    Place(
        "/kotak-masuk/", gettext_lazy("Kotak masuk"), "m", frozenset({"post", "office", "ministry"})
    ),
    Place("/kontrak/", pgettext_lazy("menu", "Kontrak"), "k", _OURS),
    Place(
        "/perekrutan/", gettext_lazy("Perekrutan"), "e", frozenset({"post", "agency", "ministry"})
    ),
    Place(
        "/orientasi/", gettext_lazy("Orientasi"), "o", frozenset({"office", "agency", "ministry"})
    ),
    Place(
        "/daftar-masuk/",
        gettext_lazy("Daftar masuk"),
        "d",
        frozenset({"office", "agency", "ministry"}),
    ),
    Place(
        "/biaya/",
        pgettext_lazy("menu", "Biaya"),
        "i",
        frozenset({"post", "office", "agency", "ministry"}),
    ),
    Place("/kasus/", pgettext_lazy("menu", "Kasus"), "s", frozenset({"post", "ministry"})),
    Place("/peringatan/", gettext_lazy("Peringatan dini"), "l", frozenset({"post", "ministry"})),
    Place("/kejadian/", gettext_lazy("Kejadian"), "j", frozenset({"post", "office", "ministry"})),
    Place("/kejadian/kewajiban/", gettext_lazy("Kewajiban"), "w", frozenset({"agency"})),
    Place("/kunjungan/", gettext_lazy("Kunjungan"), "v", frozenset({"post", "ministry"})),
    Place("/rumah-aman/", gettext_lazy("Rumah aman"), "z", frozenset({"post"})),
    Place("/peta/", gettext_lazy("Peta kerapatan"), "x", frozenset({"post", "ministry"})),
    Place("/neraca/", gettext_lazy("Neraca"), "n", frozenset({"post", "ministry"})),
    Place("/piket/", gettext_lazy("Piket"), "y", frozenset({"post", "ministry"})),
    Place("/pihak/", pgettext_lazy("menu", "Pihak"), "h", _OURS),
    Place(
        "/data-pribadi/",
        gettext_lazy("Data pribadi"),
        "q",
        frozenset({"post", "office", "ministry"}),
    ),
    Place("/krisis/", gettext_lazy("Ruang krisis"), "r", frozenset({"post", "ministry"})),
    Place(
        "/pertukaran/",
        gettext_lazy("Pertukaran data"),
        "t",
        frozenset({"post", "ministry", "partner"}),
    ),
    Place("/peraturan/", gettext_lazy("Peraturan"), "u"),
)


@lru_cache(maxsize=64)
def answered(path: str) -> bool:
    """True where a page answers this path."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def is_current(place: Place, path: str) -> bool:
    """True while the page at ``path`` lies inside this place."""
    return path == "/" if place.path == "/" else path.startswith(place.path)


@dataclass(frozen=True, slots=True)
class ClockFace:
    """A clock as people read it: words, a tone of colour, and which group it belongs to."""

    words: str
    tone: str
    group: str

    @property
    def css(self) -> str:
        """Class of a clock that is far past its time."""
        return "clock clock-late-far" if self.group == "late-far" else "clock"


def clock_face(days: int) -> ClockFace:
    """Words, tone and group of a clock that is due in ``days`` whole days (negative: past)."""
    if days < 0:
        late = -days
        words = ngettext("Lewat %(days)d hari", "Lewat %(days)d hari", late) % {"days": late}
        return ClockFace(words, "merah", "late-far" if late > NEAR_DAYS else "late")
    if days == 0:
        return ClockFace(_("Hari ini"), "kunyit", "soon")
    words = ngettext("%(days)d hari lagi", "%(days)d hari lagi", days) % {"days": days}
    near = days <= NEAR_DAYS
    return ClockFace(words, "kunyit" if near else "abu", "soon" if near else "later")


def days_ago(days: int) -> str:
    """How long ago, in words, for a fact confirmed ``days`` whole days ago."""
    if days == 0:
        return _("hari ini")
    if days == 1:
        return _("kemarin")
    return ngettext("%(days)d hari lalu", "%(days)d hari lalu", days) % {"days": days}
