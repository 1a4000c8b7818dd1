"""Requests for data and the contracts made of them: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="contracts", title=_("共享申请和合约"), declares=())
