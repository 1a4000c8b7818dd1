"""The journal's records that belong to no organ, as rows of their own: protected by no organisation."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import AuditRecord


class PublicRecord(AuditRecord):
    """A record of the public's acts or of the platform's own, for whoever may read them anywhere."""

    class Meta:
        proxy = True
        verbose_name = _("日志记录")
