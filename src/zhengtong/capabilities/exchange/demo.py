"""Data that really flows in the demo city: what the civil affairs' service answers from, asked for as a table too and
granted, its first exchange waiting for the worker. Without departments' databases there are only the people."""

from datetime import timedelta

from zhengtong.capabilities.catalogue.public import Resource
from zhengtong.capabilities.contracts.public import (
    Contract,
    Frequency,
    Mode,
    Terms,
    Timing,
    approve_request,
    list_askable,
    pass_compliance,
    save_columns,
    save_delivery,
    save_purpose,
    start_request,
    submit_request,
)
from zhengtong.capabilities.exchange.services.running import start_run
from zhengtong.capabilities.sources.public import Source
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import (
    Account,
    Organisation,
    Reach,
    appoint,
    create_staff_account,
    get_account_actor,
    grant_role,
    open_post,
)
from zhengtong.kernel.demo import DemoAccount, DemoContext, held_jobs
from zhengtong.kernel.policy import SYSTEM, Actor

title = "数据交换"
PASSWORD = "anlan-demo-2026"
BUREAU = "安澜市政务服务数据管理局"
# User name, name, post, roles. Those who have an account from the parts before get these roles as well.
_PEOPLE = (
    ("data_operator", "向北川", "数据平台运维", ("exchange_operator", "source_manager", "data_answerer")),
    ("data_coordinator", "纪云舟", "数据统筹员", ("data_coordinator",)),
)
# Who has something to say at the two ends of the way; the people are there from the parts before.
_ENDS = (("share_provider", "exchange_corrector"), ("share_applicant", "exchange_viewer"))
ACCOUNTS = (DemoAccount("data_coordinator", PASSWORD, "纪云舟", "数据统筹员", BUREAU),)
NAME, PLACE = "最低生活保障家庭（业务库）", "low_income_household"


def load(context: DemoContext) -> None:
    """Appoint who runs the exchange; publish, grant and start what the departments' database allows."""
    office = Organisation.objects.get(name=BUREAU)
    for person in _PEOPLE:
        _appoint(context, office, *person)
    for user, role in _ENDS:
        post = Account.objects.get(username=user).staff.appointments.select_related("post").order_by("pk")[0].post
        grant_role(actor=SYSTEM, post=post, role=role, reach=Reach.OWN)
    source = Source.objects.filter(code="civil-affairs").first()
    target = Source.objects.filter(code="housing-in").first()
    if source is not None and target is not None:
        with held_jobs():
            resource = Resource.objects.select_related("current", "provider").get(name=NAME)
            contract = _grant(context, resource, target)
        start_run(actor=SYSTEM, contract=contract, trigger="schedule")
    record(SYSTEM, "demo.load", ("exchange", context.seed), after={"contracts": Contract.objects.count()})


def _appoint(
    context: DemoContext, office: Organisation, user: str, name: str, title: str, roles: tuple[str, ...]
) -> None:
    held = Account.objects.filter(username=user).first()
    if held is not None:
        post = held.staff.appointments.select_related("post").get(post__title=title).post
    else:
        post = open_post(actor=SYSTEM, organisation=office, title=title)
    for role in roles:
        grant_role(actor=SYSTEM, post=post, role=role, reach=Reach.REGION)
    if held is None:
        staff = create_staff_account(actor=SYSTEM, username=user, password=PASSWORD, name=name)
        appoint(actor=SYSTEM, staff=staff, post=post, start_date=context.today - timedelta(days=400))


def _actor(username: str) -> Actor:
    return get_account_actor(Account.objects.get(username=username))


def _grant(context: DemoContext, resource: Resource, target: Source) -> Contract:
    applicant = _actor("share_applicant")
    assert resource.current is not None
    columns = [each for each in list_askable(resource.current) if not each.why_not]
    terms = Terms(
        columns=tuple(each.field.code for each in columns),
        reasons={each.field.code: "审核公租房申请家庭资格必须核对" for each in columns if each.needs_reason},
        timing=Timing(Frequency.DAILY, at="03:20", working_days_only=False),
    )
    request = start_request(actor=applicant, resource=resource)
    save_columns(actor=applicant, request=request, terms=terms)
    save_purpose(
        actor=applicant,
        request=request,
        purpose="审核公共租赁住房申请家庭的收入资格，由住房保障科使用。",
        matter="公共租赁住房资格确认",
        legal_basis="公共租赁住房管理办法",
    )
    request = save_delivery(
        actor=applicant,
        request=request,
        mode=Mode.SNAPSHOT,
        terms=terms,
        target=target,
        target_table=PLACE,
        valid_until=context.today + timedelta(days=300),
    )
    request = submit_request(actor=applicant, request=request)
    request = pass_compliance(actor=_actor("share_authority"), request=request, opinion="属于履行职责所需，依据明确")
    approve_request(actor=_actor("share_provider"), request=request, opinion="同意共享")
    return Contract.objects.get(request=request)
