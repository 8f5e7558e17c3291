"""Verdicts and values in words of the active language. The codes stay in the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from lindung.regulations.shapes import Bilingual, number

# Why a rule needs a check, or how a comparison ended. Codes are kept with decisions: never reuse.
REASONS: Mapping[str, str] = {
    "meets": gettext_noop("Sesuai dengan peraturan."),
    "no_duty": gettext_noop("Peraturan tidak mewajibkan ini."),
    "below_minimum": gettext_noop("Di bawah batas terendah."),
    "above_maximum": gettext_noop("Di atas batas tertinggi."),
    "not_equal": gettext_noop("Berbeda dari yang ditetapkan."),
    "missing_required": gettext_noop("Yang wajib ada ternyata tidak ada."),
    "missing_items": gettext_noop("Sebagian isi wajib tidak ada."),
    "prohibited": gettext_noop("Ini dilarang."),
    "unknown_value": gettext_noop("Nilai yang berlaku tidak diketahui."),
    "not_confirmed_after": gettext_noop("Nilai ini belum dipastikan untuk hari itu."),
    "never_confirmed": gettext_noop("Nilai ini belum pernah dipastikan."),
    "before_first_row": gettext_noop("Nilai untuk hari sebelum catatan pertama tidak diketahui."),
    "announced_only": gettext_noop("Peraturan ini baru diumumkan, belum berlaku."),
    "ended": gettext_noop("Nilai ini sudah berakhir; penggantinya tidak diketahui."),
    "low_confidence": gettext_noop("Sumber nilai ini lemah."),
    "words": gettext_noop("Peraturan ini berupa kalimat yang harus dibaca orang."),
    "not_tested": gettext_noop("Peraturan ini hanya keterangan dan tidak diuji."),
    "excepted": gettext_noop("Pekerjaan ini dikecualikan dari peraturan."),
    "exception_possible": gettext_noop("Mungkin ada pengecualian yang harus dibaca orang."),
    "condition_unknown": gettext_noop(
        "Belum diketahui apakah syarat berlakunya peraturan terpenuhi."
    ),
    "note_narrows": gettext_noop("Ada catatan yang mempersempit peraturan ini."),
    "occupation_missing": gettext_noop("Jabatan belum disebutkan."),
    "region_missing": gettext_noop("Wilayah tempat kerja belum disebutkan."),
    "tier_unclear": gettext_noop("Belum jelas tingkat mana yang berlaku."),
    "unit_mismatch": gettext_noop("Satuan nilai berbeda dari satuan peraturan."),
    "amount_missing": gettext_noop("Jumlahnya belum disebutkan."),
    "other_amount": gettext_noop("Jumlahnya lain dari yang tertulis di peraturan."),
    "items_unclear": gettext_noop("Belum jelas apakah isi yang tidak ada itu wajib di sini."),
    "approximate": gettext_noop("Nilai ini perkiraan dan belum membuktikan pelanggaran."),
}

CURES: Mapping[str, str] = {
    "raise_to": gettext_noop("Naikkan menjadi sedikitnya %(target)s (tambah %(by)s)."),
    "lower_to": gettext_noop("Turunkan menjadi paling banyak %(target)s (kurangi %(by)s)."),
    "set_to": gettext_noop("Ubah menjadi %(target)s."),
    "provide": gettext_noop("Sediakan, lalu tulis dalam kontrak."),
    "remove": gettext_noop("Hapus dari kontrak."),
    "add_items": gettext_noop("Tambahkan: %(items)s."),
    "confirm_value": gettext_noop(
        "Pastikan nilai yang berlaku pada hari itu, lalu catat sebagai baris baru."
    ),
    "read_exception": gettext_noop("Baca pengecualiannya, lalu putuskan dengan alasan."),
    "state_fact": gettext_noop("Lengkapi keterangan yang kurang: %(fact)s."),
    "read_words": gettext_noop("Baca peraturannya, lalu putuskan dengan alasan."),
    "choose_tier": gettext_noop("Tentukan tingkat yang berlaku, lalu bandingkan."),
}

# Singular names of what is counted; numbers stand before them.
MEASURES: Mapping[str, str] = {
    "hours": gettext_noop("jam"),
    "days": gettext_noop("hari"),
    "working_days": gettext_noop("hari kerja"),
    "weeks": gettext_noop("minggu"),
    "months": gettext_noop("bulan"),
    "years": gettext_noop("tahun"),
    "minutes": gettext_noop("menit"),
    "age_years": gettext_noop("tahun (usia)"),
    "percent": gettext_noop("persen"),
    "percent_of_wage": gettext_noop("persen dari upah"),
    "months_of_wage": gettext_noop("bulan upah"),
    "days_of_basic_wage": gettext_noop("hari upah pokok"),
    "days_of_average_wage": gettext_noop("hari upah rata-rata"),
    "fraction_of_monthly_wage": gettext_noop("bagian dari upah bulanan"),
    "times": gettext_noop("kali"),
    "square_metres": gettext_noop("meter persegi"),
    "occupations": gettext_noop("jabatan"),
}

# The other half of a unit: "40 hours per week".
PERIODS: Mapping[str, str] = {
    "hour": gettext_noop("per jam"),
    "day": gettext_noop("per hari"),
    "week": gettext_noop("per minggu"),
    "3_weeks": gettext_noop("per 3 minggu"),
    "4_weeks": gettext_noop("per 4 minggu"),
    "month": gettext_noop("per bulan"),
    "year": gettext_noop("per tahun"),
    "once": gettext_noop("sekali"),
}

RULES: Mapping[str, str] = {
    "minimum": gettext_noop("paling sedikit"),
    "maximum": gettext_noop("paling banyak"),
    "exact": gettext_noop("tepat"),
    "required": gettext_noop("wajib"),
    "prohibited": gettext_noop("dilarang"),
    "informative": gettext_noop("keterangan"),
}
CONFIDENCES: Mapping[str, str] = {
    "high": gettext_noop("keyakinan tinggi"),
    "medium": gettext_noop("keyakinan sedang"),
    "low": gettext_noop("keyakinan rendah"),
}
KINDS: Mapping[str, str] = {
    "law_text": gettext_noop("teks hukum"),
    "official": gettext_noop("sumber resmi"),
    "news": gettext_noop("berita"),
    "secondary": gettext_noop("sumber sekunder"),
    "ngo": gettext_noop("lembaga masyarakat"),
    "own_knowledge": gettext_noop("pengetahuan penyusun, tidak dicek pada sumber"),
    "none": gettext_noop("tanpa sumber"),
}
STATUSES: Mapping[str, str] = {
    "in_force": gettext_noop("tercatat berlaku"),
    "announced": gettext_noop("diumumkan"),
    "unknown": gettext_noop("tidak diketahui"),
    "none": gettext_noop("tidak ada nilai"),
}


def language() -> str:
    """The active language as far as the law's files know it: ``en`` or ``id``."""
    return "en" if (get_language() or "id").startswith("en") else "id"


