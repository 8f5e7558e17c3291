"""Tables of access: posts and offices, accounts and duties, the journal and its seals."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lindung.kernel.ids import new_id


class Scoped(models.Model):
    """The scope columns that every table about people carries.

    They are copies, kept true by the operations and checked each night, so that a row policy
    compares a bare column and every index can begin with one.
    """

    post_id = models.SmallIntegerField(null=True, blank=True)
    agency_id = models.UUIDField(null=True, blank=True)
    region = models.CharField(max_length=4, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")

    class Meta:
        abstract = True

    SCOPE: ClassVar[tuple[str, ...]] = ("post_id", "agency_id", "region", "country")

    def scope(self) -> dict[str, Any]:
        """The scope columns, to be copied onto a row that belongs to this one."""
        return {name: getattr(self, name) for name in self.SCOPE}


class Post(models.Model):
    """A labour attaché's office abroad. Its scope is the post, since a country may have two."""

    id = models.SmallIntegerField(primary_key=True)
    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    city = models.CharField(max_length=80)
    timezone = models.CharField(max_length=40)
    phone = models.CharField(max_length=40, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Jurisdiction(models.Model):
    """Which people a post serves: dated, by country and where needed region and sector."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=8, blank=True, default="")
    sector = models.CharField(max_length=40, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("country", "region", "sector", "valid_from")
        constraints = (
            models.CheckConstraint(
                name="jurisdiction_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("valid_from")),
            ),
        )


class Office(models.Model):
    """A service at home: district, one-stop or regional office, and the regencies it serves."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=120)
    regions = ArrayField(models.CharField(max_length=4))
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Accounts(BaseUserManager["Account"]):
    """Makes accounts; there is no superuser, since nobody may stand above the policies."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Account:
        """A new account with a usable password, or none until one is set."""
        account = self.model(username=username, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """An official's account. What it may do comes from its duties, not from the account."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(blank=True)
    display_name = models.CharField(max_length=120)
    language = models.CharField(max_length=10, default="id")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Accounts] = Accounts()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        ordering = ("username",)

    def __str__(self) -> str:
        return self.username


class Duty(models.Model):
    """A role that a person holds in one office for a time; leaving staff have theirs ended."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="duties")
    role = models.CharField(max_length=40)
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    # The agency's table lies in a higher layer; its name is copied for the page's head.
    agency_id = models.UUIDField(null=True, blank=True)
    agency_name = models.CharField(max_length=160, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    delegated_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("valid_from", "id")
        constraints = (
            models.CheckConstraint(
                name="duty_is_in_one_place",
                condition=(
                    Q(post__isnull=True, office__isnull=True)
                    | Q(post__isnull=True, agency_id__isnull=True)
                    | Q(office__isnull=True, agency_id__isnull=True)
                ),
            ),
        )


class ApiToken(models.Model):
    """A key for another system: acts within one duty, with some of its rights."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    duty = models.ForeignKey(Duty, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32, unique=True)
    rights = ArrayField(models.CharField(max_length=60))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)


class OnceKey(models.Model):
    """An idempotency key: the same write sent twice is done once and answered twice."""

    pk = models.CompositePrimaryKey("actor_id", "key")
    actor_id = models.UUIDField()
    key = models.UUIDField()
    at = models.DateTimeField(auto_now_add=True)
    status = models.SmallIntegerField()
    location = models.CharField(max_length=300, blank=True)


class OfOffice(models.Model):
    """Which office an officer's row belongs to: the kind, and that kind's scope of the officer."""

    actor_kind = models.CharField(max_length=10)
    post_id = models.SmallIntegerField(null=True, blank=True)
    agency_id = models.UUIDField(null=True, blank=True)
    region = models.CharField(max_length=4, blank=True, default="")

    class Meta:
        abstract = True


class Presence(OfOffice):
    """Who has a page about something open, and whether they are typing; forgotten in moments.

    ``subject`` is the person or thing of the page. It is seen in the writer's own office alone: a
    recruiter never learns from it that somebody works on a complaint.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.UUIDField()
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=120)
    writing = models.BooleanField(default=False)
    until = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subject", "actor_id"], name="presence_once"),
        )
        indexes = (models.Index(fields=["actor_id", "until"], name="presence_own"),)


class SavedFilter(OfOffice):
    """A named filter of the queue: an officer's own, or shared with the office.

    ``query`` is the part of the address after the question mark: codes and ids, no words about
    people.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_id = models.UUIDField()
    owner_name = models.CharField(max_length=120)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=400)
    shared = models.BooleanField(default=False)

    class Meta:
        ordering = ("name", "id")
        constraints = (models.UniqueConstraint(fields=["owner_id", "name"], name="filter_once"),)
        indexes = (
            models.Index(fields=["post_id"], condition=Q(shared=True), name="filter_of_post"),
        )


