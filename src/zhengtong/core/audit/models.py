"""The journal: one record for every write and every look at personal data. Rows are only ever added."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.sealed import (
    CheckRun,
    CheckState,
    JournalBlock,
    JournalCertificate,
    JournalLeaf,
    JournalRoot,
    PendingRecord,
    RecordWords,
    RootReceipt,
    SealedHeader,
    SealingTrouble,
)

__all__ = [
    "AuditRecord",
    "CheckRun",
    "CheckState",
    "JournalBlock",
    "JournalCertificate",
    "JournalLeaf",
    "JournalRoot",
    "PendingRecord",
    "RecordWords",
    "RootReceipt",
    "SealedHeader",
    "SealingTrouble",
]


class AuditRecord(models.Model):
    """Who did what to which object, from where. ``digest`` is the SM3 of the record's canonical JSON.

    Plain columns and no foreign keys: a record outlives whatever it names. Under a delegation ``appointment`` is the
    principal's and ``agent`` the agent's own. ``subject`` is the keyed digest of the person whose data was looked at.
    """

    at = models.DateTimeField(_("时间"))
    actor_kind = models.CharField(_("主体类型"), max_length=10)
    account = models.UUIDField(_("账号"), null=True)
    actor_name = models.CharField(_("姓名"), max_length=80, blank=True)
    appointment = models.BigIntegerField(_("任职"), null=True)
    organisation = models.BigIntegerField(_("机构"), null=True)
    principal = models.UUIDField(_("被代理人"), null=True)
    # These two are null in what was written before they were there: see ``domain.canonical``.
    agent = models.BigIntegerField(_("代理人任职"), null=True)
    subject = models.CharField(_("被查看的人"), max_length=64, null=True)  # noqa: DJ001
    action = models.CharField(_("行为"), max_length=80)
    object_kind = models.CharField(_("对象类型"), max_length=60)
    object_id = models.CharField(_("对象"), max_length=64)
    before = models.JSONField(_("之前"), null=True)
    after = models.JSONField(_("之后"), null=True)
    address = models.CharField(_("来源地址"), max_length=64, blank=True)
    request_id = models.CharField(_("请求编号"), max_length=64, blank=True)
    purpose = models.CharField(_("用途"), max_length=200, blank=True)
    digest = models.CharField(_("摘要"), max_length=64)

    class Meta:
        verbose_name = _("日志记录")
        indexes = [
            models.Index(fields=["object_kind", "object_id", "at"], name="audit_by_object"),
            models.Index(fields=["account", "at"], name="audit_by_account"),
            models.Index(fields=["at", "id"], name="audit_by_time"),
            models.Index(fields=["subject", "at"], name="audit_by_subject", condition=models.Q(subject__isnull=False)),
            models.Index(
                fields=["principal", "at"], name="audit_by_principal", condition=models.Q(principal__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.action} {self.object_kind}:{self.object_id}"
