"""A letter as PDF, in whatever script it is written."""

from __future__ import annotations

import subprocess
from functools import cache
from shutil import which

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from lindung.access.models import Post
from lindung.assistance.models import Letter
from lindung.kernel.refusals import Refusal


class NoPrinter(Refusal):
    """What PDFs need is not installed on this machine."""

    status = 503
    slug = "no-printer"
    title = "PDF belum dapat dibuat di server ini."
    advice = "Buka surat sebagai halaman dan cetak dari peramban; pengelola dapat memasang Pango."


class NoFont(Refusal):
    """No font on this machine has the letters of this language."""

    status = 503
    slug = "no-font"
    title = "Huruf untuk bahasa surat ini belum terpasang di server."
    advice = "Buka surat sebagai halaman dan cetak dari peramban; pengelola dapat memasang huruf."


def as_pdf(letter: Letter) -> bytes:
    """The letter on A4.

    Raises:
        NoPrinter: Pango is not installed.
        NoFont: the language's script has no font here: boxes instead of words help nobody.
    """
    if not has_font(letter.language):
        raise NoFont(language=letter.language)
    try:
        from weasyprint import CSS, HTML
    except OSError as missing:
        raise NoPrinter from missing
    look = CSS(filename=finders.find("css/letter.css"))
    page = HTML(string=as_page(letter, printed=True), url_fetcher=_nothing_from_outside)
    pdf: bytes = page.write_pdf(stylesheets=[look])
    return pdf


def as_page(letter: Letter, *, printed: bool = False) -> str:
    """The letter as a page, in its own language and direction; printed, it brings its own look."""
    post = Post.objects.filter(id=letter.post_id or 0).first()
    with translation.override(letter.language):
        return render_to_string(
            "assistance/letter.html",
            {
                "letter": letter,
                "post": post,
                "printed": printed,
                "direction": "rtl" if translation.get_language_bidi() else "ltr",
            },
        )


@cache
def has_font(language: str) -> bool:
    """Whether this machine can draw a language; where it cannot be asked, only Latin is certain."""
    if which("fc-list") is None:
        return language in {"id", "en", "jv", "ms"}
    wanted = {"zh-Hant": "zh-tw", "zh-Hans": "zh-cn"}.get(language, language)
    answer = subprocess.run(
        ["fc-list", f":lang={wanted}", "family"],
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )
    return bool(answer.stdout.strip()) or language == "jv"


def _nothing_from_outside(url: str) -> dict[str, object]:
    raise ValueError("A letter loads nothing.")
