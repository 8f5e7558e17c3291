"""Everything asked about messages and safe contact."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from lindung.outreach.models import SafeContact


def safe_contact(worker_id: UUID) -> str:
    """The rules of safe contact in one line; empty where the person set none."""
    rules = SafeContact.objects.filter(worker_id=worker_id).first()
    if rules is None:
        return ""
    parts = [_("Jangan telepon") if rules.do_not_call else ""]
    if rules.not_before and rules.not_after:
        parts.append(
            _("aman %(start)s–%(end)s")
            % {"start": f"{rules.not_before:%H.%M}", "end": f"{rules.not_after:%H.%M}"}
        )
    return " · ".join(filter(None, (*parts, rules.note)))
