"""Tables: what a document is, the key to its contents, and what is told of a sealed one."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Q

from lindung.access.models import Scoped
from lindung.access.policies import IN_THE_OPEN
from lindung.documents.lifecycles import DocumentState
from lindung.kernel.ids import new_id
from lindung.registry.balance import follows_its_person
from lindung.registry.models import Worker


@follows_its_person
class Document(Scoped):
    """One uploaded file, without its contents. It stays when the contents are destroyed.

    ``subject`` and ``requirement`` say what it was handed in for (a placement, a requirement of its
    pathway); they are plain values, since those tables lie in higher layers.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=20)
    type = models.CharField(max_length=40)
    sealed = models.BooleanField()
    # Evidence of a case stays with the case; what a sealed case holds opens with it.
    compartment = models.UUIDField(default=UUID(IN_THE_OPEN))
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in DocumentState],
        default=DocumentState.UPLOADED,
    )
    subject = models.UUIDField(null=True, blank=True)
    requirement = models.CharField(max_length=60, blank=True, default="")
    media = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    # Of the file as it was handed in, before a photo lost its hidden place.
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=12)
    scanned_at = models.DateTimeField(null=True, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    # Why it was refused or destroyed; the person reads it.
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("-uploaded_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["number"], name="document_number"),
            models.UniqueConstraint(
                fields=["worker", "type", "sha256", "compartment"],
                condition=~Q(state__in=["refused", "expired", "destroyed"]),
                name="document_once",
            ),
            models.CheckConstraint(
                name="document_says_why",
                condition=~Q(state__in=["refused", "destroyed"]) | ~Q(reason=""),
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-uploaded_at"], name="document_worker"),
            models.Index(fields=["post_id", "-uploaded_at"], name="document_post"),
            models.Index(fields=["region", "-uploaded_at"], name="document_region"),
            models.Index(
                fields=["valid_until"], name="document_due", condition=Q(state="verified")
            ),
            models.Index(
                fields=["uploaded_at"],
                name="document_unscanned",
                condition=Q(scanned_at=None) & ~Q(state__in=["quarantined", "destroyed"]),
            ),
        )


@follows_its_person
class Content(Scoped):
    """The wrapped key of a document's file. An empty key: the contents are gone for ever."""

    document = models.OneToOneField(Document, models.PROTECT, related_name="+", primary_key=True)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    sealed = models.BooleanField()
    compartment = models.UUIDField(default=UUID(IN_THE_OPEN))
    wrapped_key = models.BinaryField(max_length=128)

    class Meta:
        indexes = (models.Index(fields=["worker"], name="content_worker"),)


@follows_its_person
class Fitness(Scoped):
    """What a sealed result comes to: fit or unfit, and nothing more."""

    document = models.OneToOneField(Document, models.PROTECT, related_name="+", primary_key=True)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    type = models.CharField(max_length=40)
    fit = models.BooleanField()
    on = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("-on", "type")
        indexes = (models.Index(fields=["worker", "-on"], name="fitness_worker"),)


@follows_its_person
class Unsealing(Scoped):
    """Somebody opened a sealed result, and why; the person reads it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    by_name = models.CharField(max_length=120)
    by_office = models.CharField(max_length=160, blank=True, default="")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-id")
        constraints = (models.CheckConstraint(name="unsealing_says_why", condition=~Q(reason="")),)
        indexes = (models.Index(fields=["worker", "-at"], name="unsealing_worker"),)
