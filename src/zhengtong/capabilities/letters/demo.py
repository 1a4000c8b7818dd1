"""Letters of the demo city at every stage, made by the services; the hotline's people, dispatch rules, two surveys."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path

from django.utils import timezone

from zhengtong.capabilities.letters import starting_rows
from zhengtong.capabilities.letters.models import DispatchRule, Letter, LetterCategory, Reception
from zhengtong.capabilities.letters.services import acceptance, answering, following, publishing, surveys, writing
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import (
    Account,
    Citizen,
    Organisation,
    Post,
    PostRole,
    Reach,
    Region,
    RegionLevel,
    appoint,
    create_staff_account,
    get_account_actor,
    get_citizen_actor,
    grant_role,
    open_post,
)
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.demo import DemoAccount, DemoContext, as_of, held_jobs
from zhengtong.kernel.policy import SYSTEM, Actor

title = "来信和调查征集"
PASSWORD = "anlan-demo-2026"
CITY, COUNTY = "990100", "990102"
DATA_BUREAU = "政务服务数据管理局"
# User name, name, post, roles.
_PEOPLE = (
    ("operator12345", "苗秀英", "热线话务员", ("letter_operator", "letter_publisher", "letter_manager")),
    ("dispatcher", "温志远", "热线派单员", ("letter_dispatcher",)),
)
ACCOUNTS = tuple(
    DemoAccount(user, PASSWORD, name, post, "安澜市政务服务数据管理局") for user, name, post, _r in _PEOPLE
)
_HANDLING = {"审查员": "letter_handler", "现场核查员": "letter_handler", "审批科科长": "letter_approver"}
# Category → the title of the organ that handles it in every county.
_RULES = {
    "noise": "城市管理局",
    "environment": "城市管理局",
    "building": "城市管理局",
    "market": "市场监督管理局",
    "property": "住房和城乡建设局",
    "utilities": "水务局",
    "roads": "交通运输局",
    "insurance": "人力资源和社会保障局",
    "education": "教育局",
    "government": DATA_BUREAU,
}
# Organ → who handles and who approves in the district of the cast.
_OFFICES = {"市场监督管理局": ("reviewer", "approver"), "城市管理局": ("urban1", "urban_approver")}


@dataclass(frozen=True)
class Plan:
    """A letter: how many working days ago it came, up to which stage it went, what was answered and thought."""

    ago: int
    kind: str
    category: str
    title: str
    body: str
    stage: str
    answer: str = ""
    score: int = 0
    is_confidential: bool = False
    username: str = "applicant"
    channel: str = "web"


def _read_plans() -> list[Plan]:
    path = Path(__file__).with_name("seed") / "demo.toml"
    return [Plan(**each) for each in tomllib.loads(path.read_text(encoding="utf-8"))["letters"]]


def load(context: DemoContext) -> None:
    """Open the hotline, let the departments handle letters, set the rules, write the letters."""
    starting_rows.load(actor=SYSTEM)
    city = Region.objects.get(code=CITY)
    bureau = Organisation.objects.get(region=city, name__endswith=DATA_BUREAU)
    start = context.today - timedelta(days=400)
    for username, name, post_title, roles in _PEOPLE:
        post = open_post(actor=SYSTEM, organisation=bureau, title=post_title)
        for role in roles:
            grant_role(actor=SYSTEM, post=post, role=role, reach=Reach.REGION)
        staff = create_staff_account(actor=SYSTEM, username=username, password=PASSWORD, name=name)
        appoint(actor=SYSTEM, staff=staff, post=post, start_date=start)
    posts = Post.objects.filter(title__in=_HANDLING, organisation__is_active=True)
    context.insert([PostRole(post=p, role=_HANDLING[p.title], reach=Reach.OWN) for p in posts], "来信承办岗位")
    Reception.objects.create(region=city, organisation=bureau)
    _set_rules(context)
    with held_jobs():
        written = [_write(context, plan) for plan in _read_plans()]
        _ask(context, get_account_actor(Account.objects.get(username="operator12345")))
    record(SYSTEM, "demo.load", ("letters", context.seed), after={"letters": len(written)})


def _set_rules(context: DemoContext) -> None:
    categories = {category.code: category for category in LetterCategory.objects.all()}
    rules = []
    for county in Region.objects.filter(level=RegionLevel.COUNTY, code__startswith="9901"):
        organs = {o.name.removeprefix(county.name): o for o in Organisation.objects.filter(region=county)}
        rules += [
            DispatchRule(category=categories[code], region=county, organisation=organs[organ])
            for code, organ in _RULES.items()
            if organ in organs
        ]
    context.insert(rules, "派发规则")


def _actor(username: str) -> Actor:
    return get_account_actor(Account.objects.get(username=username))


def _hours(context: DemoContext, ago: int) -> Iterator[datetime]:
    """Yield the moments at which a letter that came so many working days ago was worked on: some hours apart at first,
    never later than now."""
    calendar = get_calendar(COUNTY)
    first = calendar.subtract_working_days(context.today, ago) if ago else context.today
    now = timezone.now()
    for step in count():
        day = calendar.add_working_days(first, step // 2) if step else first
        hour = time(9, 10) if step % 2 == 0 else time(15, 40)
        moment = timezone.make_aware(datetime.combine(day, hour))
        # The order of steps stays even where the day isn't over yet.
        yield min(moment, now - timedelta(minutes=30) + timedelta(minutes=step))


def _write(context: DemoContext, plan: Plan) -> Letter:
    moments = _hours(context, plan.ago)
    account = Account.objects.get(username=plan.username)
    citizen = Citizen.objects.get(account=account)
    given = {
        "kind": plan.kind,
        "title": plan.title,
        "body": plan.body,
        "category": LetterCategory.objects.get(code=plan.category).pk,
        "region": Region.objects.get(code=COUNTY).pk,
        "place": "",
        "writer_name": citizen.name,
        "writer_phone": citizen.phone,
        "is_confidential": plan.is_confidential,
        "may_publish": not plan.is_confidential,
    }
    writer, operator = get_citizen_actor(account), _actor("operator12345")
    with as_of(next(moments)):
        if plan.channel == "phone":
            letter, _code = writing.record_letter(actor=operator, channel="phone", **given)
        else:
            draft = writing.start_draft(actor=writer, kind=plan.kind)
            writing.save_draft(draft=draft, answers=given)
            draft.refresh_from_db()
            letter = writing.submit_draft(actor=writer, draft=draft)
    for step in _steps_of(plan, letter, writer, operator):
        with as_of(next(moments)):
            step()
    letter.refresh_from_db()
    return letter


def _steps_of(plan: Plan, letter: Letter, writer: Actor, operator: Actor) -> Iterator[Callable[[], object]]:
    """Yield what is done to a letter one after another until the stage of its plan."""
    pk, dispatcher = letter.pk, _actor("dispatcher")
    if plan.stage == "received":
        return
    if plan.stage == "not_accepted":
        reason = "该事项正在诉讼程序中，请通过司法途径解决"
        yield lambda: acceptance.decline_letter(actor=operator, letter_id=pk, reason=reason)
        return
    yield lambda: acceptance.accept_letter(actor=operator, letter_id=pk)
    if plan.stage == "accepted":
        return
    organ = _RULES.get(plan.category, "城市管理局")
    office = Organisation.objects.get(region__code=COUNTY, name__endswith=organ)
    handler, approver = (_actor(name) for name in _OFFICES[organ])
    yield lambda: acceptance.dispatch_letter(actor=dispatcher, letter_id=pk, organisation=office)
    if plan.stage == "dispatched":
        return
    if plan.stage == "returned":
        reason = "路灯由住房和城乡建设部门管理"
        yield lambda: acceptance.return_letter(actor=handler, letter_id=pk, reason=reason)
        return
    yield lambda: acceptance.sign_letter(actor=handler, letter_id=pk)
    if plan.stage == "handling":
        return
    answer = plan.answer or "经核查，商家未及时更新价签，已责令改正并退还差价，对其不明码标价行为依法处理。"
    yield lambda: answering.draft_answer(actor=handler, letter_id=pk, text=answer)
    if plan.stage == "approving":
        return
    yield lambda: answering.approve_answer(actor=approver, letter_id=pk)
    if plan.stage == "reopened":
        said = "音量没有变化，夜里仍然睡不着"
        yield lambda: following.record_call(actor=operator, letter_id=pk, result="unsatisfied", note=said)
        return
    if plan.stage == "closed":
        yield lambda: following.record_call(actor=operator, letter_id=pk, result="satisfied")
        return
    if plan.score:
        comment = "处理及时" if plan.score > 2 else "没有人联系我，赔偿也没有谈"
        yield lambda: following.rate_letter(actor=writer, letter_id=pk, score=plan.score, comment=comment)
    if plan.stage == "published":
        yield lambda: publishing.publish_letter(actor=operator, letter_id=pk, is_confirmed=True)


def _ask(context: DemoContext, operator: Actor) -> None:
    """Make a survey that has ended, with answers, and a call for opinions that runs."""
    _survey(
        context,
        operator,
        "政务大厅延时服务满意度调查",
        (-40, -10),
        (
            ("single", "您最近一次到政务大厅办事是什么时候", ("一个月内", "三个月内", "半年内", "更早")),
            ("multiple", "您希望哪些时段延时服务", ("工作日中午", "工作日晚上", "周六上午", "周六下午")),
            ("score", "您对大厅服务的总体评价", ()),
            ("text", "您还有什么建议", ()),
        ),
        takers=24,
    )
    _survey(
        context,
        operator,
        "关于调整沿江路公交站点的意见征集",
        (-5, 25),
        (
            ("single", "您是否赞成把沿江路站北移200米", ("赞成", "不赞成", "都可以")),
            ("text", "您的理由和建议", ()),
        ),
        takers=0,
    )


def _survey(
    context: DemoContext,
    operator: Actor,
    name: str,
    days: tuple[int, int],
    questions: tuple[tuple[str, str, tuple[str, ...]], ...],
    *,
    takers: int,
) -> None:
    opens_at, closes_at = (_moment(context.today + timedelta(days=each)) for each in days)
    rng = context.rng(f"letters:{name}")
    with as_of(opens_at - timedelta(hours=2)):
        survey = surveys.create_survey(
            actor=operator,
            kind="survey" if takers else "call",
            title=name,
            lead="您的意见会作为改进工作的依据，谢谢参与。",
            opens_at=opens_at,
            closes_at=closes_at,
        )
        for kind, text, choices in questions:
            surveys.add_question(
                actor=operator, survey=survey, kind=kind, text=text, choices=choices, is_required=kind != "text"
            )
        surveys.publish_survey(actor=operator, survey=survey)
    accounts = Account.objects.filter(username__startswith="citizen").order_by("username")[:takers]
    with as_of(opens_at + timedelta(days=2)):
        survey.refresh_from_db()
        asked = list(survey.questions.all())
        for account in accounts:
            answers = {}
            for question in asked:
                if question.kind == "single":
                    answers[question.pk] = [rng.choice(question.choices)]
                elif question.kind == "multiple":
                    answers[question.pk] = rng.sample(question.choices, rng.randint(1, 3))
                elif question.kind == "score":
                    answers[question.pk] = [str(rng.choice((3, 4, 4, 5, 5)))]
            surveys.take_survey(actor=get_citizen_actor(account), survey=survey, answers=answers)


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))
