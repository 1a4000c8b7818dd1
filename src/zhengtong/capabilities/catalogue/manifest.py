"""The catalogue of data resources: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="catalogue", title=_("信息资源目录"), declares=())
