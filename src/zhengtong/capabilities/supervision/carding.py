"""A new card is opened: who it concerns, until when she may explain and appeal, and who is told."""

import logging
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation

from zhengtong.capabilities.cases.public import (
    TASK_PERMISSIONS,
    Case,
    Task,
    TaskNode,
    TaskStatus,
    calendar_of_case,
    describe_on_lists,
    get_rulebook,
)
from zhengtong.capabilities.supervision.declarations import CardPage
from zhengtong.capabilities.supervision.models import Card, CardStatus, CardStep, Level, RuleVersion, Told
from zhengtong.core.identity.public import Appointment, get_staff_actor
from zhengtong.core.messages.public import send_message
from zhengtong.core.worklist.public import list_leaders, open_item
from zhengtong.kernel.modules import Role, registry
from zhengtong.kernel.policy import SYSTEM

logger = logging.getLogger(__name__)
WATCH: Final = "supervision.watch"
DECIDE: Final = "supervision.decide_card"
CARD_KIND: Final = "supervision.card"
REVIEW_KIND: Final = "supervision.card_review"
EXPLAIN, APPEAL, REVIEW = "supervision.explain", "supervision.appeal", "supervision.review_card"
# Who is asked about what happened longer ago can't say any more: such a card is only recorded.
OLDEST: Final = timedelta(days=30)
# Whose task an act was.
_NODES: Final = {
    "accept": TaskNode.ACCEPTANCE,
    "request_materials": TaskNode.ACCEPTANCE,
    "declare_not_required": TaskNode.ACCEPTANCE,
    "declare_not_competent": TaskNode.ACCEPTANCE,
    "recommend": TaskNode.REVIEW,
    "start_excluded_time": TaskNode.REVIEW,
    "end_excluded_time": TaskNode.REVIEW,
    "return": TaskNode.DECISION,
    "decide_grant": TaskNode.DECISION,
    "decide_refuse": TaskNode.DECISION,
    "deliver": TaskNode.DELIVERY,
}


def open_cards(ids: Sequence[int], *, opens: bool = True) -> None:
    """Open the proceedings of new cards. One that can't be opened stays in the record and stops no other."""
    with_case = Card.objects.select_related("case__office__region", "case__organisation", "clock", "version__rule")
    versions = list(RuleVersion.objects.filter(rule__lamp__gt="").select_related("rule").order_by("number"))
    for card in with_case.filter(pk__in=ids, status=CardStatus.RECORDED, issued_at=None).order_by("id"):
        try:
            with transaction.atomic():
                _settle_version(card, versions)
                if opens and card.at >= timezone.now() - OLDEST:
                    open_card(card)
        except Exception:
            logger.exception("card %s couldn't be opened", card.pk)


def _settle_version(card: Card, versions: Sequence[RuleVersion]) -> None:
    """Give a lamp's card the version that was in force, its points, and what the clock said."""
    if card.rule_id is None or card.version_id is not None or card.clock is None:
        return
    day = timezone.localdate(card.at)
    known = [each for each in versions if each.rule_id == card.rule_id and each.effective_from <= day]
    if not known:
        return
    card.version, card.points, card.level = known[-1], known[-1].points, known[-1].level
    clock = card.clock
    card.values = {
        "clock.purpose": clock.get_purpose_display(),
        "clock.basis": clock.get_basis_display(),
        "clock.budget": str(clock.budget + clock.extension),
        "clock.due_at": timezone.localtime(card.due_at or clock.due_at).strftime("%Y-%m-%d %H:%M"),
    }
    card.save(update_fields=["version", "points", "level", "values"])


def deadline(case: Case, code: str, since: datetime) -> datetime:
    """Return the midnight that ends the limit ``code`` counted from ``since``."""
    calendar = calendar_of_case(case)
    limit = get_rulebook().limit(code, timezone.localdate(since))
    last = calendar.add_working_days(calendar.local_date(since), limit.budget)
    return timezone.make_aware(datetime.combine(last + timedelta(days=1), time()), calendar.zone)


