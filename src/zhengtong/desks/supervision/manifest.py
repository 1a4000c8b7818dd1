"""What the supervisors' desk brings: its lines in the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.supervision.public import UrgingPage
from zhengtong.desks.supervision.issuing import REPORT_PAPER
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

WATCH = "supervision.watch"

MODULE = Module(
    code="supervision_desk",
    title=_("电子监察"),
    declares=(
        MenuEntry(
            "supervision.cases", _("在办监察"), "list", "supervision:cases", (WATCH,), order=61, group=_("电子监察")
        ),
        MenuEntry(
            "supervision.drill", _("逐级监察"), "building", "supervision:drill", (WATCH,), order=62, group=_("电子监察")
        ),
        MenuEntry(
            "supervision.report", _("监察月报"), "file", "supervision:report", (WATCH,), order=63, group=_("电子监察")
        ),
        REPORT_PAPER,
        UrgingPage("supervision:urging"),
        MenuEntry(
            "supervision.wall", _("监察大屏"), "chart", "supervision:wall", (WATCH,), order=60, group=_("电子监察")
        ),
    ),
)
