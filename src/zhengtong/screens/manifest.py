"""What the screens bring: views of a list for one's office, the workbench's help, and what their acts are called."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module, Permission
from zhengtong.screens.menu import MenuEntry
from zhengtong.screens.models import SavedView

MODULE = Module(
    code="screens",
    title=_("界面"),
    declares=(
        Permission("screens.share_view", _("为本机构保存共用的视图")),
        MenuEntry("screens.help", _("使用帮助"), "info", "screens:help", order=900),
        Protected(SavedView, organisation="organisation_id"),
        ActionWords(
            "screens",
            {
                "save_view": _("保存视图"),
                "update_view": _("更新视图"),
                "rename_view": _("给视图改名"),
                "set_default_view": _("改变打开列表时使用的视图"),
                "delete_view": _("删除视图"),
                "restore_view": _("恢复视图"),
                "choose_columns": _("选择列"),
            },
        ),
    ),
)
