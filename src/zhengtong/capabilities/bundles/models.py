"""The parts of an application for a bundle: its items, those that run, that wait, that never began."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class PartState(models.TextChoices):
    WAITING = "waiting", _("等待前一事项")
    STARTED = "started", _("已启动")
    STOPPED = "stopped", _("未启动")


class BundlePart(models.Model):
    """One item of one application (``parent``). It has a case from the moment it is started.

    Item version and office are those of the day of the application: what was filled in fits them. ``after`` are the
    items of the same application that have to be granted first. ``is_prechecked``: the counter has checked its
    materials already, so it is accepted when it starts.
    """

    parent = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="bundle_parts", db_index=False)
    item = models.ForeignKey("cases.ServiceItem", on_delete=models.PROTECT, related_name="+")
    item_version = models.ForeignKey("cases.ItemVersion", on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("cases.ItemOffice", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(_("顺序"))
    after = ArrayField(models.SlugField(max_length=60), verbose_name=_("等待"), default=list)
    why = models.CharField(_("为什么要办"), max_length=300, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=PartState.choices, default=PartState.WAITING)
    is_prechecked = models.BooleanField(_("材料已预先核对"), default=False)
    prechecked_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, null=True, related_name="bundle_part")
    stopped_why = models.CharField(_("未启动的原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("一件事的事项")
        ordering = ["parent_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "position"], name="one_part_a_position"),
            models.UniqueConstraint(fields=["parent", "item"], name="one_part_an_item"),
            models.CheckConstraint(
                condition=models.Q(state="started", case__isnull=False) | ~models.Q(state="started"),
                name="a_started_part_has_a_case",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} {self.item}"


class BundleText(models.Model):
    """The newest text of a bundle as its author wrote it, to be compiled anew when one of its items changes."""

    item = models.OneToOneField("cases.ServiceItem", on_delete=models.PROTECT, related_name="bundle_text")
    text: "models.JSONField[Any, Any]" = models.JSONField(_("内容"))
    items = ArrayField(models.SlugField(max_length=60), verbose_name=_("包含的事项"))
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("一件事的内容")
        indexes = [GinIndex(fields=["items"], name="bundles_by_item")]

    def __str__(self) -> str:
        return str(self.item)
