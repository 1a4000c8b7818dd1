"""The desk of published services: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="interfaces_desk", title=_("接口服务"), declares=())
