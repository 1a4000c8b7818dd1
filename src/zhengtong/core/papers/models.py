"""One row for each document or number printed for the public, so that a stranger can verify it; edited templates."""

from pathlib import Path
from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedJSONField
from zhengtong.core.papers.domain import CODE_LENGTH, make_code, show_code
from zhengtong.core.papers.kinds import PaperKind
from zhengtong.kernel.modules import registry


class Paper(models.Model):
    """文书. What it says is fixed when it is issued; the file follows, once, and never changes.

    ``content`` is all that the template prints. ``public_facts`` is what a stranger who verifies sees: pairs of
    label and value, names of natural persons masked.
    """

    code = models.CharField(_("核验码"), max_length=CODE_LENGTH, unique=True, default=make_code, editable=False)
    kind = models.CharField(_("种类"), max_length=60)
    title = models.CharField(_("标题"), max_length=120)
    number = models.CharField(_("文号"), max_length=80, blank=True, default="")
    issuer = models.ForeignKey(
        "identity.Organisation", verbose_name=_("制发机关"), on_delete=models.PROTECT, related_name="+"
    )
    # Copied, because an organisation may be renamed and an issued paper may not.
    issuer_name = models.CharField(_("制发机关名称"), max_length=120)
    issued_at = models.DateTimeField(_("制发时间"))
    content = EncryptedJSONField()
    public_facts = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    file = models.OneToOneField("files.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(_("文件摘要"), max_length=64, blank=True, default="")
    template_hash = models.CharField(_("模板版本"), max_length=64, blank=True, default="")
    # The edited template that was in force at the moment of issue, from the day the file is made; null: the supplied.
    template_version = models.ForeignKey(
        "papers.TemplateVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="papers"
    )
    # Why that one couldn't be used: the file was then set with the supplied template.
    template_fault = models.CharField(max_length=300, blank=True, default="", db_default="")
    # Without effect for a time (暂扣、停止使用), until somebody lifts it.
    suspended_at = models.DateTimeField(_("暂停时间"), null=True)
    suspended_reason = models.CharField(_("暂停理由"), max_length=300, blank=True, default="", db_default="")
    revoked_at = models.DateTimeField(_("撤销时间"), null=True)
    revoked_reason = models.CharField(_("撤销理由"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("文书")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(file__isnull=True, sha256="")
                | (models.Q(file__isnull=False) & ~models.Q(sha256="")),
                name="a_file_with_its_digest",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["number"], name="papers_by_number")]

    def __str__(self) -> str:
        return f"{self.title} {self.number or self.shown_code}"

    @property
    def shown_code(self) -> str:
        return show_code(self.code)

    @property
    def declaration(self) -> PaperKind:
        return registry.get(PaperKind, self.kind)

    @property
    def template(self) -> Path:
        return self.declaration.template

    @property
    def file_name(self) -> str:
        return f"{self.title}_{self.number or self.shown_code}.pdf"

    @property
    def template_words(self) -> str:
        """With which version of its template the file was made, "" before there is one."""
        if self.file_id is None:
            return ""
        version = self.template_version
        if version is None or version.is_supplied or self.template_fault:
            return gettext("系统自带模板")
        return gettext("模板第 %(n)d 版") % {"n": version.number}


class TemplateStatus(models.TextChoices):
    COMPILING = "compiling", _("编制中")
    IN_REVIEW = "in_review", _("待审核")
    RETURNED = "returned", _("退回修改")
    PUBLISHED = "published", _("已发布")
    ABANDONED = "abandoned", _("已放弃")


OPEN_TEMPLATES = (TemplateStatus.COMPILING, TemplateStatus.IN_REVIEW, TemplateStatus.RETURNED)


class TemplateVersion(models.Model):
    """文书模板的一个版本: a text that stands in the supplied template's place, or the return to the supplied one.

    A paper is set with the version that was in force at its moment of issue. ``revision`` counts the savings: two
    people who have it open can't overwrite each other. ``based_on``: the version in force when compiling began, which
    must still be it at publication. ``is_supplied``: from its publication on the supplied template holds again.
    """

    kind = models.CharField(_("文书种类"), max_length=60)
    number = models.PositiveIntegerField(_("版本"), null=True, blank=True)
    source = models.TextField(_("模板"), blank=True)
    is_supplied = models.BooleanField(_("系统自带"), default=False)
    reason = models.CharField(_("修改理由"), max_length=500, blank=True)
    opinion = models.CharField(_("审核意见"), max_length=1000, blank=True)
    status = models.CharField(
        _("状态"), max_length=10, choices=TemplateStatus.choices, default=TemplateStatus.COMPILING
    )
    revision = models.PositiveIntegerField(_("修改次数"), default=0)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    changed_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(_("修改时间"), auto_now=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("文书模板")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "number"], name="one_template_a_kind_and_number"),
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(status__in=["compiling", "in_review", "returned"]),
                name="one_open_template_a_kind",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="published")
                | models.Q(number__isnull=False, published_at__isnull=False, reviewed_by__isnull=False),
                name="a_published_template_has_its_number",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["kind", "-published_at"], name="template_in_force", condition=models.Q(status="published")
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number or self.get_status_display()}"

    @property
    def declaration(self) -> PaperKind:
        return registry.get(PaperKind, self.kind)

    @property
    def text(self) -> str:
        """The template itself: of a return to the supplied one, that."""
        return self.declaration.template.read_text(encoding="utf-8") if self.is_supplied else self.source
