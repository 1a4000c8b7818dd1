"""What the counter brings: its lines in the menu, and the pages on which its tasks are handled."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import TaskNode, TaskPage
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry
from zhengtong.screens.tours import TourStep

MODULE = Module(
    code="window",
    title=_("综合窗口"),
    declares=(
        MenuEntry(
            "window.queue",
            _("窗口受理"),
            "building",
            "window:queue",
            ("cases.accept_case", "cases.deliver_case"),
            order=12,
        ),
        MenuEntry("window.new", _("代办申请"), "plus", "window:new", ("cases.file_for_applicant",), order=14),
        MenuEntry(
            "window.identities",
            _("身份核验"),
            "user",
            "window:identities",
            ("identity.verify_identity",),
            order=16,
        ),
        TaskPage(TaskNode.ACCEPTANCE, "window:case"),
        TaskPage(TaskNode.DELIVERY, "window:case"),
        TourStep(
            "window.queue",
            "workbench:todo",
            "window:queue",
            _("窗口受理：收件和发证"),
            _("网上和窗口来的申请在这里受理、一次告知要补的材料；办好的在这里发给申请人。"),
            order=30,
            permissions=("cases.accept_case", "cases.deliver_case"),
        ),
        TourStep(
            "window.new",
            "workbench:todo",
            "window:new",
            _("代办申请：帮来窗口的人填"),
            _("不会上网的群众带着材料来，您替他填表、拍照上传，他确认后提交。"),
            order=40,
            permissions=("cases.file_for_applicant",),
        ),
    ),
)
