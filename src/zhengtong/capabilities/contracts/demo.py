"""The housing office of the demo city asks others for data: requests at every stage, contracts; all by the services."""

import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from zhengtong.capabilities.catalogue.public import MountKind, Resource, mount_resource
from zhengtong.capabilities.contracts import starting_rows
from zhengtong.capabilities.contracts.models import Contract, DataRequest, Mode, RequestState
from zhengtong.capabilities.contracts.selectors import list_askable
from zhengtong.capabilities.contracts.services import coordinating, drafting, living, reviewing
from zhengtong.capabilities.contracts.terms import Frequency, Terms, Timing
from zhengtong.capabilities.sources.public import Source, SourceKind
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import (
    Account,
    Appointment,
    Organisation,
    Reach,
    appoint,
    create_staff_account,
    get_account_actor,
    grant_role,
    open_post,
)
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.demo import DemoAccount, DemoContext, as_of, held_jobs
from zhengtong.kernel.policy import SYSTEM, Actor

title = "共享申请和合约"
PASSWORD = "anlan-demo-2026"
CITY, BUREAU, APPLICANT = "990100", "政务服务数据管理局", "住房和城乡建设局"
PROVIDERS = {"民政局": "share_provider", "公安局": "share_provider2", "市场监督管理局": "share_provider3"}
# User name, name, post, roles, organ.
_PEOPLE = (
    ("share_applicant", "姜晓雯", "数据申请员", ("data_applicant", "data_demander"), APPLICANT),
    ("share_provider", "陆建平", "数据提供审批员", ("data_provider", "data_finder"), "民政局"),
    ("share_provider2", "马啸川", "数据提供审批员", ("data_provider", "data_finder"), "公安局"),
    ("share_provider3", "林晚晴", "数据提供审批员", ("data_provider", "data_finder"), "市场监督管理局"),
    ("share_authority", "薛怀远", "共享主管（合规审查）", ("data_authority", "data_finder"), BUREAU),
    ("share_coordinator", "戴书宁", "共享主管（争议协调）", ("data_authority", "data_finder"), BUREAU),
)
ACCOUNTS = tuple(DemoAccount(user, PASSWORD, name, post, f"安澜市{organ}") for user, name, post, _r, organ in _PEOPLE)
MOST_COLUMNS = 5
_GROUNDS = "资格审核法定要核对这些信息，目前由群众自行开具证明"


def load(context: DemoContext) -> None:
    """Appoint the people, say where the data is, and bring each request to its stage."""
    starting_rows.load(actor=SYSTEM)
    for user, name, post, roles, organ in _PEOPLE:
        _appoint(context, user, name, post, roles, _organisation(organ))
    given = tomllib.loads((Path(__file__).with_name("seed") / "demo.toml").read_text(encoding="utf-8"))["requests"]
    target = _source(_organisation(APPLICANT), "housing-landing", "住房保障业务库（接收目录）", writable=True)
    for each in given:
        _mount(each["resource"])
    with held_jobs():
        for number, each in enumerate(sorted(given, key=lambda row: -row["ago"])):
            _bring(context, each, target, number)
    record(SYSTEM, "demo.load", ("contracts", context.seed), after={"requests": DataRequest.objects.count()})


def _organisation(organ: str) -> Organisation:
    return Organisation.objects.select_related("region").get(region__code=CITY, name=f"安澜市{organ}")


def _actor(username: str) -> Actor:
    return get_account_actor(Account.objects.get(username=username))


def _appoint(
    context: DemoContext, user: str, name: str, post: str, roles: tuple[str, ...], organisation: Organisation
) -> None:
    made = open_post(actor=SYSTEM, organisation=organisation, title=post)
    reach = Reach.REGION if "data_authority" in roles else Reach.OWN
    for role in roles:
        grant_role(actor=SYSTEM, post=made, role=role, reach=reach)
    staff = create_staff_account(actor=SYSTEM, username=user, password=PASSWORD, name=name)
    appoint(actor=SYSTEM, staff=staff, post=made, start_date=context.today - timedelta(days=400))


def _source(organisation: Organisation, code: str, name: str, *, writable: bool = False) -> Source:
    """Return a folder of the office that files are read from or land in."""
    found, _made = Source.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "organisation": organisation,
            "kind": SourceKind.FOLDER,
            "settings": {"folder": code},
            "is_writable": writable,
        },
    )
    return found


