"""The register of population and the register of legal entities, as the platform keeps them for its business.

The statutory sources are the police (户口登记条例) and market regulation (市场主体登记管理条例, 国令746).
"""

from django.contrib.gis.db.models import PointField
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedTextField


class Sex(models.TextChoices):
    """GB/T 2261.1."""

    MALE = "1", _("男")
    FEMALE = "2", _("女")


class Relation(models.TextChoices):
    """Relation to the head of the household, codes of GB/T 4761."""

    HEAD = "02", _("户主")
    SPOUSE = "10", _("配偶")
    SON = "20", _("子")
    DAUGHTER = "30", _("女")
    GRANDCHILD = "40", _("孙子女")
    FATHER = "51", _("父亲")
    MOTHER = "52", _("母亲")


class Household(models.Model):
    """户 in the register of population."""

    number = models.CharField(_("户号"), max_length=20, unique=True)
    region = models.ForeignKey(
        "identity.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("行政区划")
    )
    address = models.CharField(_("住址"), max_length=200)
    head = models.OneToOneField(
        "registers.Resident",
        on_delete=models.PROTECT,
        null=True,
        related_name="headed_household",
        verbose_name=_("户主"),
    )

    class Meta:
        verbose_name = _("家庭户")

    def __str__(self) -> str:
        return self.number


class Resident(models.Model):
    """人口 registered in the city. The number is sealed; ``id_digest`` finds it, and the registers' door does so."""

    id_number = EncryptedTextField(_("公民身份号码"))
    id_digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    sex = models.CharField(_("性别"), max_length=1, choices=Sex.choices)
    birth_date = models.DateField(_("出生日期"))
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="members")
    relation = models.CharField(_("与户主关系"), max_length=2, choices=Relation.choices)
    region = models.ForeignKey(
        "identity.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("行政区划")
    )
    phone = EncryptedTextField(_("手机"), blank=True, default="")

    class Meta:
        verbose_name = _("人口")

    def __str__(self) -> str:
        return self.name


class EnterpriseKind(models.TextChoices):
    SELF_EMPLOYED = "self_employed", _("个体工商户")
    LIMITED = "limited", _("有限责任公司")
    JOINT_STOCK = "joint_stock", _("股份有限公司")
    SOLE_PROPRIETORSHIP = "sole_proprietorship", _("个人独资企业")
    PARTNERSHIP = "partnership", _("合伙企业")
    COOPERATIVE = "cooperative", _("农民专业合作社")


class EnterpriseStatus(models.TextChoices):
    """登记状态."""

    ACTIVE = "active", _("存续")
    SUSPENDED = "suspended", _("歇业")
    REVOKED = "revoked", _("吊销")
    CANCELLED = "cancelled", _("注销")


class Enterprise(models.Model):
    """A market entity (经营主体). ``registered_capital`` is in ten thousand yuan, null for the self-employed."""

    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("名称"), max_length=120, db_index=True)
    kind = models.CharField(_("类型"), max_length=20, choices=EnterpriseKind.choices)
    representative_name = models.CharField(_("法定代表人（经营者）"), max_length=40)
    representative_digest = models.CharField(max_length=64, db_index=True)
    address = models.CharField(_("住所（经营场所）"), max_length=200)
    region = models.ForeignKey(
        "identity.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("行政区划")
    )
    location = PointField(_("位置"), srid=4490, null=True)
    status = models.CharField(
        _("登记状态"), max_length=10, choices=EnterpriseStatus.choices, default=EnterpriseStatus.ACTIVE
    )
    registered_capital = models.DecimalField(_("注册资本（万元）"), max_digits=14, decimal_places=2, null=True)
    established_date = models.DateField(_("成立日期"))
    business_scope = models.TextField(_("经营范围"))
    registrar = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("登记机关")
    )

    class Meta:
        verbose_name = _("经营主体")
        indexes = [
            models.Index(fields=["name", "id"], name="enterprises_by_name"),
            models.Index(fields=["registrar", "-id"], name="enterprises_by_registrar"),
            # With the registrar, so that the rows of a reach are filtered and counted without being read.
            models.Index(fields=["status", "-id"], include=["registrar"], name="enterprises_by_status"),
            models.Index(fields=["kind", "-id"], include=["registrar"], name="enterprises_by_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == EnterpriseStatus.ACTIVE
