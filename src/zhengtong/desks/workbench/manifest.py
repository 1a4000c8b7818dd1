"""What the workbench brings: its lines in the menu, and the pages on which the bureau's tasks are handled."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import CASE_KIND, TaskNode, TaskPage
from zhengtong.core.search.public import ResultPage
from zhengtong.core.worklist.public import CAP, WorkPage, count_open
from zhengtong.desks.workbench.leading import WATCH
from zhengtong.kernel.modules import Module
from zhengtong.kernel.policy import Actor
from zhengtong.screens.menu import MenuEntry
from zhengtong.screens.tours import TourStep

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
        MenuEntry("workbench.leading", _("分管概况"), "flag", "workbench:leading", (WATCH,), order=40),
        WorkPage("mine", "workbench:todo"),
        WorkPage("office", "workbench:todo", "?scope=office"),
        WorkPage("handed_over", "workbench:handed_over"),
        WorkPage("back_in_office", "workbench:handed_over", "?scope=office"),
        TaskPage(TaskNode.REVIEW, "workbench:case"),
        TaskPage(TaskNode.PROCESS, "workbench:case"),
        TaskPage(TaskNode.DECISION, "workbench:case"),
        TaskPage(TaskNode.EXTENSION, "workbench:case"),
        TaskPage(TaskNode.COUNTERSIGN, "workbench:case"),
        TaskPage(TaskNode.CONSULTATION, "workbench:case"),
        ResultPage(CASE_KIND, "workbench:case", "cases.view_case"),
        TourStep(
            "workbench.todo",
            "workbench:todo",
            "workbench:todo",
            _("待办：轮到您的任务"),
            _("每次上班先看这里。数字是等着您办的件数，排在最前面的最先到期。"),
            order=10,
        ),
        TourStep(
            "workbench.scopes",
            "workbench:todo",
            "tabs",
            _("领办本单位的任务"),
            _("“待领办”里是还没有人接的任务，勾选后领办，就到您的待办里。别人领走的不会再给您。"),
            order=20,
            roles=("reviewer", "approver"),
        ),
        TourStep(
            "workbench.cases",
            "workbench:todo",
            "workbench:cases",
            _("查任何一件"),
            _("按编号、申请人、状态、时限查您管辖范围内的办件，能导出成表格。"),
            order=60,
            permissions=("cases.view_case",),
            roles=("reviewer", "approver", *LEADERS),
        ),
        TourStep(
            "workbench.leading",
            "workbench:todo",
            "workbench:leading",
            _("分管概况：哪里要催"),
            _("超期的、快到期的按机关和事项列在这里，还有在谁手里；点数字看办件。"),
            order=50,
            permissions=("cases.view_case",),
            roles=LEADERS,
        ),
        TourStep(
            "workbench.search",
            "workbench:todo",
            "search",
            _("知道编号就直接搜"),
            _("按 Ctrl K 随时回到搜索框，打编号、名称或者拼音。按 ? 看全部快捷键。"),
            order=70,
        ),
        TourStep(
            "workbench.person",
            "workbench:todo",
            "person",
            _("岗位、代理和显示"),
            _("有几个岗位的在这里切换，休假前在这里委托同事代理。大字、高对比和使用帮助也在这里。"),
            order=80,
        ),
    ),
)
