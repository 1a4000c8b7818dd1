"""What the auditors' desk brings: its lines in the menu, words for looking, warnings, the roots' way by e-mail."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import CHECK, ActionWords
from zhengtong.desks.oversight.permissions import VIEW, VIEW_PUBLIC
from zhengtong.desks.oversight.trouble import count_troubles
from zhengtong.desks.oversight.warnings import MAIL, TEMPLATES
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

GROUP = _("责任认定")

MODULE = Module(
    code="oversight_desk",
    title=GROUP,
    declares=(
        ActionWords(
            "oversight_desk",
            {
                "search": _("查询日志"),
                "export_list": _("导出日志清单"),
                "view_record": _("查看一条日志"),
                "view_person": _("查看一个人的日志"),
                "view_object": _("查看一个对象的日志"),
                "view_case": _("查看一个办件的日志"),
                "view_block": _("查看区块"),
                "export_evidence": _("导出日志证据"),
            },
            keys={"filters": _("条件"), "records": _("日志编号"), "about": _("事由")},
        ),
        *TEMPLATES,
        MAIL,
        MenuEntry(
            "oversight.journal",
            _("日志查询"),
            "search",
            "oversight_desk:journal",
            (VIEW, VIEW_PUBLIC),
            order=71,
            group=GROUP,
        ),
        MenuEntry(
            "oversight.blocks",
            _("区块"),
            "shield",
            "oversight_desk:blocks",
            (VIEW, VIEW_PUBLIC),
            order=72,
            count=count_troubles,
            group=GROUP,
        ),
        MenuEntry("oversight.checks", _("核对"), "check", "oversight_desk:checks", (CHECK,), order=73, group=GROUP),
        MenuEntry(
            "oversight.roots", _("日志根"), "globe", "oversight_desk:roots", (VIEW, VIEW_PUBLIC), order=74, group=GROUP
        ),
    ),
)
