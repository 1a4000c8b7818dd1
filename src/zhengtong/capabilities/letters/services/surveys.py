"""Surveys: put together by an office, published, taken once by an account, counted when they have ended."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.letters.errors import LetterRefused
from zhengtong.capabilities.letters.models import (
    QuestionKind,
    Survey,
    SurveyAnswers,
    SurveyKind,
    SurveyQuestion,
    SurveyState,
    SurveyTaker,
)
from zhengtong.capabilities.letters.permissions import SURVEY
from zhengtong.capabilities.letters.redaction import clean
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import Actor, ActorKind, Denied, require
from zhengtong.kernel.steps import step

QUESTIONS_MOST: Final = 50
CHOICES_MOST: Final = 30
TEXT_MOST: Final = 1000


@step()
def create_survey(
    *,
    actor: Actor,
    title: str,
    opens_at: datetime,
    closes_at: datetime,
    kind: str = SurveyKind.SURVEY,
    lead: str = "",
) -> Survey:
    """Begin a survey of one's own organisation."""
    if actor.organisation is None:
        raise Denied(SURVEY)
    survey = Survey(
        title=clean(title).strip(),
        kind=kind,
        lead=clean(lead).strip(),
        organisation=Organisation.objects.get(pk=actor.organisation),
        opens_at=opens_at,
        closes_at=closes_at,
    )
    require(actor, SURVEY, survey)
    _check_times(opens_at, closes_at)
    survey.save()
    record(actor, "letters.create_survey", survey, after={"title": survey.title})
    return survey


@step()
def amend_survey(
    *, actor: Actor, survey: Survey, title: str, opens_at: datetime, closes_at: datetime, lead: str = "", kind: str
) -> Survey:
    """Change a survey that isn't published."""
    held = _hold(actor, survey, is_draft=True)
    _check_times(opens_at, closes_at)
    held.title, held.kind, held.lead = clean(title).strip(), kind, clean(lead).strip()
    held.opens_at, held.closes_at = opens_at, closes_at
    held.save()
    record(actor, "letters.amend_survey", held, after={"title": held.title})
    return held


def _check_times(opens_at: datetime, closes_at: datetime) -> None:
    if closes_at <= opens_at:
        raise LetterRefused(_("结束时间要晚于开始时间"), "closes_at")


def _hold(actor: Actor, survey: Survey, *, is_draft: bool) -> Survey:
    held = Survey.objects.select_for_update().get(pk=survey.pk)
    require(actor, SURVEY, held)
    if is_draft and held.state != SurveyState.DRAFT:
        raise LetterRefused(_("已经发布，题目和时间不能再改。"))
    return held


@step()
def add_question(
    *, actor: Actor, survey: Survey, kind: str, text: str, choices: Sequence[str] = (), is_required: bool = True
) -> SurveyQuestion:
    """Add a question at the end of a survey that isn't published."""
    held = _hold(actor, survey, is_draft=True)
    count = held.questions.count()
    if count >= QUESTIONS_MOST:
        raise LetterRefused(_("最多%(n)s道题"), "text", n=QUESTIONS_MOST)
    if kind not in QuestionKind.values:
        raise LetterRefused(_("请选择题型"), "kind")
    text = clean(text).strip()
    if not 2 <= len(text) <= 200:
        raise LetterRefused(_("题目要有2到200个字"), "text")
    options = list(dict.fromkeys(each for each in (clean(choice).strip()[:100] for choice in choices) if each))
    if kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE):
        if not 2 <= len(options) <= CHOICES_MOST:
            raise LetterRefused(_("选择题要有2到%(n)s个不同的选项，每行写一个"), "choices", n=CHOICES_MOST)
    else:
        options = []
    made = SurveyQuestion.objects.create(
        survey=held, number=count + 1, kind=kind, text=text, choices=options, is_required=is_required
    )
    record(actor, "letters.add_question", held, after={"text": text, "kind": kind})
    return made


@step()
def remove_question(*, actor: Actor, survey: Survey, question_id: int) -> None:
    """Take a question out of a survey that isn't published."""
    held = _hold(actor, survey, is_draft=True)
    held.questions.filter(pk=question_id).delete()
    for number, question in enumerate(held.questions.all(), 1):
        SurveyQuestion.objects.filter(pk=question.pk).update(number=number)
    record(actor, "letters.remove_question", held)


@step()
def move_question(*, actor: Actor, survey: Survey, question_id: int) -> None:
    """Let a question come one place earlier."""
    held = _hold(actor, survey, is_draft=True)
    order = [question.pk for question in held.questions.all()]
    if question_id in order[1:]:
        place = order.index(question_id)
        order[place - 1], order[place] = order[place], order[place - 1]
        for number, pk in enumerate(order, 1):
            SurveyQuestion.objects.filter(pk=pk).update(number=number)
        record(actor, "letters.move_question", held)