def open_card(card: Card) -> None:
    """Begin the proceedings of a card that its rule says something of: who answers, until when, who is told."""
    version = card.version
    if version is None:
        return
    case, now = card.case, timezone.now()
    task = _task_of(card)
    holder = _still_there(task)
    card.holder, card.issued_at = holder, now
    asked = version.level != Level.NOTICE
    if asked:
        card.status = CardStatus.ISSUED
        card.explain_by, card.appeal_by = deadline(case, EXPLAIN, now), deadline(case, APPEAL, now)
    card.save(update_fields=["holder", "issued_at", "status", "explain_by", "appeal_by"])
    with translation.override("zh-hans"):
        CardStep.objects.create(card=card, act="issue", at=now, words=f"{version.rule.name}：{version.legal_note}")
    leaders = list_leaders(case.organisation_id, TASK_PERMISSIONS.values())
    if asked:
        assignee = holder or (leaders[0] if leaders else None)
        open_item(
            kind=CARD_KIND,
            object_id=card.pk,
            organisation_id=case.organisation_id,
            permission=task.permission if task else TASK_PERMISSIONS[TaskNode.REVIEW],
            assignee_id=assignee.pk if assignee else None,
            reference=case.number or "",
            title=version.rule.name,
            party=describe_on_lists(case)["party"],
            step=f"{card.get_level_display()}说明",
            url=card_url(card),
            due_at=card.explain_by,
        )
    told: dict[int, Appointment] = {}
    if Told.HOLDER in version.tells and holder:
        told[holder.staff_id] = holder
    if Told.HEAD in version.tells or (Told.HOLDER in version.tells and holder is None):
        told |= {each.staff_id: each for each in leaders}
    if Told.SUPERVISOR in version.tells:
        told |= {each.staff_id: each for each in list_supervisors(case.organisation_id)}
    for reader in told.values():
        tell(card, reader, "supervision.carded", rule=version.rule.name)


def tell(card: Card, reader: Appointment, template: str, **more: Any) -> None:
    """Send one of the cards' messages."""
    context = {
        "level": card.get_level_display(),
        "title": describe_on_lists(card.case)["title"],
        "reference": card.case.number,
        **more,
    }
    send_message(actor=SYSTEM, recipient=reader.staff.account, template=template, context=context, link=card_url(card))


def list_supervisors(organisation_id: int) -> list[Appointment]:
    """Return who decides on the cards of an organisation."""
    roles = [role.code for role in registry.of(Role) if DECIDE in role.permissions]
    today = timezone.localdate()
    found = (
        Appointment.objects.filter(
            Q(end_date=None) | Q(end_date__gte=today), post__roles__role__in=roles, start_date__lte=today
        )
        .select_related("staff__account", "post__organisation__region")
        .distinct()
    )
    return [each for each in found if organisation_id in get_staff_actor(each).reach(DECIDE)]


def _task_of(card: Card) -> Task | None:
    """Return the task in which what the card is about was done, or was not done in time."""
    tasks = Task.objects.filter(case=card.case).exclude(status=TaskStatus.CANCELLED)
    tasks = tasks.select_related("assignee__staff__account", "done_by__staff__account").order_by("-id")
    act = card.case.events.filter(pk=card.event_id).values_list("act", flat=True).first() if card.event_id else None
    if act is None:
        return tasks.filter(status=TaskStatus.OPEN).first() or tasks.first()
    node = _NODES.get(act)
    of_node = tasks.filter(node=node).first() if node else None
    return of_node or tasks.first()


def _still_there(task: Task | None) -> Appointment | None:
    """Return who did the task, or has it, while she holds her post; None where the office's leaders answer."""
    if task is None:
        return None
    holder = task.done_by or task.assignee
    if holder is None or (holder.end_date is not None and holder.end_date < timezone.localdate()):
        return None
    return holder


def card_url(card: Card) -> str:
    """Return the address of the page that shows a card, "" when no desk does."""
    try:
        return reverse(registry.get(CardPage, "card").url_name, args=[card.pk])
    except LookupError:
        return ""
