"""What the journal brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module, Permission

MODULE = Module(code="audit", title=_("日志"), declares=(Permission("audit.view_journal", _("查看日志")),))