@step()
def publish_survey(*, actor: Actor, survey: Survey) -> Survey:
    """Open a survey to the public between its two moments; its questions don't change any more."""
    held = _hold(actor, survey, is_draft=True)
    if not held.questions.exists():
        raise LetterRefused(_("还没有题目，请先添加。"))
    if held.closes_at <= timezone.now():
        raise LetterRefused(_("结束时间已经过去，请先修改。"))
    held.state = SurveyState.PUBLISHED
    held.save(update_fields=["state"])
    record(actor, "letters.publish_survey", held, after={"title": held.title})
    return held


@step()
def end_survey(*, actor: Actor, survey: Survey) -> Survey:
    """End a running survey now."""
    held = _hold(actor, survey, is_draft=False)
    now = timezone.now()
    if held.state != SurveyState.PUBLISHED or not held.opens_at < now < held.closes_at:
        raise LetterRefused(_("只有正在进行的调查可以提前结束。"))
    held.closes_at = now
    held.save(update_fields=["closes_at"])
    record(actor, "letters.end_survey", held)
    return held


@step()
def conclude_survey(*, actor: Actor, survey: Survey, conclusion: str) -> Survey:
    """Tell the public what became of what it said (采纳情况), after the end."""
    held = _hold(actor, survey, is_draft=False)
    if held.closes_at > timezone.now():
        raise LetterRefused(_("结束以后才能公布采纳情况。"))
    held.conclusion = clean(conclusion).strip()[:5000]
    held.save(update_fields=["conclusion"])
    record(actor, "letters.conclude_survey", held)
    return held


def is_open(survey: Survey, now: datetime | None = None) -> bool:
    moment = now or timezone.now()
    return survey.state == SurveyState.PUBLISHED and survey.opens_at <= moment < survey.closes_at


def has_taken(actor: Actor, survey: Survey) -> bool:
    return actor.account_id is not None and SurveyTaker.objects.filter(survey=survey, account=actor.account_id).exists()


@step()
def take_survey(*, actor: Actor, survey: Survey, answers: Mapping[int, Any]) -> None:
    """Answer a survey, once with an account. That she answered and what she answered aren't kept together.

    Raises LetterRefused whose field is ``q<question>``.
    """
    if actor.kind is not ActorKind.CITIZEN or actor.account_id is None:
        raise Denied("letters.take_survey")
    if not is_open(survey):
        raise LetterRefused(_("这个调查现在不能填写。"))
    given = {str(question.pk): _read(question, answers.get(question.pk)) for question in survey.questions.all()}
    with transaction.atomic():
        _taker, is_new = SurveyTaker.objects.get_or_create(survey=survey, account_id=actor.account_id)
    if not is_new:
        raise LetterRefused(_("您已经填写过，每人只能填写一次。"))
    SurveyAnswers.objects.create(survey=survey, answers={key: value for key, value in given.items() if value})
    record(actor, "letters.take_survey", survey)


def _read(question: SurveyQuestion, given: Any) -> Any:
    field = f"q{question.pk}"
    values = [str(each) for each in (given if isinstance(given, list | tuple) else [given]) if each not in (None, "")]
    if not values:
        if question.is_required:
            raise LetterRefused(_("请回答这道题"), field)
        return []
    match QuestionKind(question.kind):
        case QuestionKind.TEXT:
            text = clean(values[0]).strip()
            if len(text) > TEXT_MOST:
                raise LetterRefused(_("最多%(n)s个字，现在有%(now)s个"), field, n=TEXT_MOST, now=len(text))
            if not text and question.is_required:
                raise LetterRefused(_("请回答这道题"), field)
            return [text] if text else []
        case QuestionKind.SCORE:
            allowed = {"1", "2", "3", "4", "5"}
        case _:
            allowed = set(question.choices)
    values = list(dict.fromkeys(values))
    if not set(values) <= allowed or (question.kind != QuestionKind.MULTIPLE and len(values) > 1):
        raise LetterRefused(_("请从列出的选项里选择"), field)
    return values


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """``counts`` pairs each choice with how many chose it; of a question for text, ``texts`` says what was written."""

    question: SurveyQuestion
    answered: int
    counts: list[tuple[str, int]]
    texts: list[str]


def count_results(survey: Survey) -> tuple[int, list[QuestionResult]]:
    """Return how many took part, and the results of each question. Raises LetterRefused before the end."""
    if survey.closes_at > timezone.now():
        raise LetterRefused(_("结束以后才公布结果。"))
    counters: dict[str, Counter[str]] = {}
    texts: dict[str, list[str]] = {}
    answered: Counter[str] = Counter()
    total = 0
    questions = list(survey.questions.all())
    written = {str(question.pk) for question in questions if question.kind == QuestionKind.TEXT}
    for row in SurveyAnswers.objects.filter(survey=survey).iterator():
        total += 1
        for key, values in row.answers.items():
            answered[key] += 1
            if key in written:
                texts.setdefault(key, []).extend(values)
            else:
                counters.setdefault(key, Counter()).update(values)
    results = []
    for question in questions:
        key = str(question.pk)
        options = ["5", "4", "3", "2", "1"] if question.kind == QuestionKind.SCORE else question.choices
        counts = [(str(option), counters.get(key, Counter())[str(option)]) for option in options]
        results.append(QuestionResult(question, answered[key], counts, texts.get(key, [])))
    return total, results
