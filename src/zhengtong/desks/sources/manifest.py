"""The desk of data sources: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="sources_desk", title=_("数据源管理"), declares=())
