"""Refusals of what takes two people: one asks with a reason, another agrees or refuses."""

from __future__ import annotations

from lindung.kernel.refusals import Refusal


class NeedsAnother(Refusal):
    """Whoever asked does not agree."""

    status = 409
    slug = "needs-another-person"
    title = "Usul sendiri tidak dapat disetujui sendiri."
    advice = "Mintalah orang lain yang berwenang untuk memeriksa dan menyetujuinya."


class AlreadyAsked(Refusal):
    """Somebody has asked for it; it waits for a second person."""

    status = 409
    slug = "already-asked"
    title = "Hal ini sudah diusulkan dan menunggu orang kedua."
    advice = "Setujui atau tolak usul itu; tidak perlu mengusulkan lagi."
