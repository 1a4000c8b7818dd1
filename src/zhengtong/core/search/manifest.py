"""What the search brings: itself."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="search", title=_("搜索"))