class Receipt(models.Model):
    """What one bulk act did: to which rows, which it left out and why, and whether it was undone.

    ``done`` and ``skipped`` are lists of ``{"kind", "id", …}``: ids and codes, no names.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    actor_id = models.UUIDField()
    at = models.DateTimeField()
    act = models.CharField(max_length=20)
    given = models.JSONField(default=dict)
    done = models.JSONField(default=list)
    skipped = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["actor_id", "-at"], name="receipt_own"),)


class Attempt(models.Model):
    """How often something was tried in a span of time; the key is a keyed hash, never a name."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    began_at = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        indexes = (models.Index(fields=["began_at"], name="attempt_began"),)


class PhoneSession(models.Model):
    """A signed-in phone of a worker or a relative, to be listed and ended from elsewhere.

    ``worker_id`` is whose phone it is. Their tables lie in a higher layer, hence no foreign key.
    """

    session_key = models.CharField(max_length=40, primary_key=True)
    worker_id = models.UUIDField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["worker_id", "-made_at"], name="phone_session_worker"),)


class SharedCache(models.Model):
    """Django's cache in the database: the limits of signing in hold across processes."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField()

    class Meta:
        db_table = "access_cache"
        indexes = (models.Index(fields=["expires"], name="access_cache_expires"),)


class JournalEntry(Scoped):
    """One thing that happened. Appended, never changed; partitioned by month of ``at``.

    ``leaf`` is the SHA-256 of the entry's canonical body (``journal.canonical``). ``xid`` is the
    writing transaction: a seal covers whole transactions, none of them still running.
    """

    pk = models.CompositePrimaryKey("id", "at")
    id = models.UUIDField(default=new_id)
    at = models.DateTimeField()
    type = models.CharField(max_length=80)
    subject = models.UUIDField(null=True)
    worker_id = models.UUIDField(null=True)
    actor_id = models.UUIDField()
    actor_kind = models.CharField(max_length=10)
    actor_name = models.CharField(max_length=120)
    actor_office = models.CharField(max_length=160)
    basis = models.CharField(max_length=160, blank=True, default="")
    payload = models.JSONField()
    leaf = models.BinaryField(max_length=32)

    class Meta:
        managed = False  # partitions and defaults that Django cannot say: migration 0002
        db_table = "access_journal"
        ordering = ("-at", "-id")


class Forgotten(models.Model):
    """An entry of the journal whose words and names were erased, and the leaf of what stays.

    The entry keeps its own ``leaf``, so every seal over it holds. ``kept`` is the leaf of the entry
    without its words; its batch's root stands in the sealed event ``WordsForgotten``.
    """

    entry_id = models.UUIDField(primary_key=True)
    erasure: models.UUIDField[UUID, UUID] = models.UUIDField()
    batch = models.IntegerField()
    kept = models.BinaryField(max_length=32)

    class Meta:
        indexes = (models.Index(fields=["erasure", "batch"], name="forgotten_batch"),)


class Seal(models.Model):
    """A signed Merkle root over all journal entries of a range of transactions."""

    number = models.BigIntegerField(primary_key=True)
    epoch = models.SmallIntegerField()
    xid_from = models.BigIntegerField()
    xid_below = models.BigIntegerField()
    sealed_at = models.DateTimeField()
    count = models.IntegerField()
    entry_ids = ArrayField(models.UUIDField())
    leaves = models.BinaryField()
    # Roots of every 1,024 leaves (``merkle.py``); null in seals older than the column.
    branches = models.BinaryField(null=True)
    root = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    head = models.BinaryField(max_length=32)
    key_id = models.CharField(max_length=16)
    signature = models.BinaryField(max_length=64)

    class Meta:
        ordering = ("number",)


class HandlerError(models.Model):
    """A reaction to an event that failed; its own changes were undone, the event's were not."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    entry_id: models.UUIDField[UUID, UUID] = models.UUIDField()
    handler = models.CharField(max_length=160)
    error = models.CharField(max_length=160)
    settled_at = models.DateTimeField(null=True, blank=True)
