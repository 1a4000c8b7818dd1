"""Electronic licences (电子证照): what was granted, to whom, until when, and whether it still holds."""

from django.db import models
from django.utils.translation import gettext_lazy as _

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
        ]

    def __str__(self) -> str:
        return self.number
