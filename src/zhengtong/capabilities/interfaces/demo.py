"""A published service of the demo city that is really called: resource, service, contract, systems, log and changes.

Everything goes through the product's own services and through the gateway itself: what the log shows was asked of the
civil affairs' own database and answered from it when the demo was loaded. Without that database there are only roles.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from zhengtong.capabilities.catalogue.public import (
    Resource,
    ResourceVersion,
    amend_version,
    confirm_proposals,
    pass_version,
    publish_version,
    read_place,
    read_text,
    start_change,
    start_from_place,
    submit_version,
)
from zhengtong.capabilities.contracts.public import (
    Contract,
    Mode,
    Terms,
    approve_request,
    list_askable,
    pass_compliance,
    save_columns,
    save_delivery,
    save_purpose,
    start_request,
    submit_request,
)
from zhengtong.capabilities.interfaces import starting_rows
from zhengtong.capabilities.interfaces.gateway.answering import answer_keys
from zhengtong.capabilities.interfaces.gateway.rules import get_rule
from zhengtong.capabilities.interfaces.gateway.views import call_service, fetch_changes
from zhengtong.capabilities.interfaces.models import Call, Change, ChangeState, Member, RuleKey, Service, Way
from zhengtong.capabilities.interfaces.sealing import seal_calls
from zhengtong.capabilities.interfaces.services.alerting import watch_interfaces
from zhengtong.capabilities.interfaces.services.delivery import deliver_changes
from zhengtong.capabilities.interfaces.services.members import register_member
from zhengtong.capabilities.interfaces.services.publishing import publish_service
from zhengtong.capabilities.interfaces.services.subscriptions import subscribe
from zhengtong.capabilities.sources.public import Source
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Account, Organisation, Reach, get_account_actor, grant_role
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.demo import DemoContext, as_of, held_jobs
from zhengtong.kernel.policy import SYSTEM, Actor
from zhengtong_client import envelope as envelopes
from zhengtong_client.keys import PrivateKey

title = "接口服务"
# Who gets which role with which reach; the people are there from the parts before.
_ROLES = (
    ("data_operator", "interface_manager", Reach.REGION),
    ("node_approver", "interface_auditor", Reach.REGION),
    ("share_applicant", "interface_user", Reach.OWN),
)
NAME, PLACE, CODE = "最低生活保障家庭（业务库）", "low_income_household", "low-income-household"
MEMBER, LEDGER = "housing-approval", "housing-ledger"
PURPOSE = "核对公共租赁住房申请家庭的低保资格"
LOOK_UPS: Final = 24
# The port of RFC 863, closed on any machine of today: an address at which nobody takes anything.
DEAF: Final = "http://127.0.0.1:9/changes"


@dataclass(frozen=True, slots=True)
class _System:
    """A system of the housing office with its private key, as that office would hold it."""

    member: Member
    key: PrivateKey


def load(context: DemoContext) -> None:
    """Give the roles; publish, grant, call and subscribe what the departments' database allows."""
    starting_rows.load(actor=SYSTEM)
    for username, role, reach in _ROLES:
        post = _account(username).staff.appointments.select_related("post").order_by("pk")[0].post
        grant_role(actor=SYSTEM, post=post, role=role, reach=reach)
    source = Source.objects.filter(code="civil-affairs").first()
    if source is not None:
        with held_jobs():
            _bring(context, source)
    record(SYSTEM, "demo.load", ("interfaces", context.seed), after={"calls": Call.objects.count()})


def _bring(context: DemoContext, source: Source) -> None:
    operator = _actor("data_operator")
    with as_of(_moment(context, 20)):
        resource = Resource.objects.filter(name=NAME).first() or _publish(source)
    with as_of(_moment(context, 15)):
        contract = _grant(context, resource)
        service = publish_service(
            actor=operator,
            code=CODE,
            name="最低生活保障家庭查询",
            resource=resource,
            kind="table",
            source=source,
            place=PLACE,
            calls_a_minute=600,
            note="按低保证号或者完整的身份证号查询一户家庭的保障状态，姓名、号码、住址按合约遮盖。",
        )
    with as_of(_moment(context, 12)):
        approval = _register(contract.consumer, MEMBER, "公共租赁住房审批系统")
        ledger = _register(contract.consumer, LEDGER, "住房保障台账系统")
    _call_often(service, contract, approval)
    _hear_of_a_change(context, resource, approval, ledger)
    seal_calls()
    watch_interfaces(actor=SYSTEM)
    # The key belongs to a load that may be taken back yet: whoever answers next makes his own.
    answer_keys.forget()


