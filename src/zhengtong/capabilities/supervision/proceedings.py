"""What becomes of a card: 说明 → 申诉 → 维持 or 撤销. Who decides isn't who is concerned.

A card whose office says nothing in time stands; so does one that was explained and neither cancelled nor appealed.
"""

from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.public import Case, Unacceptable, next_number, note_remark
from zhengtong.capabilities.supervision.carding import (
    CARD_KIND,
    DECIDE,
    REVIEW,
    REVIEW_KIND,
    WATCH,
    card_url,
    deadline,
    list_supervisors,
    tell,
)
from zhengtong.capabilities.supervision.correcting import correct_scores
from zhengtong.capabilities.supervision.models import OPEN, Card, CardStatus, CardStep
from zhengtong.core.identity.public import Appointment, Organisation, is_same_person
from zhengtong.core.papers.public import Paper, PaperKind, issue_paper
from zhengtong.core.worklist.public import close_item, leads, list_led, open_item
from zhengtong.kernel.policy import Actor, Denied, can, require
from zhengtong.kernel.steps import step

CARD_PAPER: Final = PaperKind(
    code="supervision.card_decision",
    title=gettext_lazy("电子监察处理决定书"),
    template=Path(__file__).parent / "papers" / "card_decision.typ",
    sample={
        "organisation": "望江区市场监督管理局",
        "at": "2026年12月3日 09:30",
        "item": "食品经营许可（新办）",
        "number": "AL-2026-000123",
        "level": "黄牌",
        "rule": "承诺期限将满",
        "basis": "",
        "points": "1",
        "said": [{"act": "说明", "words": "当日系统停电，已补办。"}],
        "outcome": "维持",
        "reasons": "说明的情况不属于不可抗力。",
    },
    must_show=(
        ("number", gettext_lazy("办件编号")),
        ("outcome", gettext_lazy("处理")),
        ("reasons", gettext_lazy("理由")),
    ),
)
LONGEST: Final = 1000
EXPLAINABLE = (CardStatus.ISSUED,)
APPEALABLE = (CardStatus.ISSUED, CardStatus.EXPLAINED, CardStatus.UPHELD)
DECIDABLE = (CardStatus.EXPLAINED, CardStatus.APPEALED)


# What the office says


@step()
def explain_card(*, actor: Actor, card_id: int, words: str) -> Card:
    """Say how it came to the card; once. Raises Denied and Unacceptable."""
    card = _hold(card_id, actor, "supervision.explain_card")
    said = _said(words, _("请说明情况：为什么会这样，已经怎样处理。"))
    if card.status not in EXPLAINABLE:
        raise Unacceptable(_("这张牌已经说明过，或者已经处理完毕，请刷新页面。"), "words")
    if card.explain_by and card.explain_by <= timezone.now():
        raise Unacceptable(_("说明期限已过；期限之内还可以申诉。"), "words")
    card.status = CardStatus.EXPLAINED
    _ask_supervision(card, "explain", said, actor=actor)
    return card


@step()
def appeal_card(*, actor: Actor, card_id: int, words: str) -> Card:
    """Ask for the card to be cancelled, with reasons; once, also after an explanation wasn't accepted.

    Raises Denied and Unacceptable.
    """
    card = _hold(card_id, actor, "supervision.appeal_card")
    said = _said(words, _("请写明申诉的理由和依据。"))
    if card.appealed_at is not None:
        raise Unacceptable(_("这张牌已经申诉过，一张牌只能申诉一次。"), "words")
    if card.status not in APPEALABLE:
        raise Unacceptable(_("这张牌已经生效或者撤销，不能再申诉。"), "words")
    if card.appeal_by and card.appeal_by <= timezone.now():
        raise Unacceptable(_("申诉期限已过。"), "words")
    card.status, card.appealed_at, card.decided_at = CardStatus.APPEALED, timezone.now(), None
    _ask_supervision(card, "appeal", said, actor=actor)
    return card


def _said(words: str, empty: str) -> str:
    said = words.strip()
    if len(said) < 4:
        raise Unacceptable(empty, "words")
    return said[:LONGEST]


def _hold(card_id: int, actor: Actor, act: str) -> Card:
    card = find_card(card_id, for_update=True)
    if card is None or not is_concerned(actor, card):
        raise Denied(act, visible=False)
    return card


