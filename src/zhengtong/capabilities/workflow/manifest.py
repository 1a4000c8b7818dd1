"""What workflow brings: processes that are drawn, checked, published and run."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="workflow", title=_("流程"), declares=())
