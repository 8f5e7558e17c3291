"""Verdicts and values in words of the active language. The codes stay in the data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from lindung.regulations.shapes import Bilingual, number

if TYPE_CHECKING:
    from lindung.regulations.verdicts import Cure, Verdict

# Why a rule needs a check, or how a comparison ended. Codes are kept with decisions: never reuse.
REASONS: Mapping[str, str] = {
    "meets": N_("Sesuai dengan peraturan."),
    "no_duty": N_("Peraturan tidak mewajibkan ini."),
    "below_minimum": N_("Di bawah batas terendah."),
    "above_maximum": N_("Di atas batas tertinggi."),
    "not_equal": N_("Berbeda dari yang ditetapkan."),
    "missing_required": N_("Yang wajib ada ternyata tidak ada."),
    "missing_items": N_("Sebagian isi wajib tidak ada."),
    "prohibited": N_("Ini dilarang."),
    "unknown_value": N_("Nilai yang berlaku tidak diketahui."),
    "not_confirmed_after": N_("Nilai ini belum dipastikan untuk hari itu."),
    "never_confirmed": N_("Nilai ini belum pernah dipastikan."),
    "before_first_row": N_("Nilai untuk hari sebelum catatan pertama tidak diketahui."),
    "announced_only": N_("Peraturan ini baru diumumkan, belum berlaku."),
    "ended": N_("Nilai ini sudah berakhir; penggantinya tidak diketahui."),
    "low_confidence": N_("Sumber nilai ini lemah."),
    "words": N_("Peraturan ini berupa kalimat yang harus dibaca orang."),
    "not_tested": N_("Peraturan ini hanya keterangan dan tidak diuji."),
    "excepted": N_("Pekerjaan ini dikecualikan dari peraturan."),
    "exception_possible": N_("Mungkin ada pengecualian yang harus dibaca orang."),
    "condition_unknown": N_("Belum diketahui apakah syarat berlakunya peraturan terpenuhi."),
    "note_narrows": N_("Ada catatan yang mempersempit peraturan ini."),
    "occupation_missing": N_("Jabatan belum disebutkan."),
    "region_missing": N_("Wilayah tempat kerja belum disebutkan."),
    "tier_unclear": N_("Belum jelas tingkat mana yang berlaku."),
    "unit_mismatch": N_("Satuan nilai berbeda dari satuan peraturan."),
    "amount_missing": N_("Jumlahnya belum disebutkan."),
    "other_amount": N_("Jumlahnya lain dari yang tertulis di peraturan."),
    "items_unclear": N_("Belum jelas apakah isi yang tidak ada itu wajib di sini."),
    "approximate": N_("Nilai ini perkiraan dan belum membuktikan pelanggaran."),
}

CURES: Mapping[str, str] = {
    "raise_to": N_("Naikkan menjadi sedikitnya %(target)s (tambah %(by)s)."),
    "lower_to": N_("Turunkan menjadi paling banyak %(target)s (kurangi %(by)s)."),
    "set_to": N_("Ubah menjadi %(target)s."),
    "provide": N_("Sediakan, lalu tulis dalam kontrak."),
    "remove": N_("Hapus dari kontrak."),
    "add_items": N_("Tambahkan: %(items)s."),
    "confirm_value": N_("Pastikan nilai yang berlaku pada hari itu, lalu catat sebagai baris baru."),
    "read_exception": N_("Baca pengecualiannya, lalu putuskan dengan alasan."),
    "state_fact": N_("Lengkapi keterangan yang kurang: %(fact)s."),
    "read_words": N_("Baca peraturannya, lalu putuskan dengan alasan."),
    "choose_tier": N_("Tentukan tingkat yang berlaku, lalu bandingkan."),
}

# Singular names of what is counted; numbers stand before them.
MEASURES: Mapping[str, str] = {
    "hours": N_("jam"),
    "hour": N_("jam"),
    "days": N_("hari"),
    "day": N_("hari"),
    "working_days": N_("hari kerja"),
    "weeks": N_("minggu"),
    "week": N_("minggu"),
    "3_weeks": N_("3 minggu"),
    "4_weeks": N_("4 minggu"),
    "months": N_("bulan"),
    "month": N_("bulan"),
    "years": N_("tahun"),
    "year": N_("tahun"),
    "minutes": N_("menit"),
    "age_years": N_("tahun (usia)"),
    "percent": N_("persen"),
    "percent_of_wage": N_("persen dari upah"),
    "months_of_wage": N_("bulan upah"),
    "days_of_basic_wage": N_("hari upah pokok"),
    "days_of_average_wage": N_("hari upah rata-rata"),
    "fraction_of_monthly_wage": N_("bagian dari upah bulanan"),
    "times": N_("kali"),
    "square_metres": N_("meter persegi"),
    "occupations": N_("jabatan"),
}

RULES: Mapping[str, str] = {
    "minimum": N_("paling sedikit"),
    "maximum": N_("paling banyak"),
    "exact": N_("tepat"),
    "required": N_("wajib"),
    "prohibited": N_("dilarang"),
    "informative": N_("keterangan"),
}
CONFIDENCES: Mapping[str, str] = {
    "high": N_("keyakinan tinggi"),
    "medium": N_("keyakinan sedang"),
    "low": N_("keyakinan rendah"),
}
KINDS: Mapping[str, str] = {
    "law_text": N_("teks hukum"),
    "official": N_("sumber resmi"),
    "news": N_("berita"),
    "secondary": N_("sumber sekunder"),
    "ngo": N_("lembaga masyarakat"),
    "own_knowledge": N_("pengetahuan penyusun, tidak dicek pada sumber"),
    "none": N_("tanpa sumber"),
}
STATUSES: Mapping[str, str] = {
    "in_force": N_("tercatat berlaku"),
    "announced": N_("diumumkan"),
    "unknown": N_("tidak diketahui"),
    "none": N_("tidak ada nilai"),
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
    if per == "once":
        words.append(_("sekali"))
    elif per:
        words.append(_("per %(period)s") % {"period": named(MEASURES, per)})
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
            return "; ".join(shown_tier(tier, unit) for tier in value)
        return ", ".join(str(each).replace("_", " ") for each in value)
    if isinstance(value, dict):
        return shown_tier(value, unit)
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


def shown_tier(tier: Mapping[str, Any], unit: str) -> str:
    """One tier in words; its keys are explained by their values, which stay as in the file."""
    return ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in tier.items())


def reason_sentence(code: str) -> str:
    """A reason in words; an unknown code stays as it is, so that it is seen."""
    return _(REASONS[code]) if code in REASONS else code


def verdict_sentence(verdict: Verdict) -> str:
    """What was found, what the law asks and how that ended, in one or two sentences."""
    from lindung.regulations.lawbook import law

    reason = reason_sentence(verdict.reason)
    if verdict.detail is not None:
        reason = f"{reason} {pick(verdict.detail)}"
    conversions = law().jurisdictions[verdict.jurisdiction].readings.conversions
    how = next((pick(each.title) for each in conversions if each.id == verdict.derived_from), "")
    found = shown_value(verdict.found, verdict.found_unit)
    if how:
        found = f"{found} ({how})"
    return _("%(title)s: ditemukan %(found)s. %(reason)s") % {
        "title": pick(verdict.title),
        "found": found,
        "reason": reason,
    }


def cure_sentence(cure: Cure, unit: str) -> str:
    """What would settle a verdict; empty when nothing is to do."""
    if not cure.code:
        return ""
    if cure.code in ("raise_to", "lower_to") and not cure.by:
        return _("Ubah menjadi %(target)s.") % {"target": shown_value(cure.target, unit)}
    fact = cure.fact or _("lihat catatan peraturan")
    return _(CURES[cure.code]) % {
        "target": shown_value(cure.target, unit),
        "by": shown_value(cure.by, unit) if cure.by else "",
        "items": ", ".join(item.replace("_", " ") for item in cure.items),
        "fact": fact,
    }
