"""What an office compiles before it is published: texts of items, and materials that many items ask for."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.models.case import CaseKind


class DraftStatus(models.TextChoices):
    COMPILING = "compiling", _("编制中")
    IN_REVIEW = "in_review", _("待审核")
    RETURNED = "returned", _("退回修改")
    PUBLISHED = "published", _("已发布")
    ABANDONED = "abandoned", _("已放弃")


class ItemDraft(models.Model):
    """The text of an item while an office compiles it, until it is published as the item's next version.

    ``definition`` has the shape of ``ItemVersion.definition``, and may be incomplete. ``number`` counts the savings:
    two people who have it open can't overwrite each other. ``standard``: the item of the level above, whose fields it
    takes over (四级联动). ``based_on``: the version that was the newest when compiling began, which must still be it at
    publication. ``kind``: a bundle's text is its author's, compiled at publication.
    """

    item = models.ForeignKey(
        "cases.ServiceItem", on_delete=models.PROTECT, null=True, blank=True, related_name="drafts"
    )
    standard = models.ForeignKey("cases.ServiceItem", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(_("代码"), max_length=60)
    name = models.CharField(_("名称"), max_length=100)
    definition: "models.JSONField[Any, Any]" = models.JSONField(_("内容"), default=dict)
    status = models.CharField(_("状态"), max_length=12, choices=DraftStatus.choices, default=DraftStatus.COMPILING)
    number = models.PositiveIntegerField(_("修改次数"), default=0)
    reason = models.CharField(_("修改依据"), max_length=500, blank=True)
    opinion = models.CharField(_("审核意见"), max_length=1000, blank=True)
    started_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.ForeignKey("cases.ItemVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(
        _("类别"), max_length=10, choices=CaseKind.choices, default=CaseKind.LICENCE, db_default=CaseKind.LICENCE
    )
    based_on = models.ForeignKey("cases.ItemVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    standard_version = models.ForeignKey(
        "cases.ItemVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(_("修改时间"), auto_now=True)

    class Meta:
        verbose_name = _("编制中的事项")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "organisation"],
                condition=models.Q(status__in=["compiling", "in_review", "returned"]),
                name="one_open_draft_a_code",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_status_display()})"


OPEN_DRAFTS = (DraftStatus.COMPILING, DraftStatus.IN_REVIEW, DraftStatus.RETURNED)


class LibraryMaterial(models.Model):
    """A material that several items ask for, described once (材料库). ``document`` names what it is, in all of them."""

    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("材料名称"), max_length=120)
    document = models.SlugField(_("材料代码"), max_length=60)
    kinds = ArrayField(models.CharField(max_length=10), verbose_name=_("文件格式"), default=list)
    original = models.CharField(_("原件或复印件"), max_length=60, blank=True)
    source = models.CharField(_("来源"), max_length=120)
    issuer = models.CharField(_("出具单位"), max_length=120, blank=True)
    e_licence = models.CharField(_("可替代的电子证照"), max_length=60, blank=True)
    help = models.CharField(_("说明"), max_length=500, blank=True)
    is_retired = models.BooleanField(_("已停用"), default=False)
    updated_at = models.DateTimeField(_("修改时间"), auto_now=True)

    class Meta:
        verbose_name = _("材料库")
        constraints = [models.UniqueConstraint(fields=["organisation", "document"], name="one_library_row_a_document")]

    def __str__(self) -> str:
        return self.name
