"""What the workbench brings: its lines in the menu, and the pages on which the bureau's tasks are handled."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import TaskNode, TaskPage
from zhengtong.core.worklist.public import count_mine
from zhengtong.kernel.modules import Module
from zhengtong.kernel.policy import Actor
from zhengtong.screens.menu import MenuEntry

LEADERS = ("supervisor", "organ_head")


def count_todo(actor: Actor) -> int:
    return count_mine(actor)["all"]


MODULE = Module(
    code="workbench",
    title=_("工作台"),
    declares=(
        MenuEntry("workbench.todo", _("待办"), "inbox", "workbench:todo", order=10, count=count_todo, use="todo"),
        MenuEntry("workbench.done", _("已办"), "check", "workbench:done", order=20),
        MenuEntry(
            "workbench.cases", _("办件查询"), "list", "workbench:cases", ("cases.view_case",), order=30, use="search"
        ),
        MenuEntry("workbench.late", _("超期预警"), "flag", "workbench:late", ("cases.view_case",), LEADERS, order=40),
        TaskPage(TaskNode.REVIEW, "workbench:case"),
        TaskPage(TaskNode.DECISION, "workbench:case"),
        TaskPage(TaskNode.EXTENSION, "workbench:case"),
    ),
)