def _mount(name: str) -> None:
    """Say where a resource's data is, if nobody has yet."""
    resource = Resource.objects.select_related("provider").get(name=name)
    if resource.mounts.exists():
        return
    source = _source(resource.provider, f"folder-{resource.provider_id}", f"{resource.provider.short_name}数据目录")
    compiler = Account.objects.get(
        staff__appointments__post__organisation=resource.provider,
        staff__appointments__post__roles__role="catalogue_compiler",
    )
    mount_resource(
        actor=get_account_actor(compiler),
        resource=resource,
        source=source,
        kind=MountKind.FILE,
        place=f"{resource.name}.csv",
        watermark="",
    )


def _moment(context: DemoContext, days_ago: int, hour: int) -> datetime:
    calendar = get_calendar()
    day = calendar.subtract_working_days(context.today, days_ago) if days_ago > 0 else context.today
    return datetime.combine(day, time(hour, 10), calendar.zone)


def _terms(resource: Resource, frequency: str) -> Terms:
    assert resource.current is not None  # only published ones are asked for
    askable = [each for each in list_askable(resource.current) if not each.why_not]
    keys = [each for each in askable if each.field.is_key]
    chosen = [*keys, *(each for each in askable if not each.field.is_key)][:MOST_COLUMNS]
    return Terms(
        columns=tuple(each.field.code for each in chosen),
        reasons={each.field.code: "审核申请家庭资格必须核对本人信息" for each in chosen if each.needs_reason},
        timing=Timing(Frequency(frequency), at="03:20", working_days_only=True),
    )


def _bring(context: DemoContext, given: dict[str, Any], target: Source, number: int) -> None:
    applicant, authority = _actor("share_applicant"), _actor("share_authority")
    resource = Resource.objects.select_related("current", "provider").get(name=given["resource"])
    provider = _actor(PROVIDERS[resource.provider.name.removeprefix("安澜市")])
    ago, stage = int(given["ago"]), given["stage"]
    with as_of(_moment(context, ago, 9)):
        request = drafting.start_request(actor=applicant, resource=resource)
        drafting.save_columns(actor=applicant, request=request, terms=_terms(resource, given["frequency"]))
        drafting.save_purpose(
            actor=applicant,
            request=request,
            purpose=given["purpose"],
            matter=given["matter"],
            legal_basis=given["basis"],
        )
        request = drafting.save_delivery(
            actor=applicant,
            request=request,
            mode=Mode.SNAPSHOT,
            terms=_terms(resource, given["frequency"]),
            target=target,
            target_table=f"{resource.name}{number + 1}.csv",
            valid_until=context.today + timedelta(days=20 if number == 0 else 300),
        )
        if stage == "draft":
            return
        request = drafting.submit_request(actor=applicant, request=request)
    if stage == "compliance":
        return
    with as_of(_moment(context, ago - 1, 10)):
        request = reviewing.pass_compliance(actor=authority, request=request, opinion="属于履行职责所需，依据明确")
    if request.state == RequestState.PROVIDER and stage != "provider":
        with as_of(_moment(context, ago - 3, 15)):
            _decide(request, provider, stage)
    if stage == "dispute":
        _dispute(context, request, ago - 4)
    if stage in ("suspended", "revoked"):
        contract = Contract.objects.get(request=request)
        act = living.suspend_contract if stage == "suspended" else living.revoke_contract
        with as_of(_moment(context, ago - 12, 16)):
            act(
                actor=provider,
                contract=contract,
                reason="抽查发现查询次数与申请的用途不符，待说明",
                basis="政务数据共享条例",
            )


def _decide(request: DataRequest, provider: Actor, stage: str) -> None:
    if stage == "correction":
        reviewing.return_request(
            actor=provider, request=request, opinion="请补充说明每月大约使用多少次、由哪个岗位使用"
        )
    elif stage in ("refused", "dispute"):
        reviewing.refuse_request(
            actor=provider, request=request, refusal="beyond-need", opinion="现有材料看不出需要全量提供"
        )
    else:
        reviewing.approve_request(actor=provider, request=request, opinion="同意共享")


def _dispute(context: DemoContext, request: DataRequest, ago: int) -> None:
    applicant, authority = _actor("share_applicant"), _actor("share_authority")
    coordinator = Appointment.objects.select_related("staff", "post").get(
        pk=_actor("share_coordinator").held_appointment
    )
    with as_of(_moment(context, ago, 9)):
        coordinating.open_dispute(actor=applicant, request=request, grounds=_GROUNDS)
    with as_of(_moment(context, ago - 1, 11)):
        coordinating.assign_coordinator(actor=authority, request=request, coordinator=coordinator)
    with as_of(_moment(context, ago - 2, 14)):
        coordinating.state_position(actor=applicant, request=request, opinion=_GROUNDS)
