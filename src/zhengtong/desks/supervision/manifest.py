"""What the supervisors' desk brings: its lines in the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import TASK_PERMISSIONS
from zhengtong.capabilities.supervision.public import CardPage, UrgingPage, count_own_open, count_to_review
from zhengtong.desks.supervision.issuing import REPORT_PAPER
from zhengtong.desks.supervision.score_report import SCORES_PAPER
from zhengtong.kernel.modules import Module
from zhengtong.kernel.policy import Actor
from zhengtong.screens.menu import MenuEntry

WATCH = "supervision.watch"
DECIDE = "supervision.decide_card"


def _count_cards(actor: Actor) -> int | str:
    """What waits for supervision; leaders of organs watch and don't decide."""
    return count_to_review(actor) if actor.has(DECIDE) else ""


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
        MenuEntry(
            "supervision.cards",
            _("亮牌"),
            "flag",
            "supervision:cards",
            (WATCH,),
            order=64,
            count=_count_cards,
            group=_("电子监察"),
        ),
        MenuEntry(
            "supervision.scores", _("季度考评"), "chart", "supervision:scores", (WATCH,), order=65, group=_("电子监察")
        ),
        MenuEntry(
            "supervision.rules", _("监察规则"), "list", "supervision:rules", (WATCH,), order=66, group=_("电子监察")
        ),
        MenuEntry(
            "supervision.cameras",
            _("窗口摄像机"),
            "camera",
            "supervision:cameras",
            ("supervision.register_camera",),
            order=67,
            group=_("电子监察"),
        ),
        MenuEntry(
            "supervision.mine",
            _("我的亮牌"),
            "flag",
            "supervision:mine",
            tuple(TASK_PERMISSIONS.values()),
            order=58,
            count=count_own_open,
        ),
        REPORT_PAPER,
        SCORES_PAPER,
        UrgingPage("supervision:urging"),
        CardPage("supervision:card"),
        MenuEntry(
            "supervision.wall", _("监察大屏"), "chart", "supervision:wall", (WATCH,), order=60, group=_("电子监察")
        ),
    ),
)
