"""One row for each document or number printed for the public, so that a stranger can verify it."""

from pathlib import Path
from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
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
