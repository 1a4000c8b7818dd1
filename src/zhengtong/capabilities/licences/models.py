"""Electronic licences (电子证照): what was granted, to whom, until when, and whether it still holds."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhengtong.core.crypto.public import EncryptedTextField


class Licence(models.Model):
    """One licence. Its paper is what the holder downloads and a stranger verifies.

    Suspension and revocation are standings of the paper, so that there is one answer to "is it in force".
    """

    kind = models.CharField(_("证照类型"), max_length=60)
    number = models.CharField(_("证照编号"), max_length=60, unique=True)
    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="licence")
    paper = models.OneToOneField("papers.Paper", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("identity.Account", on_delete=models.PROTECT, null=True, related_name="+")
    legal_entity = models.ForeignKey("identity.LegalEntity", on_delete=models.PROTECT, null=True, related_name="+")
    holder_name = models.CharField(_("持证主体"), max_length=120)
    holder_number = EncryptedTextField(_("主体代码"))
    issued_date = models.DateField(_("发证日期"))
    valid_until = models.DateField(_("有效期至"), null=True)

    class Meta:
        verbose_name = _("电子证照")
        indexes = [
            models.Index(fields=["account", "-id"], name="licences_by_account"),
            models.Index(fields=["legal_entity", "-id"], name="licences_by_entity"),
            models.Index(fields=["organisation", "-id"], name="licences_by_organ"),
            models.Index(
                fields=["holder_name", "id"], opclasses=["varchar_pattern_ops", "int8_ops"], name="licences_by_holder"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RequestKind(models.TextChoices):
    """What its holder may ask for (行政许可法 第四十九条、第五十条、第七十条)."""

    CHANGE = "change", _("变更")
    RENEW = "renew", _("延续")
    CORRECT = "correct", pgettext_lazy("licence", "更正")
    CANCEL = "cancel", pgettext_lazy("licence", "注销")


class LicenceRequest(models.Model):
    """What the holder of a licence asks for, as a case of its own; once granted, what became of the licence.

    A changed, renewed or corrected licence keeps its number; the paper that stood for it before stays verifiable, as
    one that a newer one replaced.
    """

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="requests")
    case = models.OneToOneField("cases.Case", on_delete=models.CASCADE, related_name="licence_request")
    kind = models.CharField(_("办理"), max_length=8, choices=RequestKind.choices)
    reason = models.CharField(_("理由"), max_length=300)
    old_paper = models.ForeignKey("papers.Paper", on_delete=models.PROTECT, null=True, related_name="+")
    old_valid_until = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("证照变动申请")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.licence} {self.get_kind_display()}"


class Revocation(models.Model):
    """撤销 (第六十九条): the organ takes a licence back that should never have been granted. One officer proposes it,
    another decides, and the holder is heard before."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="revocations")
    grounds = models.CharField(_("情形"), max_length=120)
    facts = models.TextField(_("事实和理由"), max_length=2000)
    hearing = models.TextField(_("陈述申辩情况"), max_length=2000)
    proposed_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_approved = models.BooleanField(null=True)
    opinion = models.CharField(_("意见"), max_length=500, blank=True)
    paper = models.ForeignKey("papers.Paper", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("撤销许可")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["licence"], condition=models.Q(decided_at=None), name="one_open_revocation_a_licence"
            )
        ]

    def __str__(self) -> str:
        return f"{self.licence} {self.grounds}"


class LookupState(models.TextChoices):
    ASKED = "asked", _("等待答复")
    ALLOWED = "allowed", _("已同意")
    REFUSED = "refused", _("未同意")


class LicenceLookup(models.Model):
    """Another organ's question to see a licence, and the holder's answer. ``ends_at`` is when the question, or what was
    allowed, is over."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="lookups")
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(_("用途"), max_length=200)
    state = models.CharField(_("状态"), max_length=8, choices=LookupState.choices, default=LookupState.ASKED)
    asked_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    ends_at = models.DateTimeField(_("截止时间"))

    class Meta:
        verbose_name = _("证照查看申请")
        indexes = [models.Index(fields=["organisation", "-id"], name="lookups_by_organ")]

    def __str__(self) -> str:
        return f"{self.licence} {self.organisation}"
