"""What the hall brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="hall", title=_("服务大厅"))
