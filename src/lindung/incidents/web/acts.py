"""The forms of an incident's page, each with the one operation it calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lindung.access.actors import Actor
from lindung.access.rights import Right
from lindung.incidents import operations
from lindung.incidents.web.forms import (
    Closing,
    Copying,
    Dated,
    Dismissing,
    Finding,
    Receiving,
    Spending,
    Telling,
    Verifying,
)

Call = Callable[[Actor, UUID, dict[str, Any], datetime], object]


@dataclass(frozen=True, slots=True)
class Act:
    """A form, who may send it, and what it does.

    Attributes:
        by: the step that it does, where it does one.
    """

    form: type[forms.Form]
    right: Right
    title: Promise
    done: Promise
    call: Call
    by: str = ""


def _with_instant(operation: Callable[..., object]) -> Call:
    def call(actor: Actor, incident_id: UUID, given: dict[str, Any], at: datetime) -> object:
        return operation(actor, incident_id, at=at, **given)

    return call


def _as_given(operation: Callable[..., object]) -> Call:
    def call(actor: Actor, incident_id: UUID, given: dict[str, Any], _at: datetime) -> object:
        return operation(actor, incident_id, **given)

    return call


WORK, RECEIVE = Right.INCIDENT_WORK, Right.INCIDENT_RECEIVE
ACTS: Mapping[str, Act] = {
    "pastikan": Act(
        Verifying, WORK, _("Pastikan identitas"), _("Identitas dipastikan."),
        _with_instant(operations.verify_incident), by="verify",
    ),
    "keluarga": Act(
        Telling, WORK, _("Catat keluarga diberi tahu"), _("Dicatat: keluarga sudah diberi tahu."),
        _with_instant(operations.tell_family), by="tell_family",
    ),
    "temuan": Act(
        Finding, WORK, _("Catat keterangan dokter"), _("Keterangan disimpan."),
        _with_instant(operations.record_finding), by="record_finding",
    ),
    "salinan": Act(
        Copying, WORK, _("Catat salinan diserahkan"), _("Salinan dicatat."),
        _with_instant(operations.copy_finding), by="copy_finding",
    ),
    "terima": Act(
        Receiving, RECEIVE, _("Terima di tanah air"), _("Tanda terima dibuat."),
        _with_instant(operations.receive_home), by="receive_home",
    ),
    "biaya": Act(
        Spending, WORK, _("Catat biaya"), _("Biaya dicatat."),
        _as_given(operations.record_expense),
    ),
    "catatan": Act(
        Dated, WORK, _("Catat sidang, kunjungan, atau pencarian"), _("Dicatat."),
        _as_given(operations.record_happening),
    ),
    "tutup": Act(
        Closing, WORK, _("Tutup kejadian"), _("Kejadian ditutup."),
        _with_instant(operations.close_incident),
    ),
    "tolak": Act(
        Dismissing, WORK, _("Laporan tidak benar"), _("Laporan diakhiri."),
        _with_instant(operations.dismiss_incident),
    ),
}  # fmt: skip
