"""The corridors of an agency, as data: whom they need, what their contract says, what it said at first.

The figures of the papers are typed here, as a clerk types them; none is read from the law's files.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from playwright.sync_api import Locator

from tests.journeys.people import Official

# The employer signed on a day for which the rules tested here are confirmed, whenever this runs: what
# is lawless stays so, and what nobody has confirmed since is decided by a person.
SIGNED, WORK = date(2025, 12, 15), date(2025, 12, 29)
# Beside a service that has seen earlier lives, others of the same names and papers would not do.
TURN = str(int(time.time()))[-5:] if os.environ.get("LINDUNG_JOURNEY_URL") else ""
_LETTERS = "".join(chr(65 + int(each)) for each in TURN)
MOST_LOOKS = 30
# A list so long is gone through by its letters.
FAR = 8


# How many presses of Tab lie between the focus and the target, as far as a script can tell; of a group
# of radio buttons one is a stop, and one step is left for the looking.
_STEPS = """target => {
    const now = document.activeElement;
    if (now === target) return 0;
    const seen = new Set();
    const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
        .filter(e => e.tabIndex >= 0 && !e.disabled && e.checkVisibility())
        .filter(e => e === target || e === now || e.type !== 'radio'
            || !seen.has(e.name) && seen.add(e.name));
    const at = stops.indexOf(now), to = stops.indexOf(target);
    const behind = now && now !== document.body
        && now.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING;
    const far = at < 0 || to < 0 ? 1 : Math.max(1, Math.abs(to - at) - 1);
    return behind ? -far : far; }"""


@dataclass(frozen=True)
class Corridor:
    """One corridor: its people at the post, its employer, its candidate, its paper.

    Attributes:
        pathway, sector, country: as the desk shows them.
        wage: amount, currency and ``per`` as the order says them.
        terms: path of the form → what is typed; for a tick list several.
        lawless: path, what is typed first, the rule's title, and the words of law the panel names.
        form: words of the form's own title.
        unsourced: requirements whose basis nobody has read; an officer decides with a reason.
        months: length of the contract; the premium of social security goes by it.
    """

    key: str
    pathway: str
    sector: str
    country: str
    attache: str
    staff: str
    partner: str
    employer: str
    household: bool
    region: str
    wage: tuple[str, str]
    name: str
    sex: str
    passport: str
    phone: str
    form: str
    months: int
    premium: str
    terms: dict[str, Any]
    lawless: tuple[str, str, str, str]
    unsourced: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.key

    @property
    def mark(self) -> str:
        """What stands in the numbers of this corridor's papers."""
        return f"{self.key}{TURN}"


def named(name: str) -> str:
    """A name nobody else has here."""
    return " ".join(filter(None, (name, _LETTERS)))


def _parties(name: str, employer: str, **more: str) -> dict[str, Any]:
    return {
        "employer.name": employer,
        "employer.profile": "Terdaftar, satu pekerja asing sebelumnya",
        "employer.address": "Jalan Contoh 12",
        "worker.name": name,
        "worker.address": "Kabupaten Ponorogo",
        "worker.age_at_application": "28",
        "clauses.rights_and_duties": "Pasal 4",
        "clauses.social_security": "Pasal 8",
        "clauses.safety": "Pasal 9",
        **more,
    }


