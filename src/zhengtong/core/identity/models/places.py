"""Regions (行政区划) and the tree that they are."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    TextBase = models.TextField[str, str]
    LookupBase = models.Lookup[Any]
else:
    TextBase = models.TextField
    LookupBase = models.Lookup


class LtreeField(TextBase):
    """A PostgreSQL ``ltree`` path. ``contained_by`` finds a subtree, itself included."""

    def db_type(self, connection: Any) -> str:
        return "ltree"


@LtreeField.register_lookup
class ContainedBy(LookupBase):
    lookup_name = "contained_by"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} <@ {right}::ltree", [*left_params, *right_params]


class RegionLevel(models.TextChoices):
    PROVINCE = "province", _("省")
    CITY = "city", _("市")
    COUNTY = "county", _("县")
    TOWN = "town", _("乡镇（街道）")
    VILLAGE = "village", _("村（社区）")


class Region(models.Model):
    """行政区划 after GB/T 2260 and the statistical division codes (6, 9 or 12 digits)."""

    code = models.CharField(_("代码"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("级别"), max_length=10, choices=RegionLevel.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    path = LtreeField(_("路径"))

    class Meta:
        verbose_name = _("行政区划")
        ordering = ["code"]
        indexes = [
            GistIndex(fields=["path"], name="regions_by_path"),
            # A place is chosen by the beginning of its name among 660,000.
            models.Index(fields=["name"], opclasses=["varchar_pattern_ops"], name="regions_by_name"),
        ]

    def __str__(self) -> str:
        return self.name
