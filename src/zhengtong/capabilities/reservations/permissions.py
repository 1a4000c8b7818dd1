"""Who may do what in a physical hall, and the roles made of it."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Permission, Role

VIEW = "reservations.view_reservation"
CHANGE = "reservations.change_reservation"
GUIDE = "reservations.guide_hall"
CALL = "reservations.call_tickets"
FIGURES = "reservations.view_figures"
MANAGE = "reservations.manage_halls"

PERMISSIONS = (
    Permission(VIEW, _("查看预约")),
    Permission(CHANGE, _("改期和取消自己的预约")),
    Permission(GUIDE, _("导办：报到、取号、管理排队")),
    Permission(CALL, _("窗口叫号")),
    Permission(FIGURES, _("查看大厅等候和服务统计")),
    Permission(MANAGE, _("管理大厅、窗口和预约规则")),
)
ROLES = (
    Role("hall_window_officer", _("大厅窗口叫号员"), (VIEW, CALL)),
    Role("hall_guide", _("大厅导办员"), (VIEW, GUIDE)),
    Role("hall_manager", _("大厅管理员"), (VIEW, GUIDE, FIGURES, MANAGE)),
    Role("hall_leader", _("大厅统计查看员"), (VIEW, FIGURES)),
)
