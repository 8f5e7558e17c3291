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
