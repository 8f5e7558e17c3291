"""Tables of messages and of how a person may safely be reached."""

from __future__ import annotations

from django.db import models

from lindung.access.models import Scoped
from lindung.kernel.ids import new_id
from lindung.outreach.lifecycles import MessageState
from lindung.registry.models import FamilyMember, Worker


class SafeContact(Scoped):
    """When and how a person can be reached without danger; hours in the person's own zone."""

    worker = models.OneToOneField(Worker, models.PROTECT, primary_key=True, related_name="+")
    channel = models.CharField(max_length=12, default="web")
    not_before = models.TimeField(null=True, blank=True)
    not_after = models.TimeField(null=True, blank=True)
    do_not_call = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True, default="")


class Message(Scoped):
    """Words to or from a person. The text is chosen from a template in the person's language."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    incoming = models.BooleanField(default=False)
    channel = models.CharField(max_length=12)
    template = models.CharField(max_length=60, blank=True, default="")
    facts = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    words = models.TextField()
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in MessageState],
        default=MessageState.WAITING,
    )
    not_before_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ("-made_at", "-id")
        indexes = (
            models.Index(fields=["worker", "-made_at"], name="message_worker"),
            models.Index(fields=["post_id", "-made_at"], name="message_post"),
        )


class FamilyLink(models.Model):
    """A one-time link with which a relative signs in; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(FamilyMember, models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
