"""What the journal brings."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhengtong.core.audit.words import EVERY_MODULE, ActionWords
from zhengtong.kernel.modules import Module, Permission

MODULE = Module(
    code="audit",
    title=_("日志"),
    declares=(
        Permission("audit.view_journal", _("查看日志")),
        Permission("audit.view_public_journal", _("查看群众和系统日志")),
        ActionWords(
            EVERY_MODULE,
            {"reveal": _("查看被遮盖的信息"), "export": _("导出数据"), "import": _("导入数据")},
            looks=frozenset({"reveal"}),
            keys={
                "why": _("原因"),
                "reason": _("原因"),
                "count": _("数量"),
                "filters": pgettext_lazy("list", "条件"),
                "format": _("格式"),
                "case": _("办件"),
                "changed": _("改动的内容"),
            },
        ),
        ActionWords("demo", {"load": _("装入演示数据")}),
    ),
)
