"""What this desk brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="window", title=_("综合窗口"))