HONG_KONG = Corridor(
    key="hong-kong",
    pathway="Hong Kong lewat P3MI: pekerjaan rumah tangga",
    sector="pekerjaan rumah tangga",
    country="Hong Kong",
    attache="atase.hongkong",
    staff="staf.hongkong",
    partner=named("Kowloon Helpers Agency"),
    employer=named("Keluarga Chan Contoh"),
    household=True,
    region="",
    wage=("5100", "HKD"),
    name=named("Endang Puspitasari"),
    sex="perempuan",
    passport=f"C7{TURN or 11001}1",
    phone=f"+620007{TURN or 11001}1",
    form="ID 407",
    months=24,
    premium="332500",
    terms={
        **_parties(named("Endang Puspitasari"), named("Keluarga Chan Contoh")),
        "contract.begins": "arrival",
        "contract.months": "24",
        "duties.chores": "Membersihkan rumah dan memasak",
        "household.adults": "2",
        "lodging.provided": "yes",
        "wage.monthly_ordinary": "5100",
        "wage.payment_method": "cash",
        "wage.pay_within_days": "7",
        "food.provided": "yes",
        "rest.days_per_week": "1",
        "rest.public_holidays": "15",
        "leave.annual_days": "14",
        "deductions.total_percent": "10",
        "return.ticket": "yes",
        "return.daily_allowance": "100",
        "insurance.health": "yes",
        "insurance.industrial_accident": "yes",
        "fees.recruitment": "300",
        "termination.notice_months": "1",
        "documents.retention": "no",
        "documents.consular_authentication": "yes",
    },
    # Above the floor that ended on 29 September, below that of the day of signing.
    lawless=(
        "wage.monthly_ordinary",
        "5000",
        "Upah minimum pekerja rumah tangga asing",
        "Standard Employment Contract ID 407 clause 5(a)",
    ),
)
TAIWAN = Corridor(
    key="taiwan",
    pathway="Taiwan lewat P3MI: perawatan di rumah",
    sector="perawatan di rumah",
    country="Taiwan",
    attache="atase.taipei",
    staff="staf.taipei",
    partner=named("Formosa Manpower Contoh"),
    employer=named("Keluarga Lin Contoh"),
    household=True,
    region="TW-TPE",
    wage=("20000", "TWD"),
    name=named("Kartika Wulansari"),
    sex="perempuan",
    passport=f"C7{TURN or 22002}2",
    phone=f"+620007{TURN or 22002}2",
    form="perawat di rumah",
    months=36,
    premium="494500",
    terms={
        **_parties(named("Kartika Wulansari"), named("Keluarga Lin Contoh")),
        "job.description": "Merawat orang lanjut usia",
        "job.place": "Taipei",
        "contract.months": "36",
        "hours.daily_regular": "10",
        "rest.days_per_week": "1",
        "leave.annual_days": "7",
        "wage.monthly_ordinary": "20000",
        "wage.payment_method": "bank_with_proof",
        "food.provided": "yes",
        "lodging.provided": "yes",
        "clauses.facilities": "Pasal 7",
        "insurance.industrial_accident": "yes",
        "fees.placement": "0",
        "documents.wage_affidavit": "yes",
        "documents.retention": "no",
    },
    lawless=(
        "documents.retention",
        "yes",
        "PMI menguasai dokumen perjalanan",
        "UU 18/2017 tentang Pelindungan Pekerja Migran Indonesia 6(1)",
    ),
)
MALAYSIA = Corridor(
    key="malaysia",
    pathway="Malaysia lewat P3MI: perkebunan",
    sector="perkebunan",
    country="Malaysia",
    attache="atase.kualalumpur",
    staff="staf.kualalumpur",
    partner=named("Sabah Plantation Services Contoh"),
    employer=named("Ladang Contoh Sdn Bhd"),
    household=False,
    region="MY-12",
    wage=("1900", "MYR"),
    name=named("Bagus Setiawan"),
    sex="laki-laki",
    passport=f"C7{TURN or 33003}3",
    phone=f"+620007{TURN or 33003}3",
    form="perkebunan",
    months=24,
    premium="332500",
    terms={
        **_parties(named("Bagus Setiawan"), named("Ladang Contoh Sdn Bhd")),
        "employer.workers": "80",
        "job.description": "Panen sawit",
        "job.place": "Ladang Contoh, Sabah",
        "contract.months": "24",
        "contract.pass_months": "12",
        "work.days_per_week": "6",
        "hours.daily_regular": "7.5",
        "hours.weekly_regular": "45",
        "hours.daily_total": "11",
        "hours.monthly_overtime": "90",
        "rest.days_per_week": "1",
        "rest.public_holidays": "11",
        "leave.annual_days": "16",
        "leave.sick_days": "22",
        "wage.monthly_ordinary": "1900",
        "wage.payment_by_bank": "yes",
        "wage.pay_within_days": "7",
        "wage.overtime_premium_percent": "50",
        "wage.rest_day_rate_percent": "200",
        "wage.holiday_rate_percent": "300",
        "deductions.total_percent": "20",
        "deductions.lodging_amount": "50",
        "lodging.provided": "yes",
        "clauses.facilities": "Pasal 7",
        "documents.retention": "no",
        "insurance.industrial_accident": "1.25",
    },
    lawless=("hours.weekly_regular", "48", "Jam kerja per minggu", "Employment Act 1955 60A(1)(d)"),
    unsourced=("biomedical", "visa_confirmation"),
)
CORRIDORS = (HONG_KONG, TAIWAN, MALAYSIA)


