"""Published services and subscriptions: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="interfaces", title=_("接口服务"), declares=())
