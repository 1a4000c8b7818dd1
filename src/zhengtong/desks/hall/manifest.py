"""What the hall brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import ITEM_KIND
from zhengtong.core.search.public import ResultPage
from zhengtong.kernel.modules import Module

MODULE = Module(code="hall", title=_("服务大厅"), declares=(ResultPage(ITEM_KIND, "hall:item"),))
