"""What the journal brings."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhengtong.core.audit.checking import CHECK
from zhengtong.core.audit.publishing import (
    PUBLISH,
    RootChannel,
    carry_by_http,
    carry_to_folder,
    say_address,
    say_folder,
)
from zhengtong.core.audit.words import EVERY_MODULE, ActionWords
from zhengtong.kernel.modules import Module, Permission

MODULE = Module(
    code="audit",
    title=_("日志"),
    declares=(
        Permission("audit.view_journal", _("查看日志")),
        Permission("audit.view_public_journal", _("查看群众和系统日志")),
        Permission("audit.export_evidence", _("导出日志证据")),
        Permission(CHECK, _("核对日志")),
        Permission(PUBLISH, _("公布日志根")),
        RootChannel("folder", _("文件夹"), say_folder, carry_to_folder),
        RootChannel("http", _("推送"), say_address, carry_by_http),
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
        ActionWords(
            "audit",
            {
                "start_check": _("开始核对日志"),
                "cancel_check": _("停止核对日志"),
                "publish_root": _("公布日志根"),
            },
            keys={"blocks": _("区块数"), "records": _("记录数"), "hash": _("摘要")},
        ),
        ActionWords("demo", {"load": _("装入演示数据")}),
    ),
)
