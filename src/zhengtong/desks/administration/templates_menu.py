"""The line in the menu that leads to the templates of papers, with what waits for this person's review."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.papers.public import TemplateStatus, TemplateVersion
from zhengtong.kernel.policy import Actor
from zhengtong.screens.menu import MenuEntry

COMPILE, PUBLISH = "papers.compile_template", "papers.publish_template"


def count_in_review(actor: Actor) -> int:
    """Return how many templates wait for this person's review."""
    if not actor.has(PUBLISH):
        return 0
    waiting = TemplateVersion.objects.filter(status=TemplateStatus.IN_REVIEW)
    return waiting.exclude(submitted_by=actor.appointment)[:100].count()


TEMPLATES_ENTRY = MenuEntry(
    "administration.templates",
    _("文书模板"),
    "file",
    "administration:templates",
    (COMPILE,),
    order=65,
    count=count_in_review,
    group=_("事项编制"),
)
