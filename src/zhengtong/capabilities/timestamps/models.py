"""Time-stamp tokens, kept with what they prove."""

from django.db import models
from django.utils.translation import gettext_lazy as _

# Tokens that somebody asked for at /trust/tsa: what the digest is of, only they know.
OUTSIDE = "outside"


class TimestampToken(models.Model):
    """A token. ``kind`` and ``key`` say what was stamped: the journal's block, a document, or an outside request."""

    kind = models.CharField(_("类别"), max_length=40)
    key = models.CharField(_("对象"), max_length=200, blank=True, default="")
    algorithm = models.CharField(_("摘要算法"), max_length=10)
    digest = models.CharField(_("摘要"), max_length=128)
    serial = models.CharField(_("序列号"), max_length=40, unique=True)
    gen_at = models.DateTimeField(_("时间"))
    policy = models.CharField(_("时间策略"), max_length=80)
    token = models.BinaryField(_("时间戳"))

    class Meta:
        verbose_name = _("时间戳")
        ordering = ["-gen_at", "-id"]
        indexes = [
            models.Index(fields=["-gen_at", "-id"], name="timestamps_newest_first"),
            models.Index(fields=["digest"], name="timestamps_by_digest"),
            models.Index(fields=["kind", "key"], name="timestamps_by_object"),
        ]

    def __str__(self) -> str:
        return self.serial
