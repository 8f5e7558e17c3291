"""Catalogues without gettext: what is said is found, gaps and leftovers are named."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import polib
import pytest
from django.core.management import CommandError, call_command

from lindung.site import translations

PYTHON = """from django.utils.translation import gettext_lazy as _, ngettext, pgettext
A = _("Lapor diri")
B = ngettext("%(n)d kasus", "%(n)d kasus", 2)
C = pgettext("bulan", "Mei")
"""
TEMPLATE = """{% load i18n %}<h1>{% translate "Bukan 'ini'" %}</h1>
{% blocktranslate trimmed with a=b %}
  dari {{ a }}
{% endblocktranslate %}
{% blocktranslate count n=n %}{{ n }} hari{% plural %}{{ n }} hari{% endblocktranslate %}
<p x="{% translate 'Masuk' context 'tombol' %}">{# {% translate "tidak" %} #}</p>
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A small app of its own, in a tree of its own."""
    source = tmp_path / "src" / "lindung"
    page = source / "shop" / "web" / "templates" / "shop" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text(TEMPLATE)
    (source / "shop" / "apps.py").write_text(PYTHON)
    monkeypatch.setattr(translations, "SOURCE", source)
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    return "shop"


def fill(app: str, language: str = "en") -> polib.POFile:
    po = polib.pofile(str(translations.catalogue(app, language)))
    for entry in po:
        if entry.msgid_plural:
            entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "x")
        else:
            entry.msgstr = f"en {entry.msgid}"
    po.save()
    return po


def test_finds_every_phrase_of_python_and_templates(app: str) -> None:
    found = {(p.context, p.msgid, p.plural) for p in translations.phrases(app)}
    assert found == {
        (None, "Lapor diri", None),
        (None, "%(n)d kasus", "%(n)d kasus"),
        ("bulan", "Mei", None),
        (None, "Bukan 'ini'", None),
        (None, "dari %(a)s", None),
        (None, "%(n)s hari", "%(n)s hari"),
        ("tombol", "Masuk", None),
    }


def test_check_names_what_is_missing_and_what_is_left_over(app: str) -> None:
    translations.update(app)
    po = fill(app)
    po.remove(po.find("Lapor diri"))
    po.append(polib.POEntry(msgid="Dulu", msgstr="Formerly"))
    po.save()
    report = translations.check(app)
    assert [p.msgid for p in report.missing] == ["Lapor diri"]
    assert report.obsolete == ["Dulu"]
    out = StringIO()
    with pytest.raises(CommandError, match="2 gaps"):
        call_command("translations", "--check", stdout=out)
    assert "'Lapor diri'" in out.getvalue()
    assert "'Dulu'" in out.getvalue()


def test_update_keeps_what_was_translated(app: str) -> None:
    translations.update(app)
    fill(app)
    assert translations.update(app) == (0, 0)
    assert translations.check(app).complete


def test_compiles_once_until_changed(app: str) -> None:
    translations.update(app)
    fill(app)
    assert len(translations.compile_stale()) == 1
    assert translations.compile_stale() == []
    mo = polib.mofile(str(translations.catalogue(app, "en").with_suffix(".mo")))
    assert mo.find("Lapor diri").msgstr == "en Lapor diri"


def test_a_language_is_offered_only_when_complete(app: str) -> None:
    translations.update(app)
    translations._offered.cache_clear()
    assert [o.code for o in translations.offered_languages("desk")] == ["id"]
    fill(app)
    translations._offered.cache_clear()
    assert [o.code for o in translations.offered_languages("desk")] == ["id", "en"]
    translations.update(app, "jv")
    fill(app, "jv")
    translations._offered.cache_clear()
    assert [o.code for o in translations.offered_languages("desk")] == ["id", "en", "jv"]
    translations._offered.cache_clear()
