"""A contract is held, resumed, revoked, renewed, expires; a change of its resource is both sides' work."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhengtong.capabilities.catalogue.public import ResourceChanged, ResourceRetired, list_uses
from zhengtong.capabilities.contracts import public as contracts
from zhengtong.capabilities.contracts.models import Contract, RuleKey, ShareRule
from zhengtong.capabilities.contracts.public import ContractEnded, ContractGranted, ContractSuspended
from zhengtong.capabilities.contracts.services import watching
from zhengtong.capabilities.contracts.services.rules import end_reason, set_rule
from zhengtong.capabilities.contracts.tests.offices import FIELDS, Offices, make_person, make_version
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Refused
from zhengtong.core.messages.public import Message
from zhengtong.core.worklist.public import list_office
from zhengtong.kernel import events
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.policy import SYSTEM, Denied

pytestmark = pytest.mark.django_db
WORDS: dict[str, Any] = {"reason": "检查发现超出用途使用", "basis": "政务数据共享条例"}


def morning(days: int) -> datetime:
    day = timezone.localdate() + timedelta(days=days)
    return datetime.combine(day, datetime.min.time(), get_calendar().zone) + timedelta(hours=9)


def test_a_provider_holds_a_contract_and_lets_it_go_on(offices: Offices) -> None:
    contract, today = offices.granted(), timezone.localdate()
    assert contracts.may_run(contract, today) == ""
    assert list(contracts.list_effective("snapshot")) == [contract]
    contract = contracts.suspend_contract(actor=offices.approver, contract=contract, **WORDS)
    assert "暂停" in contracts.may_run(contract, today)
    assert not contracts.list_effective().exists()
    contract = contracts.resume_contract(actor=offices.approver, contract=contract, reason="已整改")
    assert contracts.may_run(contract, today) == ""
    assert [step.act for step in contract.steps.all()] == ["grant_contract", "suspend_contract", "resume_contract"]
    assert Message.objects.filter(template="contracts.suspended").count() >= 2


def test_a_revoked_contract_stays_revoked(offices: Offices) -> None:
    contract = contracts.revoke_contract(actor=offices.reviewer, contract=offices.granted(), **WORDS)
    assert (contract.state, contract.basis) == ("revoked", WORDS["basis"])
    assert contracts.may_run(contract, timezone.localdate())
    for act in (contracts.resume_contract, contracts.suspend_contract, contracts.revoke_contract):
        given = {"reason": "再来一次"} if act is contracts.resume_contract else WORDS
        with pytest.raises(Refused) as error:
            act(actor=offices.approver, contract=contract, **given)
        assert error.value.code == "not-now"
    with pytest.raises(Exception, match="stays ended"):
        Contract.objects.filter(pk=contract.pk).update(state="effective")


def test_a_contract_isnt_ended_without_words_nor_by_its_consumer(offices: Offices) -> None:
    contract = offices.granted()
    for reason, basis in (("", "条例"), ("超范围使用数据", "")):
        with pytest.raises(Refused):
            contracts.revoke_contract(actor=offices.approver, contract=contract, reason=reason, basis=basis)
    cousin = make_person(offices.consumer, "本单位审批", "data_provider")
    for who in (offices.applicant, cousin):
        with pytest.raises(Denied):
            contracts.revoke_contract(actor=who, contract=contract, **WORDS)
    with pytest.raises(Denied) as error:
        contracts.revoke_contract(actor=offices.outsider, contract=contract, **WORDS)
    assert not error.value.visible
    assert not contracts.list_contracts(offices.outsider).exists()


def test_a_contract_ends_with_its_last_day_after_two_notices(offices: Offices) -> None:
    contract = offices.granted()
    assert watching.remind_of_contracts() == 0
    for days, told in ((150, 1), (151, 0), (174, 1), (179, 0)):
        with as_of(morning(days)):
            assert watching.remind_of_contracts() == told
    assert Message.objects.filter(template="contracts.expires").count() == 2
    with as_of(morning(180)):
        assert watching.end_contracts() == 0
        assert contracts.may_run(contract, timezone.localdate()) == ""
    with as_of(morning(181)):
        assert contracts.may_run(contract, timezone.localdate())
        assert watching.end_contracts() == 1
        assert watching.end_contracts() == 0
    contract.refresh_from_db()
    assert contract.state == "expired"
    assert AuditRecord.objects.filter(action="contracts.expire_contract").count() == 1


def test_an_expired_contract_is_renewed_by_a_request_of_its_own(offices: Offices) -> None:
    contract = offices.granted()
    with as_of(morning(200)):
        watching.end_contracts()
        contract.refresh_from_db()
        with pytest.raises(Refused):
            contracts.resume_contract(actor=offices.approver, contract=contract, reason="还要用")
        renewed = contracts.start_request(actor=offices.applicant, resource=offices.resource, renews=contract)
        assert (renewed.renews, renewed.purpose) == (contract, contract.request.purpose)
        submitted = contracts.submit_request(actor=offices.applicant, request=renewed)
        assert submitted.state == "compliance"


def test_a_breaking_change_of_the_resource_is_work_of_both_sides(offices: Offices) -> None:
    contract = offices.granted()
    version = make_version(offices.resource, fields=FIELDS[:2], verdict="breaking")
    event = ResourceChanged(SYSTEM, offices.resource, version, "breaking")
    events.publish(event)
    events.publish(event)
    for who in (offices.applicant, offices.approver):
        assert [item.reference for item in list_office(who)] == [contract.number]
    contract = contracts.keep_contract(actor=offices.applicant, contract=contract, opinion="用到的列没有变")
    assert not list_office(offices.applicant).exists()
    assert list_office(offices.approver).exists()
    with pytest.raises(Refused) as error:
        contracts.keep_contract(actor=offices.applicant, contract=contract, opinion="再确认一次")
    assert error.value.code == "nothing-open"
    with pytest.raises(Denied):
        contracts.keep_contract(actor=offices.outsider, contract=contract, opinion="路过")
    contracts.revoke_contract(actor=offices.approver, contract=contract, **WORDS)
    assert not list_office(offices.approver).exists()


def test_a_compatible_change_is_nobodys_work(offices: Offices) -> None:
    offices.granted()
    version = make_version(offices.resource, verdict="compatible")
    events.publish(ResourceChanged(SYSTEM, offices.resource, version, "compatible"))
    assert not list_office(offices.approver).exists()
    events.publish(ResourceRetired(SYSTEM, offices.resource, "系统下线"))
    assert list_office(offices.approver).exists()


def test_the_catalogue_hears_who_uses_an_entry(offices: Offices) -> None:
    contract = offices.granted()
    assert [use.number for use in list_uses(offices.resource)] == [contract.number]
    contracts.revoke_contract(actor=offices.approver, contract=contract, **WORDS)
    assert list_uses(offices.resource) == []


def test_those_above_hear_of_grants_holds_and_ends(offices: Offices) -> None:
    heard: list[str] = []
    kinds = (ContractGranted, ContractSuspended, ContractEnded)

    def listen(event: events.Event) -> None:
        heard.append(event.code)

    events.receives(*kinds)(listen)
    try:
        contract = contracts.suspend_contract(actor=offices.approver, contract=offices.granted(), **WORDS)
        contracts.revoke_contract(actor=offices.approver, contract=contract, **WORDS)
    finally:
        for kind in kinds:
            events._receivers[kind].remove(listen)
    assert heard == ["contract.granted", "contract.suspended", "contract.ended"]


def test_a_rule_holds_from_its_day_on(offices: Offices) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    set_rule(actor=offices.reviewer, key=RuleKey.PROVIDER_DAYS, value=5, source="市政府令", effective_from=tomorrow)
    assert contracts.get_rule(RuleKey.PROVIDER_DAYS) == 10
    assert contracts.get_rule(RuleKey.PROVIDER_DAYS, tomorrow) == 5
    for change in ({"value": 0}, {"value": 1000}, {"key": "days.nothing"}, {"effective_from": tomorrow}):
        with pytest.raises(Refused):
            set_rule(
                actor=offices.reviewer,
                **{"key": RuleKey.PROVIDER_DAYS, "value": 5, "source": "x", "effective_from": tomorrow, **change},  # type: ignore[arg-type]  # the table's
            )
    with pytest.raises(Denied):
        set_rule(actor=offices.approver, key=RuleKey.PROVIDER_DAYS, value=5, source="x", effective_from=tomorrow)
    assert ShareRule.objects.filter(is_unverified=True).exists()
    reason = contracts.list_refusal_reasons()[0]
    end_reason(actor=offices.reviewer, reason=reason, effective_to=tomorrow)
    assert reason in contracts.list_refusal_reasons(tomorrow)
    assert reason not in contracts.list_refusal_reasons(tomorrow + timedelta(days=1))


def test_a_new_calendar_moves_the_deadlines_of_running_requests(offices: Offices) -> None:
    request = offices.passed()
    assert watching.recompute_clocks() == 0
    type(request).objects.filter(pk=request.pk).update(due_at=morning(1))
    assert watching.recompute_clocks() == 1
    due_at = request.due_at
    request.refresh_from_db()
    assert request.due_at == due_at
