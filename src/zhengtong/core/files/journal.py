"""What acts on files are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "files",
    {
        "store_file": _("保存文件"),
        "delete_file": _("删除文件"),
        "scan_file": _("查验文件"),
        "refuse_infected": _("拒收有病毒的文件"),
    },
)
