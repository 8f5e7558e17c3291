"""The words of a visit's states."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lindung.visits.lifecycles import VisitState

STATES = {
    VisitState.PLANNED: _("direncanakan"),
    VisitState.HELD: _("berlangsung, laporan belum ditulis"),
    VisitState.REPORTED: _("dilaporkan"),
    VisitState.CANCELLED: _("dibatalkan"),
}