def _account(username: str) -> Account:
    return Account.objects.get(username=username)


def _actor(username: str) -> Actor:
    return get_account_actor(_account(username))


def _moment(context: DemoContext, days_ago: int, hour: int = 9) -> datetime:
    """Return a moment of an earlier working day; never later than now, whatever day the demo is made for."""
    calendar = get_calendar()
    day = calendar.subtract_working_days(min(context.today, timezone.localdate()), days_ago)
    return datetime.combine(day, time(hour, 10), calendar.zone)


# The resource, the contract, the systems ----------------------------------------------------------------


def _publish(source: Source) -> Resource:
    version = start_from_place(
        actor=_actor("data_civil1"),
        source=source,
        table=read_place(source, PLACE),
        classification="101002",
        name=NAME,
    )
    text = replace(
        read_text(version),
        abstract="全市享受最低生活保障的家庭、保障人数和金额，由民政业务系统每日更新。",
        share_type="conditional",
        share_condition="用于住房保障、教育资助、医疗救助等社会救助事项的资格审核。",
        share_way="库表交换、接口",
        open_type="closed",
        update_cycle="daily",
        fields=tuple(
            replace(each, rule={"check": "GB11643"}) if each.column == "head_id_number" else each
            for each in read_text(version).fields
        ),
    )
    version = amend_version(actor=_actor("data_civil1"), version=version, text=text, revision=version.revision)
    version = confirm_proposals(actor=_actor("data_civil1"), version=version)
    return _settle(version, "与业务库一致。")


def _settle(version: ResourceVersion, opinion: str) -> Resource:
    """Send a version through its two reviews."""
    reviewer, authority = _actor("data_civil2"), _actor("data_authority")
    version = submit_version(actor=_actor("data_civil1"), version=version)
    version = pass_version(actor=reviewer, version=version, revision=version.revision, opinion=opinion)
    version = publish_version(actor=authority, version=version, revision=version.revision, opinion="符合编制要求。")
    return Resource.objects.select_related("current", "provider").get(pk=version.resource_id)


def _grant(context: DemoContext, resource: Resource) -> Contract:
    applicant = _actor("share_applicant")
    assert resource.current is not None
    columns = [each for each in list_askable(resource.current) if not each.why_not]
    terms = Terms(
        columns=tuple(each.field.code for each in columns),
        reasons={each.field.code: "审核公租房申请家庭资格必须核对" for each in columns if each.needs_reason},
        calls_a_day=2000,
        rows_a_call=50,
    )
    request = start_request(actor=applicant, resource=resource)
    save_columns(actor=applicant, request=request, terms=terms)
    save_purpose(
        actor=applicant,
        request=request,
        purpose="公共租赁住房申请受理时，逐户核对低保资格，由住房保障科使用。",
        matter="公共租赁住房资格确认",
        legal_basis="公共租赁住房管理办法",
    )
    request = save_delivery(
        actor=applicant,
        request=request,
        mode=Mode.INTERFACE,
        terms=terms,
        target=None,
        target_table="",
        valid_until=max(context.today, timezone.localdate()) + timedelta(days=300),
    )
    request = submit_request(actor=applicant, request=request)
    request = pass_compliance(actor=_actor("share_authority"), request=request, opinion="属于履行职责所需，依据明确")
    approve_request(actor=_actor("share_provider"), request=request, opinion="同意以接口方式共享")
    return Contract.objects.select_related("consumer").get(request=request)


