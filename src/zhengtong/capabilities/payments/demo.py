"""Fees in the demo city: houses that change hands, the registration fee due, paid, given back; two days compared."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import Case, ItemOffice, TaskNode, get_definition
from zhengtong.capabilities.payments.models import PaymentOrder, Refund, TrialTrade
from zhengtong.capabilities.payments.services.orders import start_payment
from zhengtong.capabilities.payments.services.receiving import collect_fee, receive_notice
from zhengtong.capabilities.payments.services.reconciling import reconcile_day
from zhengtong.capabilities.payments.services.refunding import approve_refund, ask_refund, carry_out
from zhengtong.capabilities.payments.trial import make_notice, pay_trade
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import (
    Account,
    Citizen,
    Organisation,
    Reach,
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

title = "收费"
PASSWORD = "anlan-demo-2026"
COUNTY, ITEM, CENTRE = "990102", "real-estate-transfer", "澄波区政务服务中心"
# User name, name, post, role.
_PEOPLE = (
    ("cashier", "沙丽萍", "收费出纳", "cashier"),
    ("accountant", "毛建平", "财务审核", "refund_approver"),
)
ACCOUNTS = tuple(DemoAccount(user, PASSWORD, name, post, CENTRE) for user, name, post, _role in _PEOPLE)


@dataclass(frozen=True)
class Plan:
    """One house: whose it becomes, how many working days ago that was applied for, what was done about the fee."""

    username: str
    ago: int
    address: str
    steps: tuple[str, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)


_PLANS = (
    Plan("applicant", 14, "澄波区望江街道听潮社区文澜路18号3幢2单元501室", ("online", "deliver")),
    Plan("citizen030", 9, "澄波区长桥街道书院街33号商铺", ("online", "deliver"), {"property_use": "商业"}),
    Plan(
        "citizen031",
        8,
        "澄波区长桥街道花巷路9号2单元302室",
        ("cash", "deliver"),
        {"reason": "夫妻之间变更", "ownership": "共同共有", "certificates": "2"},
    ),
    Plan("citizen032", 6, "澄波区东篱街道采菊路17号1幢101室", ("online", "deliver", "ask"), {"certificates": "3"}),
    Plan("citizen033", 5, "澄波区东篱街道采菊路19号车位B112", ("online", "ask", "give_back"), {"property_use": "车位"}),
    Plan("applicant", 4, "澄波区望江街道滨江路66号5幢1单元1203室", (), {"reason": "继承、受遗赠"}),
)


def load(context: DemoContext) -> None:
    """Appoint the two who keep the money, play the plans, compare two days of which one doesn't tally."""
    related = ("item", "region", "organisation", "window")
    office = ItemOffice.objects.select_related(*related).filter(item__code=ITEM, region__code=COUNTY).first()
    if office is None:
        return  # a platform without the sector that brings it
    centre = Organisation.objects.get(name=CENTRE)
    start = context.today - timedelta(days=400)
    for username, name, post_title, role in _PEOPLE:
        post = open_post(actor=SYSTEM, organisation=centre, title=post_title)
        grant_role(actor=SYSTEM, post=post, role=role, reach=Reach.REGION)
        staff = create_staff_account(actor=SYSTEM, username=username, password=PASSWORD, name=name)
        appoint(actor=SYSTEM, staff=staff, post=post, start_date=start)
    with held_jobs():
        for plan in _PLANS:
            _Transfer(context, plan, office).play()
        _compare(context)
    record(SYSTEM, "demo.load", ("payments", context.seed), after={"orders": PaymentOrder.objects.count()})


def _actor(username: str) -> Actor:
    return get_account_actor(Account.objects.get(username=username))


def _photo(name: str) -> SimpleUploadedFile:
    content = BytesIO()
    Image.new("RGB", (640, 480), "#f4f2ea").save(content, "JPEG", quality=60)
    return SimpleUploadedFile(f"{name}.jpg", content.getvalue(), "image/jpeg")


