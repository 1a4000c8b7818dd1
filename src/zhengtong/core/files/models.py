"""One row a file that somebody gave or the platform made; the bytes lie in the store under their digest."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.files.domain import FORMS, NAME_MAX, FileKind, describe_size, extension_of
from zhengtong.core.marks.public import MarkedRow


class ScanState(models.TextChoices):
    CLEAN = "clean", _("未发现病毒")
    UNSCANNED = "unscanned", _("未查毒")
    INFECTED = "infected", _("有病毒")


class StoredFile(MarkedRow):
    """A file. Two uploads of the same bytes are two rows over one stored copy.

    Bytes are written before the row, so a row always has its bytes; bytes without a row are only space.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    sha256 = models.CharField(_("摘要"), max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("大小"))
    content_type = models.CharField(_("类型"), max_length=100)
    name = models.CharField(_("文件名"), max_length=NAME_MAX)
    owner_account = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("上传人"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    scan_state = models.CharField(_("查毒"), max_length=10, choices=ScanState.choices, default=ScanState.UNSCANNED)
    scan_engine = models.CharField(_("查毒程序"), max_length=120, blank=True, default="")
    created_at = models.DateTimeField(_("保存时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("文件")
        indexes = [
            models.Index(fields=["id"], condition=models.Q(scan_state="unscanned"), name="files_still_to_scan"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> FileKind | None:
        """What was found in the bytes, None for a file of the platform's own making in another format."""
        return next((kind for kind, form in FORMS.items() if form.content_type == self.content_type), None)

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")

    @property
    def extension(self) -> str:
        return extension_of(self.name)

    @property
    def size_text(self) -> str:
        return describe_size(self.size)
