"""Who watches what departments share, who sets targets and tells them to put things right, and who answers."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Permission, Role

WATCH = "sharing.watch"
SUPERVISE = "sharing.supervise"
ANSWER = "sharing.answer"

PERMISSIONS = (
    Permission(WATCH, _("查看共享监督")),
    Permission(SUPERVISE, _("下发整改、制发共享通报和设定考核指标")),
    Permission(ANSWER, _("反馈共享整改情况")),
)
ROLES = (
    Role("sharing_supervisor", _("共享监督员"), (WATCH, SUPERVISE)),
    Role("sharing_contact", _("共享工作联络员"), (WATCH, ANSWER)),
)
