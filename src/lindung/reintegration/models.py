"""Tables of returns and of plans for life at home."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from lindung.access.models import Scoped
from lindung.kernel.ids import new_id
from lindung.registry.models import Source, Worker


class ReturnReason(models.TextChoices):
    """Why a person came home."""

    CONTRACT_ENDED = "contract_ended", _("Kontrak selesai")
    OWN_WISH = "own_wish", _("Kehendak sendiri")
    TROUBLE = "trouble", _("Masalah")
    ILLNESS = "illness", _("Sakit")
    DEPORTED = "deported", _("Dideportasi")


class Return(Scoped):
    """One return to the home country."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    placement_id = models.UUIDField(null=True, blank=True)
    on = models.DateField()
    reason = models.CharField(max_length=16, choices=ReturnReason.choices)
    source = models.CharField(max_length=12, choices=Source.choices)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["worker", "on"], name="return_once_a_day"),)
        indexes = (models.Index(fields=["region", "-on"], name="return_region"),)


class OwedState(models.TextChoices):
    """Where a sum left in the destination stands."""

    NOT_CLAIMED = "not_claimed", _("Belum ditagih")
    CLAIMED = "claimed", _("Sudah ditagih")
    PAID = "paid", _("Sudah dibayar")
    DORMANT = "dormant", _("Dipindahkan karena tidak ditagih")
    NOT_DUE = "not_due", _("Tidak ada haknya")


class Owed(Scoped):
    """One kind of money that may be left in the destination, and whether it was paid.

    ``kind`` is one of ``money_left.yaml``; ``claim_until`` the last day, where a rule or the
    destination names one. ``told_by`` is who said last where it stands.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    placement_id = models.UUIDField()
    kind = models.CharField(max_length=24)
    state = models.CharField(
        max_length=12, choices=OwedState.choices, default=OwedState.NOT_CLAIMED
    )
    amount = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    left_on = models.DateField()
    claim_until = models.DateField(null=True, blank=True)
    needs_check = models.BooleanField(default=False)
    claimed_on = models.DateField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    told_by = models.CharField(max_length=12, choices=Source.choices)

    class Meta:
        ordering = ("left_on", "id")
        constraints = (
            models.UniqueConstraint(fields=["worker", "placement_id", "kind"], name="owed_once"),
            models.CheckConstraint(
                name="owed_paid_has_a_day",
                condition=~models.Q(state="paid") | models.Q(paid_on__isnull=False),
            ),
            models.CheckConstraint(
                name="owed_not_due_has_a_reason",
                condition=~models.Q(state="not_due") | ~models.Q(reason=""),
            ),
        )


class Plan(Scoped):
    """What a returned person needs and the next step agreed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    made_on = models.DateField()
    needs = ArrayField(models.CharField(max_length=24))
    next_step = models.CharField(max_length=200)
    ask_again_on = models.DateField()

    class Meta:
        ordering = ("-made_on", "-id")
        indexes = (models.Index(fields=["region", "ask_again_on"], name="plan_region"),)
