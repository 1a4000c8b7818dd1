"""What the administration sets: categories, dated limits, who handles what where, who receives letters of a region."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.letters.models.letter import LetterKind


class LetterCategory(models.Model):
    """What letters are about. One that is no longer used is retired: letters that have it go on."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=40, unique=True)
    help = models.CharField(_("说明"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("顺序"), default=100)
    is_active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("来信类别")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class LimitPurpose(models.TextChoices):
    ANSWER = "answer", _("答复")
    FOLLOW_UP = "follow_up", _("差评整改")


class LetterLimit(models.Model):
    """Within how many working days, from which day on, by which rule. The more exact row wins: of kind and category,
    of the category, of the kind, of neither."""

    purpose = models.CharField(_("用于"), max_length=12, choices=LimitPurpose.choices, default=LimitPurpose.ANSWER)
    kind = models.CharField(_("类型"), max_length=12, choices=LetterKind.choices, blank=True, default="")
    category = models.ForeignKey(
        LetterCategory, verbose_name=_("类别"), on_delete=models.PROTECT, null=True, blank=True, related_name="limits"
    )
    days = models.PositiveSmallIntegerField(_("期限（工作日）"))
    extension_days = models.PositiveSmallIntegerField(_("最多延长（工作日）"), default=0)
    source = models.CharField(_("依据"), max_length=150)
    article = models.CharField(_("条款"), max_length=40, blank=True)
    effective_from = models.DateField(_("生效日期"))
    effective_to = models.DateField(_("失效日期"), null=True, blank=True)
    is_unverified = models.BooleanField(_("待核对"), default=True)

    class Meta:
        verbose_name = _("来信期限")
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "kind", "category", "effective_from"],
                nulls_distinct=False,
                name="one_letter_limit_a_day",
            ),
            models.CheckConstraint(condition=models.Q(days__gte=1), name="letter_limit_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.days}"


class DispatchRule(models.Model):
    """Letters of a category (any) in a region (and below; anywhere) are suggested to an organisation."""

    category = models.ForeignKey(
        LetterCategory, verbose_name=_("类别"), on_delete=models.PROTECT, null=True, blank=True, related_name="rules"
    )
    region = models.ForeignKey(
        "identity.Region",
        verbose_name=_("区划（网格）"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name=_("承办单位"), on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)
    is_active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("派发规则")
        constraints = [
            models.UniqueConstraint(
                fields=["category", "region", "organisation"], nulls_distinct=False, name="one_dispatch_rule"
            )
        ]

    def __str__(self) -> str:
        return f"{self.category_id} {self.region_id} → {self.organisation_id}"


class Reception(models.Model):
    """Which organisation receives the letters of a region and of all below that have none of their own."""

    region = models.OneToOneField("identity.Region", verbose_name=_("区划"), on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name=_("受理单位"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("来信受理单位")

    def __str__(self) -> str:
        return f"{self.region_id} {self.organisation_id}"
