"""What the counter brings: its lines in the menu, and the pages on which its tasks are handled."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import TaskNode, TaskPage
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

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
    ),
)
