"""The desk of requests and contracts: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="contracts_desk", title=_("共享申请"), declares=())
