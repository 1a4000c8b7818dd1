"""What the workbench brings: its lines in the menu, and the pages on which the bureau's tasks are handled."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import CASE_KIND, TaskNode, TaskPage
from zhengtong.core.search.public import ResultPage
from zhengtong.core.worklist.public import CAP, WorkPage, count_open
from zhengtong.kernel.modules import Module
from zhengtong.kernel.policy import Actor
from zhengtong.screens.menu import MenuEntry

LEADERS = ("supervisor", "organ_head")


def say_open(actor: Actor) -> str:
    """Return how many items wait for ``actor`` as the menu shows it: "" for none, 1000+ for more than are counted."""
    count = count_open(actor)
    return f"{CAP}+" if count > CAP else str(count or "")


MODULE = Module(
    code="workbench",
    title=_("工作台"),
    declares=(
        MenuEntry("workbench.todo", _("待办"), "inbox", "workbench:todo", order=10, count=say_open, use="todo"),
        MenuEntry("workbench.done", _("已办"), "check", "workbench:done", order=20),
        MenuEntry("workbench.cases", _("办件查询"), "list", "workbench:cases", ("cases.view_case",), order=30),
        MenuEntry("workbench.search", _("搜索"), "search", "workbench:search", order=35, use="search"),
        MenuEntry("workbench.late", _("超期预警"), "flag", "workbench:late", ("cases.view_case",), LEADERS, order=40),
        WorkPage("mine", "workbench:todo"),
        WorkPage("office", "workbench:todo", "?scope=office"),
        WorkPage("handed_over", "workbench:handed_over"),
        WorkPage("back_in_office", "workbench:handed_over", "?scope=office"),
        TaskPage(TaskNode.REVIEW, "workbench:case"),
        TaskPage(TaskNode.DECISION, "workbench:case"),
        TaskPage(TaskNode.EXTENSION, "workbench:case"),
        ResultPage(CASE_KIND, "workbench:case", "cases.view_case"),
    ),
)