class Clerk(Official):
    """An official without a mouse: Tab, letters, arrows, space and Enter, and nothing else."""

    def tabs_to(self, target: Locator) -> None:
        """Press Tab, or Shift and Tab where it stands before, until the target has the focus.

        Raises:
            AssertionError: it cannot be reached, or is reached without a visible mark.
        """
        for _ in range(MOST_LOOKS):
            steps = int(target.evaluate(_STEPS))
            if steps == 0:
                break
            for _ in range(abs(steps)):
                self.page.keyboard.press("Tab" if steps > 0 else "Shift+Tab")
        super().tabs_to(target)

    def presses(self, words: str, *, within: str = "main") -> None:
        """Reach a button by Tab and press Enter."""
        found = self.page.locator(within).get_by_role("button", name=words, exact=True)
        self.tabs_to(self._first(found))
        self.key("Enter", leads_on=True)

    def follows(self, words: str, *, within: str = "main") -> None:
        """Reach a link by Tab and press Enter."""
        self.tabs_to(self._first(self.page.locator(within).get_by_role("link", name=words)))
        self.key("Enter", leads_on=True)

    def unfolds(self, words: str) -> None:
        """Reach a folded part by Tab and open it."""
        self.tabs_to(self.page.locator("main summary", has_text=words).first)
        self.page.keyboard.press("Enter")

    def fills(self, label: str, value: str) -> None:
        """Reach a field by Tab and type; what stood there is overwritten."""
        self.types_in(self._field(label), value)

    def chooses(self, label: str, choice: str) -> None:
        """Reach a list by Tab and type what is chosen."""
        self.picks_in(self._field(label), choice)

    def types_in(self, field: Locator, value: str) -> None:
        """Type into a field; a day (YYYY-MM-DD) as its parts in the order of the browser."""
        self.tabs_to(field)
        if field.get_attribute("type") == "date":
            year, month, day = value.split("-")
            for order in (month + day + year, day + month + year):
                self.page.keyboard.type(order)
                if field.input_value() == value:
                    return
                for _ in range(3):
                    self.page.keyboard.press("ArrowLeft")
            raise AssertionError(f"{value} cannot be typed: {field.input_value()}")
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(value)
        assert field.input_value() == value, f"typed {value!r}, there is {field.input_value()!r}"

    def picks_in(self, field: Locator, choice: str, *, by: str = "label") -> None:
        """Choose from a list by the words (or the value): with arrows when near, else by letters."""
        self.tabs_to(field)
        now, wanted, letters = field.evaluate(
            """(e, [words, by]) => { const all = [...e.options];
                const at = all.findIndex(o => by === 'value' ? o.value === words
                    : o.label.trim().toLowerCase().includes(words.toLowerCase()));
                return [e.selectedIndex, at, at < 0 ? '' : all[at].label.trim()]; }""",
            [choice, by],
        )
        assert wanted >= 0, f"{choice!r} is not in {field}: {field.inner_text()[:400]}"
        if abs(wanted - now) > FAR:
            self.page.keyboard.type(letters)
        else:
            for _ in range(abs(wanted - now)):
                self.page.keyboard.press("ArrowDown" if wanted > now else "ArrowUp")
        chosen = field.evaluate("e => e.selectedIndex")
        assert chosen == wanted, f"{letters!r}: row {chosen} is chosen, not {wanted}"

    def ticks(self, box: Locator) -> None:
        """Reach a box by Tab and press space."""
        self.tabs_to(box)
        if not box.is_checked():
            self.page.keyboard.press("Space")
        assert box.is_checked()

    def opens(self, row: str) -> None:
        """Walk down a list with j to the row that says this, and open it with Enter."""
        found = self.page.locator("main [data-row]", has_text=row).first
        for _ in range(self.page.locator("main [data-row]").count()):
            self.page.keyboard.press("j")
            if found.evaluate("e => e.classList.contains('current')"):
                break
        self.key("Enter", leads_on=True)

    def finds(self, name: str) -> None:
        """Jump to the search with a slash, type the name, open the file."""
        self.page.evaluate("document.activeElement.blur()")
        self.page.keyboard.press("/")
        self.page.keyboard.type(name)
        self.key("Enter", leads_on=True)
        self.follows(name)
