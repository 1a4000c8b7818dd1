"""What the construction sector brings: the items of a construction project."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="construction", title=_("工程建设项目审批"), declares=())
