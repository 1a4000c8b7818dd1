"""What the physical hall brings to the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.reservations.public import CALL, FIGURES, GUIDE
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

MODULE = Module(
    code="lobby",
    title=_("政务服务大厅"),
    declares=(
        MenuEntry("lobby.window", _("窗口叫号"), "sound", "lobby:window", (CALL,), order=11),
        MenuEntry("lobby.reception", _("导办取号"), "users", "lobby:reception", (GUIDE,), order=13),
        MenuEntry("lobby.statistics", _("大厅统计"), "chart", "lobby:statistics", (FIGURES,), order=62),
    ),
)