def _ask_supervision(card: Card, act: str, said: str, *, actor: Actor) -> None:
    """Note what was said, and put the card on supervision's list."""
    now = timezone.now()
    card.review_by = deadline(card.case, REVIEW, now)
    card.save(update_fields=["status", "appealed_at", "decided_at", "review_by"])
    _note(card, act, said, actor=actor)
    close_item(kind=CARD_KIND, object_id=card.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    close_item(kind=REVIEW_KIND, object_id=card.pk, done_by_id=None)
    open_item(
        kind=REVIEW_KIND,
        object_id=card.pk,
        organisation_id=card.case.organisation_id,
        permission=DECIDE,
        reference=card.case.number or "",
        title=card.rule.name if card.rule else card.get_level_display(),
        party=card.case.organisation.short_name,
        step="亮牌申诉" if act == "appeal" else "亮牌说明",
        url=card_url(card),
        due_at=card.review_by,
    )
    for reader in list_supervisors(card.case.organisation_id):
        tell(card, reader, f"supervision.card_{act}ed", name=actor.name, words=said[:200])


# What supervision decides


@step()
def decide_card(*, actor: Actor, card_id: int, cancel: bool, words: str) -> Card:
    """Cancel the card or uphold it, with reasons and a paper; scores that were announced with it are corrected.

    Raises Denied, also for whoever is concerned herself, and Unacceptable.
    """
    card = find_card(card_id, for_update=True)
    if card is None or not can(actor, DECIDE, card.case):
        raise Denied(DECIDE, visible=False)
    if not may_decide(actor, card):
        if card.status in DECIDABLE:
            raise Unacceptable(_("您与这张牌有关，应由其他监察人员审核。"), "words")
        raise Unacceptable(_("这张牌现在没有待审核的说明或者申诉，请刷新页面。"), "words")
    said = _said(words, _("请写明维持或者撤销的理由。"))
    card.status = CardStatus.CANCELLED if cancel else CardStatus.UPHELD
    card.decided_at = timezone.now()
    card.save(update_fields=["status", "decided_at"])
    paper = _issue_decision(card, said, actor=actor)
    _note(card, "cancel" if cancel else "uphold", said, actor=actor, paper=paper)
    close_item(kind=REVIEW_KIND, object_id=card.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    close_item(kind=CARD_KIND, object_id=card.pk, done_by_id=None)
    if cancel:
        correct_scores(card)
    for reader in _concerned(card):
        tell(card, reader, "supervision.card_decided", outcome=card.get_status_display(), words=said[:200])
    return card


def _issue_decision(card: Card, said: str, *, actor: Actor) -> Paper:
    if actor.organisation is None:
        raise Denied(DECIDE)
    issuer = Organisation.objects.get(pk=actor.organisation)
    with translation.override("zh-hans"):
        year = timezone.localdate().year
        count = next_number(f"{issuer.pk}:监处:{year}")
        outcome = str(CardStatus(card.status).label)
        facts: dict[str, Any] = {
            "number": card.case.number,
            "item": card.case.item_name,
            "organisation": card.case.organisation.name,
            "rule": card.rule.name if card.rule else "",
            "level": str(card.get_level_display()),
            "points": f"{card.points.normalize():f}",
            "basis": card.version.legal_note if card.version else "",
            "at": timezone.localtime(card.at).strftime("%Y-%m-%d %H:%M"),
            "said": [
                {"act": STEP_WORDS[each.act], "words": each.words}
                for each in card.steps.filter(act__in=("explain", "appeal"))
            ],
            "outcome": outcome,
            "reasons": said,
        }
        return issue_paper(
            actor=actor,
            kind=CARD_PAPER.code,
            title="",
            number=f"{issuer.short_name}监处〔{year}〕{count}号",
            issuer=issuer,
            content=facts,
            public_facts=[("亮牌", facts["level"] or ""), ("处理", outcome)],
        )


STEP_WORDS: Final = {
    "issue": gettext_lazy("亮牌"),
    "explain": gettext_lazy("说明"),
    "appeal": gettext_lazy("申诉"),
    "uphold": gettext_lazy("维持"),
    "cancel": pgettext_lazy("card", "撤销"),
    "lapse": gettext_lazy("期满生效"),
}


def _note(card: Card, act: str, said: str, *, actor: Actor, paper: Paper | None = None) -> None:
    CardStep.objects.create(
        card=card,
        act=act,
        at=timezone.now(),
        by_id=actor.held_appointment,
        by_agent_id=actor.agent,
        words=said,
        paper=paper,
    )
    with translation.override("zh-hans"):
        name = card.rule.name if card.rule else str(card.get_level_display())
        note = f"{name}：{said}"
    journal = {"card": card.pk, "status": str(card.status), "level": card.level}
    note_remark(card.case, f"{act}_card", actor=actor, note=note, journal=journal, module="supervision")


def _concerned(card: Card) -> list[Appointment]:
    """Return who is told of the decision: who answers for the card and whoever spoke for the office."""
    ids = {card.holder_id, *card.steps.filter(act__in=("explain", "appeal")).values_list("by_id", flat=True)}
    found = Appointment.objects.filter(pk__in=[pk for pk in ids if pk]).select_related("staff__account")
    return list({each.staff_id: each for each in found}.values())


@transaction.atomic
def let_cards_stand(limit: int = 500) -> int:
    """Let cards stand about which nothing was said or asked in time; return how many."""
    now = timezone.now()
    over = Card.objects.select_for_update(skip_locked=True).filter(
        status__in=(CardStatus.ISSUED, CardStatus.EXPLAINED), appeal_by__lte=now
    )
    # One that was explained in time waits for its review, as long as that may take.
    over = over.filter(Q(status=CardStatus.ISSUED) | Q(review_by__lte=now)).order_by("id")
    cards = list(over[:limit])
    for card in cards:
        card.status = CardStatus.STANDING
        card.save(update_fields=["status"])
        CardStep.objects.create(card=card, act="lapse", at=now)
        close_item(kind=CARD_KIND, object_id=card.pk, done_by_id=None)
        close_item(kind=REVIEW_KIND, object_id=card.pk, done_by_id=None)
    return len(cards)


# Who may do what, and what there is


def is_concerned(actor: Actor, card: Card) -> bool:
    """Whether ``actor`` answers for the card: what it is about was hers, or she leads the office."""
    if actor.appointment is None:
        return False
    return actor.appointment == card.holder_id or leads(actor, card.case.organisation_id)


def may_explain(actor: Actor, card: Card) -> bool:
    in_time = card.explain_by is None or card.explain_by > timezone.now()
    return card.status in EXPLAINABLE and in_time and is_concerned(actor, card)


def may_appeal(actor: Actor, card: Card) -> bool:
    in_time = card.appeal_by is not None and card.appeal_by > timezone.now()
    return card.status in APPEALABLE and card.appealed_at is None and in_time and is_concerned(actor, card)


def may_decide(actor: Actor, card: Card) -> bool:
    """Whether ``actor`` may cancel or uphold now: supervision may, but nobody whom the card concerns."""
    if card.status not in DECIDABLE or not can(actor, DECIDE, card.case):
        return False
    theirs = [card.holder_id, *card.steps.filter(act__in=("explain", "appeal")).values_list("by_id", flat=True)]
    return not is_same_person(actor, theirs)


def may_see_card(actor: Actor, card: Card) -> bool:
    return is_concerned(actor, card) or can(actor, WATCH, card.case)


_WITH = (
    "case__organisation",
    "case__office__region",
    "rule",
    "version",
    "clock",
    "holder__staff__account",
    "holder__post",
)


def find_card(card_id: int, *, for_update: bool = False) -> Card | None:
    rows = Card.objects.select_related(*_WITH).filter(pk=card_id)
    return (rows.select_for_update(of=("self",)) if for_update else rows).first()


def get_card(actor: Actor, card_id: int) -> Card | None:
    """Return a card that ``actor`` may see, None for any other."""
    card = find_card(card_id)
    return card if card is not None and may_see_card(actor, card) else None


def list_cards(actor: Actor) -> QuerySet[Card]:
    """Return the cards of the organs that ``actor`` watches, the newest first."""
    reach = list(actor.reach(WATCH))
    return Card.objects.filter(case__organisation_id__in=reach).select_related(*_WITH).order_by("-id")


def list_own_cards(actor: Actor) -> QuerySet[Card]:
    """Return the cards that ``actor`` answers for: her own, and those of the offices that she leads."""
    own = Q(holder_id=actor.appointment) if actor.appointment else Q(pk__in=[])
    led = list_led(actor)
    if led:
        own |= Q(case__organisation_id__in=list(led), issued_at__isnull=False)
    return Card.objects.filter(own).select_related(*_WITH).order_by("-id")


def list_cards_of(case: Case) -> QuerySet[Card]:
    return Card.objects.filter(case=case).select_related(*_WITH).order_by("id")


def count_own_open(actor: Actor) -> int:
    """How many cards wait for ``actor``'s explanation."""
    return list_own_cards(actor).filter(status=CardStatus.ISSUED).count()


def count_to_review(actor: Actor) -> int:
    """How many explanations and appeals wait for supervision within ``actor``'s reach."""
    require(actor, DECIDE)
    reach = list(actor.reach(DECIDE))
    return Card.objects.filter(status__in=DECIDABLE, case__organisation_id__in=reach).count()


def list_open_statuses() -> tuple[str, ...]:
    return tuple(str(status) for status in OPEN)


def describe_values(card: Card) -> list[tuple[str, Any]]:
    """Return what made the rule true, with the titles of the names."""
    from zhengtong.capabilities.supervision.facts import ACTS, NAMES

    shown: list[tuple[str, Any]] = []
    for code, value in card.values.items():
        name = NAMES.get(code)
        said = ACTS.get(value, value) if code == "event.act" else value
        shown.append((str(name.title) if name else code, said))
    return shown
