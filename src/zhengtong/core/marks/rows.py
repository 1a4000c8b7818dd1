"""What a row that carries a mark keeps of it: the level and the circle, so that lists filter by them."""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.marks import Mark

# What a state secret isn't: those levels exist to be recognised and refused (保守国家秘密法 art. 14, 26).
HANDLED = (Mark.PUBLIC, Mark.INTERNAL, Mark.WORK_SECRET)


class MarkedRow(models.Model):
    """A row with a mark; what nobody marked is internal (内部): for those who handle it. ``mark_circle`` are the
    organisations, ``mark_readers`` the appointments that may know of it; both null: everybody whom its row scope and
    clearance let in. The circle narrows, it never lets anybody in.

    Only :mod:`zhengtong.core.marks.services` writes these three.
    """

    mark = models.PositiveSmallIntegerField(
        _("密级标识"), choices=Mark.choices, default=Mark.INTERNAL, db_default=Mark.INTERNAL.value, editable=False
    )
    mark_circle = ArrayField(models.BigIntegerField(), verbose_name=_("知悉范围（单位）"), null=True, editable=False)
    mark_readers = ArrayField(models.BigIntegerField(), verbose_name=_("知悉范围（人员）"), null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_restricted(self) -> bool:
        """Whether some whom the row's scope lets in may not know of it: what they too read says neither what it is nor
        whose."""
        return self.mark >= Mark.WORK_SECRET or self.mark_circle is not None or self.mark_readers is not None


MARK_RULE: Mapping[str, Any] = {"mark": "mark", "circle": "mark_circle", "readers": "mark_readers"}
"""How a :class:`MarkedRow` is said to be protected: ``Protected(Case, **MARK_RULE, …)``."""
