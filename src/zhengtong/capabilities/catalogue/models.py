"""The catalogue of data resources after GB/T 21063: entries, their versions, fields, and where the data is."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.models_finding import (
    Demand,
    DemandState,
    Document,
    Responsibility,
    ResponsibilityState,
    Synonym,
)

__all__ = ["Demand", "DemandState", "Document", "Responsibility", "ResponsibilityState", "Synonym"]


class ShareType(models.TextChoices):
    """国发〔2016〕51号 第九条. 不予共享 needs a legal basis, 有条件共享 its conditions."""

    UNCONDITIONAL = "unconditional", _("无条件共享")
    CONDITIONAL = "conditional", _("有条件共享")
    WITHHELD = "withheld", _("不予共享")


class OpenType(models.TextChoices):
    OPEN = "open", _("开放")
    CONDITIONAL = "conditional", _("有条件开放")
    CLOSED = "closed", _("不开放")


class UpdateCycle(models.TextChoices):
    LIVE = "live", _("实时")
    DAILY = "daily", _("每日")
    WEEKLY = "weekly", _("每周")
    MONTHLY = "monthly", _("每月")
    QUARTERLY = "quarterly", _("每季度")
    YEARLY = "yearly", _("每年")
    IRREGULAR = "irregular", _("不定期")


class ResourceState(models.TextChoices):
    COMPILING = "compiling", _("编制中")
    PUBLISHED = "published", _("已发布")
    CHANGING = "changing", _("变更中")
    RETIRED = "retired", _("已停用")


class VersionStatus(models.TextChoices):
    DRAFT = "draft", _("草稿")
    DEPARTMENT_REVIEW = "department", _("部门审核")
    AUTHORITY_REVIEW = "authority", _("主管审核")
    RETURNED = "returned", _("退回修改")
    PUBLISHED = "published", _("已发布")
    SUPERSEDED = "superseded", _("被新版本替代")
    DISCARDED = "discarded", _("已放弃")


class PersonalClass(models.TextChoices):
    """个人信息保护法 第四条、第二十八条."""

    NONE = "none", _("不是个人信息")
    PERSONAL = "personal", _("个人信息")
    SENSITIVE = "sensitive", _("敏感个人信息")


class FieldGrade(models.IntegerChoices):
    """How much harm its disclosure does, lowest first (GB/T 43697-2024 一般数据分级)."""

    ONE = 1, _("1级")
    TWO = 2, _("2级")
    THREE = 3, _("3级")
    FOUR = 4, _("4级")


class MaskKind(models.TextChoices):
    """How a value is covered before it leaves. The rules are in ``contracts.masks``."""

    NONE = "none", _("不脱敏")
    NAME = "name", _("姓名：只留姓")
    NUMBER = "number", _("证件号：留前三后四")
    PHONE = "phone", _("电话：留前三后四")
    ADDRESS = "address", _("地址：只到区县")
    DATE_TO_YEAR = "year", _("日期：只到年")
    DIGEST = "digest", _("加密摘要：可比对，不可还原")
    HIDDEN = "hidden", _("不提供")


class Classification(models.Model):
    """A node of the classification (类 项 目 细目). ``code`` holds those of the nodes above it as its beginning."""

    code = models.CharField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )

    class Meta:
        verbose_name = _("资源分类")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Resource(models.Model):
    """One entry of the catalogue. What its columns say is what its published version says, or else the newest draft.

    ``code`` is the classification's code, a slash and a number. ``dataset`` names the module's declaration that the
    entry was made from. ``data_updated_at`` is when its data last came, by any contract or by its provider's word.
    """

    code = models.CharField(_("资源代码"), max_length=40, unique=True)
    name = models.CharField(_("资源名称"), max_length=200)
    abstract = models.TextField(_("资源摘要"), blank=True)
    provider = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("提供单位")
    )
    classification = models.ForeignKey(
        Classification, on_delete=models.PROTECT, related_name="resources", verbose_name=_("分类")
    )
    state = models.CharField(_("状态"), max_length=10, choices=ResourceState.choices, default=ResourceState.COMPILING)
    share_type = models.CharField(_("共享类型"), max_length=13, choices=ShareType.choices)
    open_type = models.CharField(_("开放属性"), max_length=11, choices=OpenType.choices, default=OpenType.CLOSED)
    update_cycle = models.CharField(_("更新周期"), max_length=9, choices=UpdateCycle.choices)
    current = models.ForeignKey(
        "ResourceVersion", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("现行版本")
    )
    dataset = models.CharField(_("平台数据集"), max_length=80, blank=True)
    published_on = models.DateField(_("发布日期"), null=True)
    data_updated_at = models.DateTimeField(_("数据更新时间"), null=True)
    drifts = models.PositiveIntegerField(_("与数据源不符处"), default=0)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("信息资源")
        constraints = [
            models.UniqueConstraint(fields=["dataset"], condition=~Q(dataset=""), name="one_resource_a_dataset"),
        ]
        indexes = [
            models.Index(fields=["provider", "state", "code"], name="resources_by_provider"),
            models.Index(fields=["state", "code"], name="resources_by_state"),
            models.Index(fields=["classification", "state", "code"], name="resources_by_class"),
        ]

    def __str__(self) -> str:
        return self.name


class ResourceVersion(models.Model):
    """One version of an entry. Once published it is never written again: a change is the next version.

    ``verdict`` says what the change means to those who use the one before (``same``, ``compatible``, ``breaking``),
    ``changes`` why: a list of ``{"field", "change", "before", "after", "verdict"}``. ``revision`` counts the savings of
    a draft; ``digest`` is that of the published text, and once it is there the database refuses to change the version.
    """

    resource = models.ForeignKey(
        Resource, on_delete=models.CASCADE, related_name="versions", verbose_name=_("信息资源")
    )
    number = models.PositiveIntegerField(_("版本"))
    status = models.CharField(_("状态"), max_length=10, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    name = models.CharField(_("资源名称"), max_length=200)
    abstract = models.TextField(_("资源摘要"))
    classification = models.ForeignKey(
        Classification, on_delete=models.PROTECT, related_name="+", verbose_name=_("分类")
    )
    data_format = models.CharField(_("资源格式"), max_length=60, blank=True)
    share_type = models.CharField(_("共享类型"), max_length=13, choices=ShareType.choices)
    share_condition = models.CharField(_("共享条件"), max_length=500, blank=True)
    share_way = models.CharField(_("共享方式"), max_length=100, blank=True)
    withheld_basis = models.CharField(_("不予共享的依据"), max_length=500, blank=True)
    open_type = models.CharField(_("开放属性"), max_length=11, choices=OpenType.choices, default=OpenType.CLOSED)
    open_condition = models.CharField(_("开放条件"), max_length=500, blank=True)
    update_cycle = models.CharField(_("更新周期"), max_length=9, choices=UpdateCycle.choices)
    related = models.CharField(_("关联资源代码"), max_length=300, blank=True, default="")
    note = models.CharField(_("变更说明"), max_length=500, blank=True)
    verdict = models.CharField(_("兼容性"), max_length=10, blank=True)
    changes: "models.JSONField[Any, Any]" = models.JSONField(_("变更内容"), default=list)
    compiled_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("编制人")
    )
    reviewed_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("部门审核人")
    )
    approved_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("主管审核人")
    )
    opinion = models.CharField(_("审核意见"), max_length=1000, blank=True)
    started_at = models.DateTimeField(_("编制时间"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("送审时间"), null=True)
    reviewed_at = models.DateTimeField(_("部门审核时间"), null=True)
    published_at = models.DateTimeField(_("发布时间"), null=True)
    due_at = models.DateTimeField(_("办理期限"), null=True)
    revision = models.PositiveIntegerField(_("保存次数"), default=0)
    digest = models.CharField(_("内容摘要"), max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("资源版本")
        constraints = [
            models.UniqueConstraint(fields=["resource", "number"], name="one_version_of_a_number"),
            models.UniqueConstraint(
                fields=["resource"],
                condition=Q(status__in=["draft", "department", "authority", "returned"]),
                name="one_open_version_a_resource",
            ),
        ]
        indexes = [models.Index(fields=["status", "id"], name="resource_versions_by_status")]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"


class Field(models.Model):
    """An information item of a version. ``kind`` is one of ``sources.ColumnKind``; ``rule`` what its values obey.

    ``rule`` is JSON of ``contracts.rules``: {"pattern", "least", "most", "one_of", "check": "GB11643" | "GB32100"}.
    ``column`` is what the item is called in the source.
    """

    version = models.ForeignKey(
        ResourceVersion, on_delete=models.CASCADE, related_name="fields", verbose_name=_("资源版本")
    )
    position = models.PositiveSmallIntegerField(_("序号"))
    code = models.CharField(_("代码"), max_length=63)
    name = models.CharField(_("信息项名称"), max_length=100)
    column = models.CharField(_("数据源中的列"), max_length=128)
    kind = models.CharField(_("数据类型"), max_length=8)
    length = models.PositiveIntegerField(_("长度"), null=True, blank=True)
    precision = models.PositiveSmallIntegerField(_("精度"), null=True, blank=True)
    scale = models.PositiveSmallIntegerField(_("小数位"), null=True, blank=True)
    has_zone = models.BooleanField(_("带时区"), default=False)
    dictionary = models.CharField(_("字典"), max_length=100, blank=True)
    grade = models.PositiveSmallIntegerField(_("数据级别"), choices=FieldGrade.choices, default=FieldGrade.ONE)
    personal = models.CharField(_("个人信息"), max_length=9, choices=PersonalClass.choices, default=PersonalClass.NONE)
    is_key = models.BooleanField(_("主键"), default=False)
    is_nullable = models.BooleanField(_("可以为空"), default=True)
    rule: "models.JSONField[Any, Any]" = models.JSONField(_("校验规则"), default=dict, blank=True)
    mask = models.CharField(_("默认脱敏"), max_length=7, choices=MaskKind.choices, default=MaskKind.NONE)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    # Read out of a source by its columns' names; a person has to confirm what was guessed.
    is_proposed = models.BooleanField(_("推测，待核对"), default=False)

    class Meta:
        verbose_name = _("信息项")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="one_field_of_a_code_a_version")]

    def __str__(self) -> str:
        return self.name


class MountKind(models.TextChoices):
    TABLE = "table", _("库表")
    FILE = "file", _("文件")
    INTERFACE = "interface", _("接口")


class Mount(models.Model):
    """Where a resource's data is: a table or file of a source, or an interface behind one.

    ``place`` is the name that the source's driver takes. ``watermark`` the column that grows with every change,
    "" when there is none. ``state`` is what the last probe found.
    """

    class State(models.TextChoices):
        UNCHECKED = "unchecked", _("没有核对")
        MATCHES = "matches", _("与目录相符")
        DRIFTED = "drifted", _("目录与实际不符")
        AWAY = "away", _("数据源没有应答")

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="mounts", verbose_name=_("信息资源"))
    source = models.ForeignKey(
        "sources.Source", on_delete=models.PROTECT, related_name="mounts", verbose_name=_("数据源")
    )
    kind = models.CharField(_("挂接方式"), max_length=9, choices=MountKind.choices)
    place = models.CharField(_("库表、文件或者接口"), max_length=300)
    watermark = models.CharField(_("增量列"), max_length=128, blank=True)
    state = models.CharField(_("核对结果"), max_length=9, choices=State.choices, default=State.UNCHECKED)
    checked_at = models.DateTimeField(_("核对时间"), null=True)
    findings: "models.JSONField[Any, Any]" = models.JSONField(_("不符之处"), default=list)

    class Meta:
        verbose_name = _("资源挂接")
        constraints = [
            models.UniqueConstraint(fields=["resource", "source", "place"], name="one_mount_of_a_place_a_resource")
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.place}"


class LimitStep(models.TextChoices):
    DEPARTMENT = "department", _("部门审核")
    AUTHORITY = "authority", _("主管审核")
    CORRECTION = "correction", _("退回后修改")


class CatalogueLimit(models.Model):
    """Within how many working days a step is to be done, from which day on, by which rule."""

    step = models.CharField(_("环节"), max_length=10, choices=LimitStep.choices)
    days = models.PositiveSmallIntegerField(_("期限（工作日）"))
    source = models.CharField(_("依据"), max_length=150)
    article = models.CharField(_("条款"), max_length=40, blank=True)
    effective_from = models.DateField(_("生效日期"))
    effective_to = models.DateField(_("失效日期"), null=True, blank=True)
    is_unverified = models.BooleanField(_("待核对"), default=True)

    class Meta:
        verbose_name = _("目录审核期限")
        constraints = [
            models.UniqueConstraint(fields=["step", "effective_from"], name="one_catalogue_limit_a_day"),
            models.CheckConstraint(condition=Q(days__gte=1), name="catalogue_limit_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.days}"


class SheetState(models.TextChoices):
    CHECKED = "checked", _("待确认")
    APPLIED = "applied", _("已导入")
    CANCELLED = "cancelled", _("已放弃")


class CatalogueSheet(models.Model):
    """A sheet of entries that was read but not yet written: what it would change, for a person to confirm.

    ``plan`` is a list of ``{"line", "name", "act", "problems", "changes", "text", "base", "resource", "provider"}``.
    """

    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("单位")
    )
    uploaded_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("上传人")
    )
    file_name = models.CharField(_("文件"), max_length=200)
    state = models.CharField(_("状态"), max_length=9, choices=SheetState.choices, default=SheetState.CHECKED)
    plan: "models.JSONField[Any, Any]" = models.JSONField(_("差异"), default=list)
    created_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    applied_at = models.DateTimeField(_("导入时间"), null=True)

    class Meta:
        verbose_name = _("目录表格")
        indexes = [models.Index(fields=["organisation", "-id"], name="catalogue_sheets_by_office")]

    def __str__(self) -> str:
        return self.file_name
