"""Data that flows under contracts: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="exchange", title=_("数据交换"), declares=())
