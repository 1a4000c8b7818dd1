"""Using a seal: an application or a standing authorisation, batches, and one row for each document, copy and form."""

from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.seals.models.seals import Seal


class UseState(models.TextChoices):
    DRAFT = "draft", _("待选位置")
    WAITING = "waiting", _("待批准")
    APPROVED = "approved", _("已批准，待用印")
    SEALED = "sealed", _("已用印")
    REFUSED = "refused", _("不同意")
    WITHDRAWN = "withdrawn", _("已撤回")
    FAILED = "failed", _("未能用印")
    EXPIRED = "expired", _("批准已过期")


class BatchState(models.TextChoices):
    COLLECTING = "collecting", _("准备中")
    WAITING = "waiting", _("待批准")
    RUNNING = "running", _("用印中")
    DONE = "done", _("已完成")
    REFUSED = "refused", _("不同意")
    CANCELLED = "cancelled", _("已取消")


class CopyState(models.TextChoices):
    WAITING = "waiting", _("待用印")
    SEALED = "sealed", _("已用印")
    FAILED = "failed", _("未能用印")
    CANCELLED = "cancelled", _("已取消")


class Render(models.TextChoices):
    PDF = "pdf", "PDF"
    OFD = "ofd", "OFD"


class StandingAuthorisation(models.Model):
    """常设授权: documents of one kind are sealed without an approval each, within the days and ceilings given."""

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="authorisations", verbose_name=_("印章"))
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("授权单位")
    )
    document_kind = models.CharField(_("文件种类"), max_length=60)
    system = models.ForeignKey(
        "seals.OutsideSystem", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("接入系统")
    )
    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至"))
    daily_ceiling = models.PositiveIntegerField(_("每日上限（份）"))
    total_ceiling = models.PositiveIntegerField(_("总上限（份）"))
    used = models.PositiveIntegerField(_("已用（份）"), default=0)
    reason = models.CharField(_("授权理由"), max_length=500)
    granted_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, related_name="+", verbose_name=_("授权人")
    )
    granted_at = models.DateTimeField(_("授权时间"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True)
    revoke_reason = models.CharField(_("撤销原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("常设授权")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gte=models.F("valid_from")), name="authorised_for_a_day"),
            models.UniqueConstraint(
                fields=["seal", "document_kind", "system"],
                condition=Q(revoked_at=None),
                nulls_distinct=False,
                name="one_authorisation_a_seal_and_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seal} · {self.document_kind}"


class Batch(models.Model):
    """批量用印: many documents, one seal, one place, one approval. Cancelled, what is sealed stays sealed."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    title = models.CharField(_("批次名称"), max_length=120)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="batches", verbose_name=_("印章"))
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    applicant = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("用印事由"), max_length=500)
    state = models.CharField(_("状态"), max_length=10, choices=BatchState.choices, default=BatchState.COLLECTING)
    asked_at = models.DateTimeField(_("申请时间"))
    decided_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("批准时间"), null=True)
    opinion = models.CharField(_("意见"), max_length=500, blank=True)
    binding = models.CharField(_("批准的内容摘要"), max_length=64, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = _("批量用印")
        ordering = ["-id"]
        indexes = [models.Index(fields=["organisation", "-id"], name="seal_batches_by_office")]

    def __str__(self) -> str:
        return self.title


class SealUse(models.Model):
    """用印申请. ``binding`` is the SM3 of what was approved: document, places, copies, seal; sealing computes it anew.

    ``places`` are [page, x mm, y mm], the upper left corner of the image from that of the page.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(_("用印编号"), max_length=20, unique=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="uses", verbose_name=_("印章"))
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("用印单位")
    )
    title = models.CharField(_("文件标题"), max_length=200)
    document_kind = models.CharField(_("文件种类"), max_length=60, blank=True)
    reason = models.CharField(_("用印事由"), max_length=500)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(_("文件摘要"), max_length=64, db_index=True)
    pages = models.PositiveIntegerField(_("页数"))
    ofd_file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    ofd_sha256 = models.CharField(max_length=64, blank=True)
    places = models.JSONField(_("位置"), encoder=DjangoJSONEncoder)
    copies = models.PositiveSmallIntegerField(_("份数"), default=1)
    binding = models.CharField(_("批准的内容摘要"), max_length=64, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=UseState.choices, default=UseState.WAITING)
    failure = models.CharField(_("未能用印的原因"), max_length=300, blank=True)
    applicant = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("申请人")
    )
    system = models.ForeignKey(
        "seals.OutsideSystem", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("接入系统")
    )
    idempotency_key = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField(_("申请时间"))
    decided_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("批准人")
    )
    decided_at = models.DateTimeField(_("批准时间"), null=True)
    opinion = models.CharField(_("意见"), max_length=500, blank=True)
    valid_until = models.DateTimeField(_("批准有效至"), null=True)
    authorisation = models.ForeignKey(
        StandingAuthorisation, on_delete=models.PROTECT, null=True, related_name="uses", verbose_name=_("常设授权")
    )
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="uses")

    class Meta:
        verbose_name = _("用印申请")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["system", "document_kind", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                nulls_distinct=False,
                name="one_use_an_idempotency_key",
            ),
            models.CheckConstraint(condition=Q(copies__gte=1), name="at_least_a_copy"),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "-id"], name="seal_uses_by_office"),
            models.Index(fields=["system", "asked_at"], name="seal_uses_by_system"),
        ]

    def __str__(self) -> str:
        return self.number


class SealedCopy(models.Model):
    """One document, copy and form: sealed once, whatever happens to the worker meanwhile."""

    use = models.ForeignKey(SealUse, on_delete=models.PROTECT, related_name="sealed_copies")
    copy = models.PositiveSmallIntegerField(_("第几份"))
    render = models.CharField(_("格式"), max_length=4, choices=Render.choices)
    state = models.CharField(_("状态"), max_length=10, choices=CopyState.choices, default=CopyState.WAITING)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(_("用印后摘要"), max_length=64, blank=True, db_index=True)
    failure = models.CharField(_("未能用印的原因"), max_length=300, blank=True)
    sealed_at = models.DateTimeField(_("用印时间"), null=True)

    class Meta:
        verbose_name = _("用印份")
        ordering = ["use_id", "copy", "-render"]
        constraints = [
            models.UniqueConstraint(fields=["use", "copy", "render"], name="one_row_a_document_and_copy"),
            models.CheckConstraint(
                condition=~Q(state="sealed") | (Q(file__isnull=False) & ~Q(sha256="")),
                name="a_sealed_copy_has_its_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use_id}/{self.copy}.{self.render}"
