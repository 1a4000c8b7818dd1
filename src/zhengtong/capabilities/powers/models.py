"""Lists of power, their entries, and the dated versions of each entry with their legal basis."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhengtong.capabilities.powers.domain import Adjustment, Basis, PowerText


class PowerKind(models.TextChoices):
    LICENCE = "licence", _("行政许可")
    PUNISHMENT = "punishment", _("行政处罚")
    COERCION = "coercion", _("行政强制")
    LEVY = "levy", _("行政征收")
    BENEFIT = "benefit", _("行政给付")
    INSPECTION = "inspection", _("行政检查")
    CONFIRMATION = "confirmation", _("行政确认")
    REWARD = "reward", _("行政奖励")
    ADJUDICATION = "adjudication", _("行政裁决")
    OTHER = "other", _("其他")


class Level(models.TextChoices):
    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")
    TOWN = "town", _("乡级")


class PowerState(models.TextChoices):
    COMPILING = "compiling", _("编制中")
    COMING = "coming", _("待生效")
    LIVE = "live", _("现行有效")
    WITHDRAWN = "withdrawn", _("已取消")


class VersionStatus(models.TextChoices):
    COMPILING = "compiling", _("编制中")
    IN_REVIEW = "in_review", pgettext_lazy("power", "送审")
    RETURNED = "returned", pgettext_lazy("power", "退回")
    PUBLISHED = "published", _("已发布")
    CANCELLED = "cancelled", _("已取消")


class AdjustmentKind(models.TextChoices):
    NEW = Adjustment.NEW.value, _("新增")
    CHANGE = Adjustment.CHANGE.value, _("变更")
    MOVE = Adjustment.MOVE.value, _("下放")
    CANCEL = Adjustment.CANCEL.value, _("取消")
    MERGE = Adjustment.MERGE.value, _("合并")


OPEN = (VersionStatus.COMPILING, VersionStatus.IN_REVIEW, VersionStatus.RETURNED)
ENDING = (AdjustmentKind.CANCEL, AdjustmentKind.MERGE)


class PowerList(models.Model):
    """One kind of list (权责清单, 行政审批事项清单, …). Which there are is data: an office adds another."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60, unique=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("顺序"), default=100)

    class Meta:
        verbose_name = _("清单")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class PowerEntry(models.Model):
    """One power in one list. What its columns say follows from its versions: the one that holds, or the newest.

    ``organ`` is the title of the organ that exercises it, in every place of ``level``; ``organisation`` the office that
    compiles it (none yet for what the platform came with). The ``…_words`` are lists as lines, as a sheet holds them.
    """

    code = models.CharField(_("编码"), max_length=60, unique=True)
    power_list = models.ForeignKey(PowerList, on_delete=models.PROTECT, related_name="entries", verbose_name=_("清单"))
    name = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("类别"), max_length=12, choices=PowerKind.choices)
    organ = models.CharField(_("行使机关"), max_length=60)
    level = models.CharField(_("层级"), max_length=10, choices=Level.choices, default=Level.COUNTY)
    inquiry_phone = models.CharField(_("咨询电话"), max_length=40, blank=True, default="")
    basis_words = models.TextField(_("设定依据"), blank=True, default="")
    procedure_words = models.TextField(_("行使流程"), blank=True, default="")
    responsibility_words = models.TextField(_("责任事项"), blank=True, default="")
    accountability = models.TextField(_("追责情形"), blank=True, default="")
    organisation = models.ForeignKey(
        "identity.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("编制单位"),
    )
    state = models.CharField(_("状态"), max_length=10, choices=PowerState.choices, default=PowerState.COMPILING)
    effective_from = models.DateField(_("生效日期"), null=True, blank=True)
    ended_on = models.DateField(_("取消日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("权力事项")
        indexes = [
            models.Index(fields=["name"], opclasses=["varchar_pattern_ops"], name="powers_by_name"),
            models.Index(fields=["power_list", "state", "code"], name="powers_by_list"),
            models.Index(fields=["organ", "code"], name="powers_by_organ"),
        ]

    def __str__(self) -> str:
        return self.name


class PowerVersion(models.Model):
    """One version of an entry, from its compiling to the day when the next takes its place. Published, it is fixed.

    ``content`` is a :class:`~zhengtong.capabilities.powers.domain.PowerText` without its basis, which has rows.
    ``reason`` is the basis of the adjustment; ``into`` the entry that a merged one became part of.
    """

    entry = models.ForeignKey(PowerEntry, on_delete=models.CASCADE, related_name="versions", verbose_name=_("权力事项"))
    number = models.PositiveIntegerField(_("版本"))
    status = models.CharField(_("状态"), max_length=10, choices=VersionStatus.choices, default=VersionStatus.COMPILING)
    adjustment = models.CharField(_("调整"), max_length=10, choices=AdjustmentKind.choices)
    reason = models.CharField(_("调整依据"), max_length=500, blank=True)
    content: "models.JSONField[Any, Any]" = models.JSONField(_("内容"))
    into = models.ForeignKey(
        PowerEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("并入")
    )
    effective_from = models.DateField(_("生效日期"), null=True, blank=True)
    effective_to = models.DateField(_("有效期至"), null=True, blank=True)
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("编制单位")
    )
    compiled_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("编制人")
    )
    reviewed_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("审核人")
    )
    opinion = models.CharField(_("审核意见"), max_length=1000, blank=True)
    started_at = models.DateTimeField(_("编制时间"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("送审时间"), null=True)
    reviewed_at = models.DateTimeField(_("审核时间"), null=True)

    class Meta:
        verbose_name = _("权力事项版本")
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="one_power_version_a_number"),
            models.UniqueConstraint(
                fields=["entry"],
                condition=Q(status__in=["compiling", "in_review", "returned"]),
                name="one_open_version_a_power",
            ),
            models.UniqueConstraint(
                fields=["entry", "effective_from"], condition=Q(status="published"), name="one_power_version_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(effective_from__isnull=False), name="published_from_a_day"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="power_versions_by_office")]

    def __str__(self) -> str:
        return f"{self.entry.name}（第{self.number}版）"

    @property
    def text(self) -> PowerText:
        """What the version says, its basis included."""
        rows = (Basis(row.title, row.article, row.text) for row in self.basis.all())
        return PowerText.of({**self.content, "basis": [vars(row) for row in rows]})

    @property
    def ends(self) -> bool:
        return Adjustment(self.adjustment).ends


class PowerBasis(models.Model):
    """One legal basis of a version: law, article, its words."""

    version = models.ForeignKey(PowerVersion, on_delete=models.CASCADE, related_name="basis")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("法律法规"), max_length=150)
    article = models.CharField(_("条款"), max_length=60, blank=True)
    text = models.TextField(_("条文"))

    class Meta:
        verbose_name = _("设定依据")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="one_basis_a_place")]

    def __str__(self) -> str:
        return str(Basis(self.title, self.article, self.text))
