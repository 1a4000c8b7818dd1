"""A seal and its makings: image, certificates and keys, which change when it is made anew."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.seals.domain import SealState


class SealKind(models.TextChoices):
    """《电子印章管理办法》 knows these; which special ones there are is said by the line under the star."""

    STATUTORY = "statutory", _("法定名称章")
    SPECIAL = "special", _("专用章")
    REPRESENTATIVE = "representative", _("法定代表人名章")
    PERSONAL = "personal", _("个人签名")


class Shape(models.TextChoices):
    ROUND = "round", _("圆形")
    OVAL = "oval", _("椭圆形")
    SQUARE = "square", _("方形")
    SIGNATURE = "signature", _("签名")


class StateWords(models.TextChoices):
    PREPARING = SealState.PREPARING.value, _("制发中")
    ACTIVE = SealState.ACTIVE.value, _("使用中")
    SUSPENDED = SealState.SUSPENDED.value, _("已停用")
    DESTROYED = SealState.DESTROYED.value, _("已注销")
    ABANDONED = SealState.ABANDONED.value, _("未制发")


class Seal(models.Model):
    """印章. ``text`` is what stands on the arc (or in the square), ``line`` the type below the star.

    ``keeper`` is who keeps it (保管人): without one in office nothing is sealed. ``making`` is the one in use.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField(_("印章编码"), max_length=13, unique=True)
    kind = models.CharField(_("种类"), max_length=16, choices=SealKind.choices)
    name = models.CharField(_("印章名称"), max_length=120)
    text = models.CharField(_("印文"), max_length=60)
    line = models.CharField(_("专用名称"), max_length=20, blank=True)
    shape = models.CharField(_("形状"), max_length=10, choices=Shape.choices)
    width_mm = models.DecimalField(_("宽（毫米）"), max_digits=5, decimal_places=1)
    height_mm = models.DecimalField(_("高（毫米）"), max_digits=5, decimal_places=1)
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("使用单位")
    )
    keeper = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("保管人")
    )
    state = models.CharField(_("状态"), max_length=10, choices=StateWords.choices, default=StateWords.PREPARING)
    making = models.OneToOneField(
        "seals.Making", on_delete=models.PROTECT, null=True, related_name="used_by", verbose_name=_("在用版本")
    )
    created_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    filing_number = models.CharField(_("备案号"), max_length=40, blank=True)
    enabled_at = models.DateTimeField(_("启用时间"), null=True)
    ended_at = models.DateTimeField(_("注销时间"), null=True)
    end_reason = models.CharField(_("注销原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("印章")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organisation", "state", "id"], name="seals_by_office"),
            models.Index(fields=["name"], opclasses=["varchar_pattern_ops"], name="seals_by_name"),
            models.Index(fields=["keeper"], name="seals_by_keeper", condition=models.Q(keeper__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


class Making(models.Model):
    """What was made for a seal at one time: its picture, two certificates (P-256 and SM2) and the GB/T 38540 seal.

    The keys never leave the signer; their names are here. Once made it doesn't change, but for its end.
    """

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="makings")
    number = models.PositiveIntegerField(_("版本"))
    image_svg = models.TextField(_("图样"))
    key_name = models.CharField(max_length=80, unique=True)
    sm2_key_name = models.CharField(max_length=80, unique=True)
    certificate = models.ForeignKey("pki.Certificate", on_delete=models.PROTECT, related_name="+")
    sm2_certificate = models.ForeignKey("pki.Certificate", on_delete=models.PROTECT, related_name="+")
    ses_seal = models.BinaryField()
    made_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, related_name="+", verbose_name=_("制作人")
    )
    made_at = models.DateTimeField(_("制作时间"))
    ended_at = models.DateTimeField(_("停止使用时间"), null=True)

    class Meta:
        verbose_name = _("印章版本")
        constraints = [models.UniqueConstraint(fields=["seal", "number"], name="one_making_a_number")]

    def __str__(self) -> str:
        return f"{self.seal} · {self.number}"
