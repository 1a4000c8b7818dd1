"""The ratings desk's line in the menu, and its page of a follow-up."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.ratings.public import ANY, FollowUpPage
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

MODULE = Module(
    code="ratings_desk",
    title=_("好差评"),
    declares=(
        MenuEntry("ratings.queue", _("好差评"), "star", "ratings_desk:queue", ANY, order=20),
        FollowUpPage("ratings_desk:follow_up"),
    ),
)
