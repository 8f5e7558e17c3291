"""States of extensions and leaves in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lindung.monitoring.lifecycles import ExtensionState, LeaveState

EXTENSION_STATES = {
    ExtensionState.ASKED: _("menunggu keputusan"),
    ExtensionState.GRANTED: _("disetujui"),
    ExtensionState.REFUSED: _("ditolak"),
    ExtensionState.WITHDRAWN: _("ditarik kembali"),
}
LEAVE_STATES = {
    LeaveState.AWAY: _("sedang cuti"),
    LeaveState.BACK: _("sudah kembali"),
    LeaveState.NOT_RETURNED: _("tidak kembali"),
}
