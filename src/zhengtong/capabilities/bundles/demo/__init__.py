"""Restaurants that open in the demo city: applications for the bundle at every stage, made by the services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from zhengtong.capabilities.bundles.demo.answers import LARGE, SMALL, answer_all, draw_paper
from zhengtong.capabilities.bundles.public import (
    complete,
    list_parts,
    outline,
    precheck_part,
    start_next_part,
    submit_application,
)
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import Case, ItemOffice, TaskNode, get_definition
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import (
    Account,
    Appointment,
    Citizen,
    get_account_actor,
    get_citizen_actor,
)
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.demo import DemoContext, as_of, held_jobs
from zhengtong.kernel.policy import SYSTEM, Actor

title = "一件事"
BUNDLE, COUNTY = "open-restaurant", "990102"
BUSINESS, FOOD, FIRE, SIGN = "business-licence", "food-business-licence", "public-gathering-fire-check", "shop-sign"
# Who reviews, who comes along to a site, who decides.
_PEOPLE = {
    BUSINESS: ("reviewer", "inspector1", "approver"),
    FOOD: ("inspector1", "inspector2", "approver"),
    FIRE: ("fire1", "fire2", "fire_approver"),
    SIGN: ("urban1", "urban2", "urban_approver"),
}

# On which working day after the submission, at which hour, what is done to which item.
Step = tuple[int, int, str, str]
_ACCEPTED: tuple[Step, ...] = ((1, 9, "accept", BUSINESS), (1, 9, "accept", FIRE), (1, 10, "accept", SIGN))
_LICENSED: tuple[Step, ...] = (
    *_ACCEPTED,
    (1, 10, "precheck", FOOD),
    (2, 9, "review", BUSINESS),
    (2, 15, "grant", BUSINESS),
    (2, 16, "deliver", BUSINESS),
)


@dataclass(frozen=True)
class Plan:
    """One restaurant: who opens it, how long ago in working days, and what has been done since."""

    username: str
    shop: str
    address: str
    ago: int
    steps: tuple[Step, ...] = ()
    situation: dict[str, str] | None = None


_PLANS = (
    Plan(
        "applicant",
        "听潮小馆",
        "澄波区望江街道文澜路22号",
        24,
        (
            (1, 9, "accept", BUSINESS),
            (1, 9, "accept", SIGN),
            (1, 10, "precheck", FOOD),
            (2, 10, "review", BUSINESS),
            (2, 15, "grant", BUSINESS),
            (2, 16, "deliver", BUSINESS),
            (3, 9, "review", SIGN),
            (3, 14, "review", FOOD),
            (4, 10, "grant", SIGN),
            (4, 11, "deliver", SIGN),
            (5, 10, "grant", FOOD),
            (5, 11, "deliver", FOOD),
        ),
        SMALL,
    ),
    Plan(
        "applicant",
        "望江渔家饭店",
        "澄波区望江街道滨江路108号",
        5,
        (*_LICENSED, (3, 9, "review", SIGN), (3, 15, "grant", SIGN), (3, 16, "deliver", SIGN), (4, 9, "visit", FIRE)),
    ),
    Plan("citizen030", "云水谣餐厅", "澄波区长桥街道书院街33号", 1),
    Plan(
        "citizen031",
        "花巷火锅城",
        "澄波区长桥街道花巷路9号",
        11,
        (*_LICENSED, (4, 9, "review", SIGN), (5, 9, "grant", SIGN), (5, 10, "refuse", FIRE), (5, 15, "deliver", FIRE)),
    ),
    Plan(
        "citizen032", "桂花园面馆", "澄波区长桥街道桂花园路5号", 3, ((1, 9, "correct", SIGN), (1, 10, "accept", FIRE))
    ),
    Plan("citizen033", "东篱人家", "澄波区东篱街道采菊路17号", 16, (*_ACCEPTED, (2, 9, "claim", FIRE))),
)


def load(context: DemoContext) -> None:
    """Play the plans, each in the order of its own time, until the evening before the demo's day."""
    office = ItemOffice.objects.select_related("item", "region").filter(item__code=BUNDLE, region__code=COUNTY).first()
    if office is None:
        return  # a platform without the sectors that bring it
    with held_jobs(), context.progress(len(_PLANS), title) as advance:
        for plan in _PLANS:
            _Opening(plan, office, context.today).play()
            advance(1)
    with as_of(datetime.combine(context.today, time(0, 1), get_calendar().zone)):
        while cases.fire_due():
            continue
    record(SYSTEM, "demo.load", ("bundles", context.seed), after={"bundles": len(_PLANS)})


