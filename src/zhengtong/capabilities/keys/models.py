"""The platform's copy of the signer's ledger: a second place, so that one can't be rewritten without the other."""

from django.db import models


class LedgerRow(models.Model):
    """A row as the signer wrote it. Never changed; ``hash`` covers the others and the previous row's hash."""

    number = models.BigIntegerField("序号", primary_key=True)
    at = models.CharField("时间", max_length=40)
    act = models.CharField("事项", max_length=40)
    subject = models.CharField("对象", max_length=200, db_index=True)
    actor = models.CharField("人员", max_length=200, blank=True)
    detail = models.TextField("详情")
    previous = models.CharField("上一行摘要", max_length=64)
    hash = models.CharField("摘要", max_length=64)

    class Meta:
        db_table = "keys_ledger_row"
        verbose_name = "密钥台账"

    def __str__(self) -> str:
        return f"{self.number} {self.act} {self.subject}"