def _register(office: Organisation, code: str, name: str) -> _System:
    key = PrivateKey(ec.generate_private_key(ec.SECP256R1()))
    member = register_member(
        actor=_actor("data_operator"),
        organisation=office,
        code=code,
        name=name,
        contact="住房保障科 姜晓雯",
        public_key=key.public_pem,
    )
    # What the office itself would keep; in the demo whoever looks is that office, and can follow the guide with it.
    folder = Path(settings.DATA_DIR) / "demo"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{code}.pem"
    file.write_text(key.to_pem(), encoding="ascii")
    file.chmod(0o600)
    return _System(member, key)


# Calls --------------------------------------------------------------------------------------------------


def _seal(system: _System, recipient: str, contract: str, purpose: str, asked: dict[str, Any]) -> HttpRequest:
    """Return a call as the system would send it."""
    body = json.dumps(asked, ensure_ascii=False, separators=(",", ":")).encode()
    envelope = envelopes.build(
        sender=system.member.code,
        recipient=recipient,
        contract=contract,
        purpose=purpose,
        body=body,
        key=system.key.key_id,
    )
    headers = envelopes.to_headers(envelope, system.key.sign(envelope.canonical()))
    return RequestFactory().post("/", body, content_type="application/json", headers=headers)


def _call_often(service: Service, contract: Contract, system: _System) -> None:
    """Look some households up as the system does in a morning, and run into the refusals that it has to know."""

    def ask(asked: dict[str, Any], *, purpose: str = PURPOSE, number: str = contract.number) -> HttpResponse:
        return call_service(_seal(system, service.code, number, purpose, asked), service.code)

    fields = {each["source"]: each["column"]["name"] for each in contract.content["fields"]}
    number = fields["household_no"]
    listed = ask({"limit": LOOK_UPS})
    for row in json.loads(listed.content).get("rows", []):
        ask({"where": [{"column": number, "operator": "=", "values": [row[number]]}]})
    ask({"where": [{"column": number, "operator": "=", "values": ["AL-DB-999999"]}]})
    ask({"limit": 1}, purpose="")
    ask({"columns": ["bank_account"], "limit": 1})
    ask({"limit": 1}, number="HT-00000000")
    twice = _seal(system, service.code, contract.number, PURPOSE, {"limit": 1})
    again = RequestFactory().post("/", twice.body, content_type="application/json", headers=dict(twice.headers))
    call_service(twice, service.code)
    call_service(again, service.code)


# Changes ------------------------------------------------------------------------------------------------


def _hear_of_a_change(context: DemoContext, resource: Resource, approval: _System, ledger: _System) -> None:
    """Let one system fetch the news of a version, and the other's address not answer until nobody tries any more."""
    operator = _actor("data_operator")
    with as_of(_moment(context, 8)):
        fetched = subscribe(actor=operator, member=approval.member, resource=resource, way=Way.PULL)
        # Only a demo may be sent to this machine itself.
        pushed = (
            subscribe(actor=operator, member=ledger.member, resource=resource, way=Way.PUSH, address=DEAF)
            if settings.DEMO
            else None
        )
    with as_of(_moment(context, 3)):
        _change_text(resource)
    for after in (0, 1):
        asked = _seal(approval, f"subscription:{fetched.code}", "", "", {"after": after})
        fetch_changes(asked, fetched.code)
    if pushed is None:
        return
    at = _moment(context, 3)
    for _attempt in range(get_rule(RuleKey.ATTEMPTS)):
        with as_of(at):
            deliver_changes(pushed.pk)
        waiting = Change.objects.filter(subscription=pushed, state=ChangeState.WAITING).first()
        if waiting is None or waiting.next_at is None:
            return
        at = waiting.next_at


def _change_text(resource: Resource) -> None:
    compiler = _actor("data_civil1")
    draft = start_change(actor=compiler, resource=resource)
    text = replace(read_text(draft), abstract=f"{read_text(draft).abstract}停发和核查中的家庭也在内，以保障状态区分。")
    draft = amend_version(actor=compiler, version=draft, text=text, revision=draft.revision, note="补充数据范围说明")
    _settle(draft, "说明属实。")
