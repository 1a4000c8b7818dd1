"""Where data comes from and goes to: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="sources", title=_("数据源"), declares=())
