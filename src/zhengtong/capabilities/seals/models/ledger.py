"""The ledger of a seal: a row for everything it was set on, each chained to the one before by its SM3."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.seals.models.seals import Seal


class LedgerRow(models.Model):
    """用印台账. ``content`` is what ``digest`` is over, after the digest of the row before; the columns repeat it for
    lists. The database refuses to change or delete a row."""

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="ledger", verbose_name=_("印章"))
    number = models.PositiveIntegerField(_("序号"))
    copy = models.OneToOneField("seals.SealedCopy", on_delete=models.PROTECT, related_name="ledger_row")
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("用印时间"))
    title = models.CharField(_("文件"), max_length=200)
    sha256_before = models.CharField(_("用印前摘要"), max_length=64, db_index=True)
    sha256_after = models.CharField(_("用印后摘要"), max_length=64, db_index=True)
    content = models.JSONField(_("内容"), encoder=DjangoJSONEncoder)
    previous = models.CharField(_("上一行摘要"), max_length=64, blank=True)
    digest = models.CharField(_("本行摘要（SM3）"), max_length=64)

    class Meta:
        verbose_name = _("用印记录")
        ordering = ["seal_id", "number"]
        constraints = [models.UniqueConstraint(fields=["seal", "number"], name="one_ledger_row_a_number")]
        indexes = [models.Index(fields=["organisation", "-id"], name="ledger_by_office")]

    def __str__(self) -> str:
        return f"{self.seal_id} {self.number}"