def pick(text: Bilingual) -> str:
    """A bilingual text in the active language."""
    return text.en if language() == "en" else text.id


def _locale() -> str:
    return "en_GB" if language() == "en" else "id"


def shown_day(day: date | None) -> str:
    """A day as people write it; a dash where there is none."""
    return format_date(day, "medium", locale=_locale()) if day else "–"


def shown_unit(unit: str) -> str:
    """A unit in words, without its currency: ``per bulan``, ``jam per minggu``."""
    measure, _stroke, per = unit.partition("/")
    words = [] if measure.isupper() and len(measure) == 3 else [named(MEASURES, measure)]
    if measure in ("code", "boolean"):
        words = []
    if per:
        words.append(named(PERIODS, per))
    return " ".join(words)


def named(names: Mapping[str, str], code: str) -> str:
    """A code of one of the tables above in words; an unknown one stays readable."""
    return _(names[code]) if code in names else code.replace("_", " ")


def shown_value(value: Any, unit: str) -> str:
    """A value of law with its unit: ``Rp37.500 sekali``, ``40 jam per minggu``, ``ya``."""
    if value is None:
        return _("tidak diketahui")
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    amount = number(value)
    if amount is None and isinstance(value, str) and unit not in ("code", "boolean"):
        amount = _as_number(value)
    if amount is not None:
        return f"{_counted(amount, unit)} {shown_unit(unit)}".strip()
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], dict):
            return "; ".join(shown_tier(tier) for tier in value)
        return ", ".join(str(each).replace("_", " ") for each in value)
    if isinstance(value, dict):
        return shown_tier(value)
    return str(value).replace("_", " ")


def _as_number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:
        return None


def _counted(amount: Decimal, unit: str) -> str:
    measure = unit.partition("/")[0]
    if len(measure) == 3 and measure.isupper():
        whole = amount == amount.to_integral_value()
        text = format_currency(
            amount,
            measure,
            "¤#,##0" if whole else "¤#,##0.00",
            locale=_locale(),
            currency_digits=False,
        )
        return str(text)
    return str(format_decimal(amount, "#,##0.####", locale=_locale()))


def shown_tier(tier: Mapping[str, Any]) -> str:
    """One tier in words; its keys are explained by their values, which stay as in the file."""
    return ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in tier.items())


def reason_sentence(code: str) -> str:
    """A reason in words; an unknown code stays as it is, so that it is seen."""
    return _(REASONS[code]) if code in REASONS else code


def verdict_sentence(
    title: Bilingual, found: str, *, how: str, reason: str, detail: Bilingual | None
) -> str:
    """What was found and how that ended, in one or two sentences.

    Args:
        found: the value in words; ``how`` it was derived, empty when it was stated.
        reason: a code of ``REASONS``.
    """
    ended = reason_sentence(reason)
    if detail is not None:
        ended = f"{ended} {pick(detail)}"
    return _("%(title)s: ditemukan %(found)s. %(reason)s") % {
        "title": pick(title),
        "found": f"{found} ({how})" if how else found,
        "reason": ended,
    }


def cure_sentence(
    code: str, *, target: Any, by: str, items: Iterable[str], fact: str, unit: str
) -> str:
    """What would settle a verdict; empty when nothing is to do."""
    if not code:
        return ""
    if code in ("raise_to", "lower_to") and not by:
        return _("Ubah menjadi %(target)s.") % {"target": shown_value(target, unit)}
    return _(CURES[code]) % {
        "target": shown_value(target, unit),
        "by": shown_value(by, unit) if by else "",
        "items": ", ".join(item.replace("_", " ") for item in items),
        "fact": fact or _("lihat catatan peraturan"),
    }
