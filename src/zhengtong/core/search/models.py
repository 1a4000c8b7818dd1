"""The index: one row a searchable row of any table, what waits to be indexed, and how far a rebuilding has come."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now


class Entry(models.Model):
    """What is searched of one row: ``kind`` and ``object_id`` name it.

    ``names`` holds title and synonyms, folded, a line each; ``body`` the text, its width made even. ``terms`` are
    jieba's words, the words and the pinyin of names marked as such; ``grams`` are the pairs of neighbouring
    characters. Both without positions: what they find as a phrase is looked at in ``names`` and ``body`` again.
    """

    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    organisation_id = models.BigIntegerField(null=True)
    owner_id = models.BigIntegerField(null=True)
    entity_id = models.BigIntegerField(null=True)
    mark = models.SmallIntegerField(default=0)
    circle = ArrayField(models.BigIntegerField(), null=True)
    readers = ArrayField(models.BigIntegerField(), null=True)
    newest_at = models.DateTimeField()
    reference = models.CharField(max_length=80, blank=True)
    slug = models.CharField(max_length=160, blank=True)
    title = models.TextField()
    names = models.TextField()
    body = models.TextField(blank=True)
    digest = models.BinaryField(max_length=16)
    terms = SearchVectorField()
    grams = SearchVectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_one_entry_a_row")]
        indexes = [
            GinIndex(fields=["terms"], name="search_terms"),
            GinIndex(fields=["grams"], name="search_grams"),
            models.Index(fields=["kind", "-newest_at", "-id"], name="search_newest"),
            models.Index(fields=["organisation_id", "kind"], name="search_by_organisation"),
            models.Index(
                OpClass("reference", "text_pattern_ops"),
                name="search_by_reference",
                condition=~models.Q(reference=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class PendingChange(models.Model):
    """A row that changed and isn't indexed yet: written by the table's trigger in the changing transaction.

    Without ``object_id`` the whole table was emptied.
    """

    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["kind", "id"], name="search_pending_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class IndexedKind(models.Model):
    """A kind whose table is watched. ``rebuilt_upto`` is the last id of a rebuilding that goes on, else null."""

    kind = models.CharField(max_length=60, primary_key=True)
    fingerprint = models.CharField(max_length=200)
    rebuilt_upto = models.BigIntegerField(null=True)
    rebuilt_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.kind
