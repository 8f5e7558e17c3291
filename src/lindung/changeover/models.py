"""Tables of a changeover: what was brought in, under which key of the old system, and what was not."""

from __future__ import annotations

from django.db import models

from lindung.kernel.ids import new_id


class Import(models.Model):
    """One reading of an export. ``mapping`` is the mapping file's digest; ``counts`` add up rows.

    ``kind`` is ``import`` (rows come in), ``trial`` (nothing is kept) or ``comparison``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=32)
    title = models.CharField(max_length=200)
    kind = models.CharField(
        max_length=10, choices=[(kind, kind) for kind in ("import", "trial", "comparison")]
    )
    mapping = models.CharField(max_length=64)
    export = models.CharField(max_length=64)
    began_at = models.DateTimeField()
    staged_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("-began_at",)
        indexes = (models.Index(fields=["source", "-began_at"], name="import_source"),)


class Chunk(models.Model):
    """People of one import that are done: written in the transaction that brought them in."""

    pk = models.CompositePrimaryKey("import_id", "number")
    import_id = models.UUIDField()
    number = models.IntegerField()
    counts = models.JSONField()


class Staged(models.Model):
    """A row of an export on its way in: sealed, and gone when the import has ended.

    ``key`` and ``parent`` are keyed hashes of the old system's keys.
    """

    pk = models.CompositePrimaryKey("import_id", "kind", "key")
    import_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    key = models.BinaryField(max_length=16)
    parent = models.BinaryField(max_length=16, null=True)
    line = models.IntegerField()
    number = models.IntegerField()
    sealed = models.BinaryField()

    class Meta:
        indexes = (
            models.Index(fields=["import_id", "kind", "number"], name="staged_number"),
            models.Index(fields=["import_id", "kind", "parent"], name="staged_parent"),
        )


class Fault(models.Model):
    """A row that did not come in, or came in with a doubt; names line and column, never a value."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    import_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    line = models.IntegerField()
    field = models.CharField(max_length=40, blank=True, default="")
    slug = models.CharField(max_length=40)
    refused = models.BooleanField()

    class Meta:
        ordering = ("kind", "line")
        indexes = (models.Index(fields=["import_id", "kind", "line"], name="fault_import"),)


class Link(models.Model):
    """Where a thing of the old system stands in ours, and a hash of what it said there.

    ``key`` is the keyed hash of the old system's key and ``sealed`` that key, so that both can be
    renewed under another key of ours. Without scope: our robot and the ministry alone read it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=32)
    kind = models.CharField(max_length=10)
    key = models.BinaryField(max_length=16)
    sealed = models.BinaryField()
    subject = models.UUIDField()
    worker_id = models.UUIDField()
    said = models.BinaryField(max_length=32)
    import_id = models.UUIDField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["source", "kind", "key"], name="link_once"),)
        indexes = (models.Index(fields=["worker_id"], name="link_worker"),)

    @property
    def about(self) -> str:
        """What kind of value the key ring takes the key for."""
        return about_key(self.source, self.kind)


def about_key(source: str, kind: str) -> str:
    """What kind of value the key ring takes an old system's key for."""
    return f"legacy:{source}:{kind}"
