"""What entries are found by, and the lists of who needs data (需求清单) and who owes it (责任清单)."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def list_cycles() -> list[tuple[str, Any]]:
    # The entries' models import these ones.
    from zhengtong.capabilities.catalogue.models import UpdateCycle

    return list(UpdateCycle.choices)


class Document(models.Model):
    """A published entry as it is searched. It is made of the version that is in force, and made anew when that changes.

    ``names``, ``body``, ``terms`` and ``grams`` are what ``core.search`` keeps of any row; the other columns are the
    facets. ``mark`` is who may know of it: above 公开 the public doesn't.
    """

    resource = models.OneToOneField(
        "catalogue.Resource", on_delete=models.CASCADE, primary_key=True, related_name="document"
    )
    version = models.ForeignKey("catalogue.ResourceVersion", on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    provider = models.ForeignKey("identity.Organisation", on_delete=models.CASCADE, related_name="+")
    class_code = models.CharField(max_length=20)
    share_type = models.CharField(max_length=13)
    open_type = models.CharField(max_length=11)
    update_cycle = models.CharField(max_length=9)
    data_format = models.CharField(max_length=60, blank=True)
    mark = models.PositiveSmallIntegerField()
    published_on = models.DateField()
    items = models.PositiveSmallIntegerField()
    names = models.TextField()
    body = models.TextField(blank=True)
    terms = SearchVectorField()
    grams = SearchVectorField()

    class Meta:
        indexes = [
            GinIndex(fields=["terms"], name="catalogue_terms"),
            GinIndex(fields=["grams"], name="catalogue_grams"),
            models.Index(fields=["-published_on", "-resource"], name="catalogue_newest"),
            models.Index(fields=["provider", "-published_on", "-resource"], name="catalogue_by_provider"),
            models.Index(fields=["class_code", "-published_on", "-resource"], name="catalogue_by_class"),
        ]

    def __str__(self) -> str:
        return self.title


class Synonym(models.Model):
    """Words that mean the same to who searches the catalogue: whoever types one finds the others too."""

    words = models.CharField(
        _("同义词"), max_length=200, unique=True, help_text=_("用顿号隔开，例如 身份证、公民身份号码")
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("目录同义词")

    def __str__(self) -> str:
        return self.words


class DemandState(models.TextChoices):
    OPEN = "open", _("待对接")
    MATCHED = "matched", _("已有资源")
    ASSIGNED = "assigned", _("已定责任单位")
    FULFILLED = "fulfilled", _("已满足")
    DECLINED = "declined", _("不予列入")
    WITHDRAWN = "withdrawn", _("已撤回")


class Demand(models.Model):
    """A line of 需求清单: an organisation needs data that it doesn't have, for a matter of its main business.

    The authority matches it to an entry that is there already, or makes an organisation responsible for one.
    ``matter`` and ``basis`` are what the data is for and by which law, rule or document it may be asked for.
    """

    number = models.CharField(_("编号"), max_length=20, unique=True)
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("需求单位")
    )
    name = models.CharField(_("需要的数据"), max_length=200)
    items = models.CharField(_("信息项"), max_length=1000, blank=True, help_text=_("需要的信息项，用顿号隔开"))
    matter = models.CharField(_("主要业务事项"), max_length=200, help_text=_("这些数据用来办哪一项业务"))
    basis = models.CharField(_("依据"), max_length=500, help_text=_("法律法规、三定方案或者文件的名称和条款"))
    update_cycle = models.CharField(_("需要的更新周期"), max_length=9, choices=list_cycles)
    suggested = models.CharField(_("可能的提供单位"), max_length=120, blank=True)
    state = models.CharField(_("状态"), max_length=9, choices=DemandState.choices, default=DemandState.OPEN)
    resource = models.ForeignKey(
        "catalogue.Resource",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="demands",
        verbose_name=_("信息资源"),
    )
    opinion = models.CharField(_("统筹意见"), max_length=500, blank=True)
    raised_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("提出人")
    )
    raised_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    settled_at = models.DateTimeField(_("落实时间"), null=True)

    class Meta:
        verbose_name = _("数据需求")
        indexes = [
            models.Index(fields=["organisation", "-id"], name="demands_by_office"),
            models.Index(fields=["state", "-id"], name="demands_by_state"),
            models.Index(fields=["name"], opclasses=["varchar_pattern_ops"], name="demands_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class ResponsibilityState(models.TextChoices):
    OWED = "owed", _("待发布")
    FULFILLED = "fulfilled", _("已发布")
    RELEASED = "released", _("已免除")


class Responsibility(models.Model):
    """A line of 责任清单: ``organisation`` has to publish data as an entry by ``due_on``, ``days`` working days after
    it was assigned.

    It is fulfilled when the entry that it named as its answer is published; ``is_late`` says that this was after the
    last day. Only the authority releases it, with a reason.
    """

    number = models.CharField(_("编号"), max_length=20, unique=True)
    demand = models.ForeignKey(
        Demand,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="responsibilities",
        verbose_name=_("数据需求"),
    )
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("责任单位")
    )
    name = models.CharField(_("应发布的数据"), max_length=200)
    basis = models.CharField(_("依据"), max_length=500)
    days = models.PositiveSmallIntegerField(_("期限（工作日）"))
    # A sheet doesn't say them: whoever writes the row reckons them from ``days``.
    due_on = models.DateField(_("最后一天"), default=timezone.localdate)
    due_at = models.DateTimeField(_("期限"), default=timezone.now)
    state = models.CharField(
        _("状态"), max_length=9, choices=ResponsibilityState.choices, default=ResponsibilityState.OWED
    )
    resource = models.ForeignKey(
        "catalogue.Resource",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="responsibilities",
        verbose_name=_("信息资源"),
    )
    is_late = models.BooleanField(_("逾期"), default=False)
    opinion = models.CharField(_("意见"), max_length=500, blank=True)
    assigned_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("下达人")
    )
    assigned_at = models.DateTimeField(_("下达时间"), auto_now_add=True)
    fulfilled_at = models.DateTimeField(_("发布时间"), null=True)

    class Meta:
        verbose_name = _("数据责任")
        constraints = [
            models.UniqueConstraint(
                fields=["demand"], condition=Q(state="owed"), name="one_open_responsibility_a_demand"
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="responsibilities_by_office"),
            models.Index(fields=["state", "due_at"], name="responsibilities_by_due"),
            models.Index(fields=["name"], opclasses=["varchar_pattern_ops"], name="responsibilities_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
