"""What imports and exports bring: the words for them in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="sheets",
    title=_("导入导出"),
    declares=(
        ActionWords(
            "sheets",
            {
                "check_sheet": _("上传表格等待检查"),
                "apply_sheet": _("导入表格"),
                "cancel_sheet": _("取消导入"),
                "start_export": _("开始导出"),
                "finish_export": _("导出完毕"),
                "break_off_export": _("导出中断"),
                "take_refused_rows": _("下载退回的行"),
            },
        ),
    ),
)