class _Transfer:
    """One house on its way from one owner to the next."""

    def __init__(self, context: DemoContext, plan: Plan, office: ItemOffice) -> None:
        self.plan, self.office, self.calendar = plan, office, get_calendar(COUNTY)
        self.day = self.calendar.subtract_working_days(context.today, plan.ago)
        account = Account.objects.get(username=plan.username)
        self.citizen, self.owner = Citizen.objects.get(account=account), get_citizen_actor(account)

    def moment(self, days: int, hour: int) -> datetime:
        day = self.calendar.add_working_days(self.day, days) if days else self.day
        return datetime.combine(day, time(hour, 12 + self.plan.ago), self.calendar.zone)

    def play(self) -> None:
        with as_of(self.moment(0, 10)):
            case = self.submit()
        with as_of(self.moment(1, 9)):
            cases.accept_case(actor=_actor("counter"), case_id=case.pk, opinion="材料齐全")
        with as_of(self.moment(1, 14)):
            reviewer = _actor("plan_reviewer")
            task = cases.get_open_task(case, TaskNode.REVIEW)
            assert task is not None  # the item has no process of its own
            cases.claim_task(actor=reviewer, task_id=task.pk)
            cases.recommend(actor=reviewer, case_id=case.pk, outcome="grant", opinion="权属清楚，没有查封。")
        with as_of(self.moment(2, 9)):
            cases.grant_case(actor=_actor("plan_approver"), case_id=case.pk, reasons="符合登记条件，准予登记。")
        for hour, step in zip(range(10, 18), self.plan.steps, strict=False):
            acts: dict[str, Callable[[Case], object]] = {
                "online": self.online,
                "cash": self.cash,
                "deliver": self.deliver,
                "ask": self.ask,
                "give_back": self.give_back,
            }
            with as_of(self.moment(2, hour)):
                acts[step](case)

    def submit(self) -> Case:
        case = cases.start_draft(actor=self.owner, office=self.office, form={})
        definition = get_definition(case.item_version_id)
        form = self.answers(definition)
        cases.save_draft(actor=self.owner, case_id=case.pk, answers=form)
        for spec in definition.materials:
            if spec.is_required and spec.is_asked(form):
                cases.attach_file(actor=self.owner, case_id=case.pk, key=spec.key, upload=_photo(spec.name))
        return cases.submit_case(actor=self.owner, case_id=case.pk)

    def answers(self, definition: cases.ItemDefinition) -> dict[str, Any]:
        known = {
            "applicant.name": self.citizen.name,
            "applicant.id_number": self.citizen.id_number,
            "applicant.phone": self.citizen.phone,
            "applicant.address": self.plan.address,
        }
        form: dict[str, Any] = {
            "property_number": "990102（2019）不动产权第0012345号",
            "property_address": self.plan.address,
            "property_use": "住宅",
            "floor_area": "96",
            "reason": "买卖",
            "price": "88",
            "seller_name": "陈志强",
            "seller_id": self.citizen.id_number,
            "ownership": "单独所有",
            "certificates": "1",
            "mortgage": "没有",
            **self.plan.answers,
        }
        while asked := [s for part in definition.list_asked(form) for s in part.fields if s.key not in form]:
            for spec in asked:
                by_type = {"boolean": "on", "choice": spec.options[:1], "multichoice": list(spec.options[:1])}
                said = known.get(spec.prefill) or by_type.get(spec.type, "无")
                form[spec.key] = said[0] if spec.type == "choice" else said
        return form

    def order(self, case: Case) -> PaymentOrder:
        return PaymentOrder.objects.get(case=case)

    def online(self, case: Case) -> None:
        order = self.order(case)
        start_payment(actor=self.owner, order_id=order.pk, return_url=f"/hall/payments/{order.public_id}/return/")
        paid = pay_trade(order.number)
        assert paid is not None
        body, signature = make_notice(paid)
        receive_notice(body=body, signature=signature)

    def cash(self, case: Case) -> None:
        collect_fee(actor=_actor("counter"), order_id=self.order(case).pk, way="cash", receipt_number="0042317")

    def deliver(self, case: Case) -> None:
        cases.deliver_case(actor=SYSTEM, case_id=case.pk)

    def ask(self, case: Case) -> None:
        reason = "多申领了两本证书，只要一本。" if "certificates" in self.plan.answers else "车位买卖取消，没有领证。"
        amount = Decimal(20) if "certificates" in self.plan.answers else Decimal(80)
        ask_refund(actor=self.owner, order_id=self.order(case).pk, amount=amount, reason=reason)

    def give_back(self, case: Case) -> None:
        refund = Refund.objects.get(order__case=case)
        approve_refund(actor=_actor("accountant"), refund=refund, opinion="情况属实，同意退费。")
        carry_out(refund_id=refund.pk)


def _compare(context: DemoContext) -> None:
    """Compare the day of a payment, which tallies, and yesterday, when somebody paid what we don't know."""
    yesterday = context.today - timedelta(days=1)
    at = timezone.make_aware(datetime.combine(yesterday, time(16, 8)))
    TrialTrade.objects.create(
        trade="JK20250101009999",
        subject="不动产登记费",
        amount=8000,
        return_url="/",
        state="paid",
        reference="T20261120000000000001",
        created_at=at,
        paid_at=at,
    )
    paid = PaymentOrder.objects.filter(way="online").order_by("paid_at").first()
    days = [timezone.localdate(paid.paid_at)] if paid is not None else []
    cashier = _actor("cashier")
    for day in [*days, yesterday]:
        with as_of(timezone.make_aware(datetime.combine(context.today, time(0, 40)))):
            reconcile_day(actor=cashier, day=day)
