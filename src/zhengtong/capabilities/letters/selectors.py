"""Reading letters: those that somebody may see, to whom one may be given, what the public reads."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from zhengtong.capabilities.letters import permissions
from zhengtong.capabilities.letters.models import (
    DispatchRule,
    Letter,
    LetterCategory,
    LetterDraft,
    PublishedLetter,
    Survey,
    SurveyState,
)
from zhengtong.core.identity.public import Organisation, Region, RegionLevel
from zhengtong.kernel.modules import Role, registry
from zhengtong.kernel.policy import Actor, ActorKind, visible
from zhengtong.kernel.reach import reached

# Sealed columns that lists don't open.
SEALED = ("title", "body", "place", "writer_phone", "score_comment")


def list_letters(actor: Actor) -> QuerySet[Letter]:
    """Return the letters of the organisations in which this member of staff may look at letters."""
    return visible(actor, permissions.VIEW, Letter.objects.select_related("category", "organisation", "region"))


def get_letter(actor: Actor, number: str) -> Letter | None:
    """Return a letter that she may see: her organisations', or one that her office co-operates in."""
    letters = Letter.objects.select_related("category", "organisation", "reception", "region", "account")
    found = visible(actor, permissions.VIEW, letters).filter(number=number).first()
    if found is None and actor.kind is ActorKind.STAFF and (reach := actor.reach(permissions.HANDLE)):
        helping = Q(cooperations__organisation_id__in=list(reach))
        found = letters.filter(helping, number=number).first()
    return found


def list_own_letters(actor: Actor) -> QuerySet[Letter]:
    """Return the letters that this citizen wrote, the newest first."""
    if actor.kind is not ActorKind.CITIZEN:
        return Letter.objects.none()
    return visible(actor, permissions.VIEW, Letter.objects.select_related("category", "organisation")).order_by("-id")


def get_own_letter(actor: Actor, public_id: UUID) -> Letter | None:
    return list_own_letters(actor).filter(public_id=public_id).first()


def get_draft(public_id: UUID) -> LetterDraft | None:
    return (
        LetterDraft.objects.select_related("letter__category", "letter__reception").filter(public_id=public_id).first()
    )


def list_categories() -> QuerySet[LetterCategory]:
    return LetterCategory.objects.filter(is_active=True)


def list_places() -> list[tuple[Region, list[Region]]]:
    """Return counties with their towns, for choosing where something happened."""
    counties = Region.objects.filter(level=RegionLevel.COUNTY).order_by("code")
    towns: dict[int, list[Region]] = {}
    for town in Region.objects.filter(level=RegionLevel.TOWN).order_by("code"):
        towns.setdefault(town.parent_id or 0, []).append(town)
    return [(county, towns.get(county.pk, [])) for county in counties]


def list_receivers(actor: Actor) -> QuerySet[Organisation]:
    """Return the organisations within her reach in which somebody can handle letters today."""
    roles = [role.code for role in registry.of(Role) if permissions.HANDLE in role.permissions]
    today = timezone.localdate()
    current = Q(posts__appointments__end_date=None) | Q(posts__appointments__end_date__gte=today)
    staffed = Organisation.objects.filter(
        current,
        posts__roles__role__in=roles,
        posts__appointments__start_date__lte=today,
        posts__appointments__staff__account__is_active=True,
    ).values("pk")
    reach = actor.reach(permissions.DISPATCH)
    if not reach:
        return Organisation.objects.none()
    return Organisation.objects.filter(reached("id", reach), pk__in=staffed).order_by("region__code", "id")


def list_helpers(letter: Letter) -> QuerySet[Organisation]:
    """Return the organisations of the letter's city that can handle letters, except the one that has it."""
    roles = [role.code for role in registry.of(Role) if permissions.HANDLE in role.permissions]
    staffed = Organisation.objects.filter(posts__roles__role__in=roles, posts__appointments__end_date=None).values("pk")
    within = {"region__path__contained_by": letter.reception.region.path}
    return Organisation.objects.filter(pk__in=staffed, **within).exclude(pk=letter.organisation_id).order_by("id")


def suggest_offices(letter: Letter) -> list[DispatchRule]:
    """Return the rules that fit a letter, the most exact first: the nearest grid, then the category."""
    above: list[int] = []
    at: Region | None = letter.region
    while at is not None:
        above.append(at.pk)
        at = at.parent
    rules = DispatchRule.objects.select_related("organisation", "region", "category").filter(
        Q(category=None) | Q(category=letter.category_id),
        Q(region=None) | Q(region__in=above),
        is_active=True,
    )
    depth = {pk: place for place, pk in enumerate(above)}

    def rank(rule: DispatchRule) -> tuple[bool, int, int]:
        return (rule.category_id is None, depth.get(rule.region_id or 0, len(above)), rule.pk)

    best: dict[int, DispatchRule] = {}
    for rule in sorted(rules, key=rank):
        best.setdefault(rule.organisation_id, rule)
    return list(best.values())[:5]


def list_published() -> QuerySet[PublishedLetter]:
    return PublishedLetter.objects.filter(is_withdrawn=False).select_related("category", "organisation")


def list_surveys() -> QuerySet[Survey]:
    """Return the surveys that the public sees, those that have begun."""
    return Survey.objects.filter(state=SurveyState.PUBLISHED, opens_at__lte=timezone.now()).select_related(
        "organisation"
    )


def list_office_surveys(actor: Actor) -> QuerySet[Survey]:
    return visible(actor, permissions.SURVEY, Survey.objects.select_related("organisation"))


def list_events(letter: Letter, *, is_for_writer: bool = False) -> list[dict[str, Any]]:
    """Return what happened, the newest first, as a timeline shows it; the writer reads only what is said to her."""
    events = letter.events.order_by("-id")
    shown = [event for event in events if event.words or not is_for_writer]
    return [
        {
            "title": event.words or event.note.split("：")[0][:60],
            "text": "" if is_for_writer or not event.words else event.note,
            "at": event.at,
            "who": event.organisation_name
            if is_for_writer
            else " ".join(each for each in (event.organisation_name, event.actor_name) if each),
        }
        | ({"text": event.note.partition("：")[2]} if not is_for_writer and not event.words else {})
        for event in shown
    ]
