"""What is said of a breach: to the person and to the authority (UU 27/2022 art. 46(2))."""

from __future__ import annotations

from django.db.models import Func

from lindung.outreach.templates import render
from lindung.privacy import schedule
from lindung.privacy.models import Affected, Breach

LANGUAGES = ("id", "en")
_AUTHORITY = {
    "id": """Kepada {authority}

Pemberitahuan kegagalan pelindungan data pribadi {number}
(UU 27/2022 Pasal 46)

Diketahui: {known}
Batas pemberitahuan: {due}
Data pribadi yang terungkap: {what}
Kapan: {when}
Bagaimana: {how}
Jumlah orang: {people}
Upaya penanganan dan pemulihan: {remedy}
""",
    "en": """To {authority}

Notice of a failure to protect personal data {number}
(Law 27/2022 art. 46)

Known since: {known}
Notice due by: {due}
Personal data disclosed: {what}
When: {when}
How: {how}
People concerned: {people}
What is done and restored: {remedy}
""",
}
_DRILL = {
    "id": "LATIHAN. Tidak ada kejadian sungguhan; surat ini tidak dikirim.\n\n",
    "en": "EXERCISE. Nothing has happened; this letter is not sent.\n\n",
}
_UNKNOWN = {"id": "perlu diperiksa", "en": "needs a check"}


def facts(breach: Breach, language: str, what: list[str]) -> dict[str, str]:
    """The places of the notice to a person."""
    seen = [schedule.seen_words(each, language) for each in what]
    return {
        "number": breach.number,
        "what": "; ".join(filter(None, seen)) or _UNKNOWN[language],
        "when": _span(breach),
        "how": breach.how,
        "remedy": breach.remedy,
    }


def to_person(breach: Breach, language: str) -> str:
    """The notice as a person in that language would read it, of everything that was touched."""
    words, _ = render("breach_notice", language, facts(breach, language, _touched(breach)))
    return (_DRILL[language] if breach.drill else "") + words


def to_authority(breach: Breach, language: str) -> str:
    """The letter to the authority."""
    said = _AUTHORITY[language].format(
        authority=schedule.authority(language),
        people=breach.people,
        known=f"{breach.known_at:%Y-%m-%d %H:%M} UTC",
        due=f"{breach.due_at:%Y-%m-%d %H:%M} UTC" if breach.due_at else _UNKNOWN[language],
        **facts(breach, language, _touched(breach)),
    )
    return (_DRILL[language] if breach.drill else "") + said


def _span(breach: Breach) -> str:
    return f"{breach.window_from:%Y-%m-%d %H:%M} – {breach.window_to:%Y-%m-%d %H:%M} UTC"


def _touched(breach: Breach) -> list[str]:
    apps = Affected.objects.filter(breach=breach).annotate(
        app=Func("what", function="jsonb_array_elements_text")
    )
    return sorted(set(apps.values_list("app", flat=True).distinct()))
