"""What the items desk brings: its lines in the menu and the library of materials."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import DraftStatus, ItemDraft
from zhengtong.desks.items.screens import LibraryScreens
from zhengtong.kernel.modules import Module
from zhengtong.kernel.policy import Actor, visible
from zhengtong.screens.menu import MenuEntry

COMPILE, PUBLISH = "items.compile", "items.publish"


def count_in_review(actor: Actor) -> int:
    """Return how many drafts wait for this person's review."""
    waiting = visible(actor, PUBLISH, ItemDraft.objects.filter(status=DraftStatus.IN_REVIEW))
    return waiting.exclude(submitted_by=actor.appointment)[:100].count()


MODULE = Module(
    code="items_desk",
    title=_("事项编制"),
    declares=(
        MenuEntry(
            "items_desk.items",
            _("事项和指南"),
            "edit",
            "items_desk:list",
            (COMPILE,),
            order=70,
            count=count_in_review,
            group=_("事项编制"),
        ),
        LibraryScreens(),
    ),
)
