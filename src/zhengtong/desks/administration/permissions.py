"""Who runs the platform. Managing organisations, people, roles and the journal are identity's and audit's own."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.messages.public import RESEND
from zhengtong.kernel.modules import Permission, Role

VIEW_PLATFORM = "administration.view_platform"
MANAGE_JOBS = "administration.manage_jobs"

PERMISSIONS = (
    Permission(VIEW_PLATFORM, _("查看系统运行")),
    Permission(MANAGE_JOBS, _("处理失败的后台任务")),
)
ROLES = (Role("platform_operator", _("平台运维员"), (VIEW_PLATFORM, MANAGE_JOBS, RESEND, "workflow.migrate_common")),)
