"""What can be applied for: items, their published versions, the offices that handle them, the legal limits."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.models.case import CaseKind


class RuleKind(models.TextChoices):
    LIMIT = "limit", _("期限")
    EXCLUSION = "exclusion", _("不计入期限的事由")
    REMEDY = "remedy", _("救济途径")
    TERM = "term", _("证照有效期")
    WARNING = "warning", _("预警")
    THRESHOLD = "threshold", _("界限")


class LegalRule(models.Model):
    """What a law or notice sets, with its article and the days on which it is in force; never a constant in code.

    ``values`` holds what the kind needs: unit, budget, extension and approver of a limit, the text of a
    remedy, the years of a term, the percent of a warning (see ``domain.limits``).
    """

    kind = models.CharField(_("类别"), max_length=10, choices=RuleKind.choices)
    code = models.CharField(_("代码"), max_length=60)
    title = models.CharField(_("名称"), max_length=100)
    law = models.CharField(_("法律法规"), max_length=100)
    article = models.CharField(_("条款"), max_length=60)
    effective_from = models.DateField(_("生效"))
    effective_to = models.DateField(_("失效"), null=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    is_unverified = models.BooleanField(_("待核对原文"), default=False)
    values: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("法定规则")
        constraints = [
            models.UniqueConstraint(fields=["kind", "code", "effective_from"], name="one_rule_a_code_and_day")
        ]

    def __str__(self) -> str:
        return self.title


class Audience(models.TextChoices):
    PERSON = "person", _("个人")
    ENTERPRISE = "enterprise", _("企业")


class ItemLevel(models.TextChoices):
    """行使层级, after GB/T 39554.1."""

    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")
    TOWN = "town", _("乡镇级")


class LifeEvent(models.TextChoices):
    """What happens in a life, or to an enterprise: how somebody looks for an item who doesn't know its name."""

    BIRTH = "birth", _("生育收养")
    SCHOOL = "school", _("上学")
    WORK = "work", _("就业")
    MARRIAGE = "marriage", _("婚姻")
    HOME = "home", _("住房")
    VEHICLE = "vehicle", _("车辆出行")
    HEALTH = "health", _("看病就医")
    PENSION = "pension", _("社保养老")
    HARDSHIP = "hardship", _("困难救助")
    DISABILITY = "disability", _("残疾人服务")
    DEATH = "death", _("身后事")
    START_BUSINESS = "start-business", _("开办企业")
    OPEN_SHOP = "open-shop", _("开店经营")
    CHANGE_BUSINESS = "change-business", _("变更经营")
    BUILD = "build", _("工程建设")
    HIRE = "hire", _("用工")
    CLOSE_BUSINESS = "close-business", _("注销退出")


class ServiceItem(models.Model):
    """政务服务事项, with the codes of GB/T 39554.1. What it says is in its versions.

    ``organisation`` keeps its text; "" of an item that came with the platform. ``standard`` is the item of the level
    above whose fields it takes over (四级联动), ``standard_version`` the text of it that was taken over last. An item
    that ``is_standard`` is only taken over: nobody applies for it.
    """

    code = models.SlugField(_("代码"), max_length=60, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    name_en = models.CharField(max_length=150, blank=True)
    aliases = ArrayField(models.CharField(max_length=40), verbose_name=_("俗称"), default=list)
    pinyin = models.CharField(max_length=400, blank=True)
    kind = models.CharField(
        _("类别"), max_length=10, choices=CaseKind.choices, default=CaseKind.LICENCE, db_default=CaseKind.LICENCE
    )
    audience = models.CharField(_("对象"), max_length=12, choices=Audience.choices)
    is_published = models.BooleanField(_("已发布"), default=True)
    # The code of the entry in the lists of power that its newest version names.
    power = models.CharField(_("权力事项"), max_length=60, blank=True, default="", db_default="", db_index=True)
    level = models.CharField(_("行使层级"), max_length=10, choices=ItemLevel.choices, blank=True, default="")
    base_code = models.CharField(_("基本编码"), max_length=40, blank=True, default="")
    implementation_code = models.CharField(_("实施编码"), max_length=60, blank=True, default="")
    life_events = ArrayField(
        models.CharField(max_length=20, choices=LifeEvent.choices), verbose_name=_("人生事件"), default=list, blank=True
    )
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    standard = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="local_items")
    standard_version = models.ForeignKey(
        "cases.ItemVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_standard = models.BooleanField(_("只作为标准"), default=False)

    class Meta:
        verbose_name = _("事项")

    def __str__(self) -> str:
        return self.name


class ItemVersion(models.Model):
    """One published text of an item: guide, form, materials, limits. Never changed once it is published.

    ``definition`` is the compiled file (``seed/items/*.toml``); cases pin the version they were filed under.
    """

    item = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    definition: "models.JSONField[Any, Any]" = models.JSONField(_("内容"))
    digest = models.CharField(max_length=64)
    statutory_limit = models.CharField(_("法定期限"), max_length=60)
    promised_days = models.PositiveSmallIntegerField(_("承诺期限"))
    licence_kind = models.CharField(_("证照类型"), max_length=60, blank=True)
    published_at = models.DateTimeField(_("发布时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("事项版本")
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="one_version_a_number"),
            models.UniqueConstraint(fields=["item", "digest"], name="one_version_a_text"),
        ]

    def __str__(self) -> str:
        return f"{self.item} v{self.number}"


class ItemOffice(models.Model):
    """实施清单: which organ handles an item for which region, and at which counter it is received."""

    item = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, related_name="offices")
    region = models.ForeignKey("identity.Region", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    window = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(_("办理地点"), max_length=200)
    hours = models.CharField(_("办理时间"), max_length=120)
    phone = models.CharField(_("咨询电话"), max_length=40)
    supervision_phone = models.CharField(_("监督电话"), max_length=40)

    class Meta:
        verbose_name = _("实施机构")
        constraints = [models.UniqueConstraint(fields=["item", "region"], name="one_office_an_item_and_region")]

    def __str__(self) -> str:
        return f"{self.item} {self.region}"