class _Opening:
    """One application on its way."""

    def __init__(self, plan: Plan, office: ItemOffice, today: date) -> None:
        self.plan, self.office = plan, office
        self.calendar = get_calendar()
        self.day = self.calendar.subtract_working_days(today, plan.ago)
        self.last = today

    def play(self) -> None:
        with as_of(self.moment(0, 10)):
            parent = self.submit()
        for days, hour, act, code in self.plan.steps:
            moment = self.moment(days, hour)
            if moment.date() >= self.last:
                break
            with as_of(moment):
                self.do(act, code, parent)
            with as_of(moment):
                complete(parent_id=parent.pk)  # does nothing as long as something runs

    def moment(self, days: int, hour: int) -> datetime:
        day = self.calendar.add_working_days(self.day, days) if days else self.day
        return datetime.combine(day, time(hour, 7 + len(self.plan.shop) * 5 % 50), self.calendar.zone)

    def submit(self) -> Case:
        account = Account.objects.get(username=self.plan.username)
        citizen, actor = Citizen.objects.get(account=account), get_citizen_actor(account)
        case = cases.start_draft(actor=actor, office=self.office, form={})
        definition, situation = get_definition(case.item_version_id), self.plan.situation or LARGE
        form = answer_all(definition, situation, citizen, shop=self.plan.shop, address=self.plan.address)
        cases.save_draft(actor=actor, case_id=case.pk, answers=form)
        for spec in outline(definition, form).materials:
            paper = draw_paper(spec.name, self.plan.shop)
            cases.attach_file(actor=actor, case_id=case.pk, key=spec.key, upload=paper)
        parent = submit_application(actor=actor, case_id=case.pk)
        self.start(parent)
        return parent

    def start(self, parent: Case) -> None:
        while start_next_part(parent_id=parent.pk):
            continue

    def do(self, act: str, code: str, parent: Case) -> None:
        part = next(part for part in list_parts(parent.pk) if part.item.code == code)
        if act == "precheck":
            precheck_part(actor=_actor("counter"), part_id=part.pk)
            return
        assert part.case is not None  # a plan does nothing to what hasn't begun
        getattr(self, act)(part.case.pk, code)
        if act == "grant":
            self.start(parent)

    # What is done

    def accept(self, case_id: int, _code: str) -> None:
        cases.accept_case(actor=_actor("counter"), case_id=case_id, opinion="材料齐全")

    def correct(self, case_id: int, _code: str) -> None:
        definition = get_definition(Case.objects.get(pk=case_id).item_version_id)
        material = next(spec for spec in definition.materials if spec.is_required)
        mark = (f"material:{material.key}", "照片不清楚，请重新拍照上传")
        cases.request_corrections(actor=_actor("counter"), case_id=case_id, marks=[mark])

    def claim(self, case_id: int, code: str) -> None:
        task = cases.get_open_task(Case.objects.get(pk=case_id), TaskNode.REVIEW)
        assert task is not None
        cases.claim_task(actor=_actor(_PEOPLE[code][0]), task_id=task.pk)

    def review(self, case_id: int, code: str) -> None:
        self._recommend(case_id, code, "grant", "材料齐全，符合规定条件，拟准予。")

    def _recommend(self, case_id: int, code: str, outcome: str, opinion: str) -> None:
        self.claim(case_id, code)
        cases.recommend(actor=_actor(_PEOPLE[code][0]), case_id=case_id, outcome=outcome, opinion=opinion)

    def grant(self, case_id: int, code: str) -> None:
        cases.grant_case(actor=_actor(_PEOPLE[code][2]), case_id=case_id, reasons="符合法定条件、标准，准予许可。")

    def refuse(self, case_id: int, code: str) -> None:
        self._recommend(case_id, code, "refuse", "疏散通道宽度不足，安全出口被占用。")
        cases.refuse_case(
            actor=_actor(_PEOPLE[code][2]),
            case_id=case_id,
            reasons="就餐区疏散通道净宽度不足，一处安全出口被货架占用，不符合消防安全要求。",
            legal_basis="《中华人民共和国消防法》第十五条",
        )

    def deliver(self, case_id: int, _code: str) -> None:
        cases.deliver_case(actor=SYSTEM, case_id=case_id)

    def visit(self, case_id: int, code: str) -> None:
        now = self.moment(0, 9)
        reviewer = _actor(_PEOPLE[code][0])
        self.claim(case_id, code)
        planned = self.calendar.add_working_days(self.last, 1)
        days = self.calendar.working_days_between(self.day, planned) + 2
        cases.arrange_site_visit(
            actor=reviewer,
            case_id=case_id,
            officers=_officers(_PEOPLE[code][:2]),
            planned_at=datetime.combine(planned, time(14, 30), now.tzinfo),
            place=self.plan.address,
            allowed_days=days,
        )


def _actor(username: str) -> Actor:
    return get_account_actor(Account.objects.get(username=username))


def _officers(usernames: Sequence[str]) -> list[Appointment]:
    found = [_actor(username).held_appointment for username in usernames]
    return list(Appointment.objects.filter(pk__in=found).select_related("staff"))
