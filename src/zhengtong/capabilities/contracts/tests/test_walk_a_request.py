"""A request is written, reviewed, agreed to or refused, coordinated; each on its side, each in its turn."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from zhengtong.capabilities.catalogue.public import Mount, Resource, ShareType
from zhengtong.capabilities.contracts import public as contracts
from zhengtong.capabilities.contracts.models import Contract, DataRequest, RequestState
from zhengtong.capabilities.contracts.services import watching
from zhengtong.capabilities.contracts.tests.offices import (
    ASKED,
    FIELDS,
    Offices,
    make_offices,
    make_person,
    make_resource,
    make_version,
)
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Appointment, Refused
from zhengtong.core.messages.public import Message
from zhengtong.core.worklist.public import WorkItem, WorkState, list_mine, list_office
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.policy import Denied

pytestmark = pytest.mark.django_db


def refusal(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.code


def later(days: int) -> datetime:
    """Return a morning so many working days ahead."""
    calendar = get_calendar()
    day = calendar.add_working_days(timezone.localdate(), days)
    return datetime.combine(day, datetime.min.time(), calendar.zone) + timedelta(hours=9)


def test_a_conditional_resource_goes_by_the_authority_and_its_provider(offices: Offices) -> None:
    request = offices.submitted()
    assert request.state == RequestState.COMPLIANCE
    assert [item.reference for item in list_office(offices.reviewer)] == [request.number]
    request = contracts.pass_compliance(actor=offices.reviewer, request=request)
    assert request.state == RequestState.PROVIDER
    assert not list_office(offices.reviewer).exists()
    assert [item.reference for item in list_office(offices.approver)] == [request.number]
    request = contracts.approve_request(actor=offices.approver, request=request, opinion="同意")
    assert request.state == RequestState.GRANTED
    assert not WorkItem.objects.filter(object_id=request.pk, state=WorkState.OPEN).exists()
    steps = list(request.steps.values_list("act", flat=True))
    assert steps == ["draft_request", "submit_request", "pass_compliance", "approve_request"]
    written = AuditRecord.objects.get(action="contracts.approve_request")
    assert written.after is not None
    assert written.after["digest"] == request.contract.digest
    assert Message.objects.filter(template="contracts.granted").count() >= 2


def test_an_unconditional_resource_skips_the_provider(offices: Offices) -> None:
    resource = make_resource(offices.provider, offices.source, share=ShareType.UNCONDITIONAL)
    request = offices.passed(resource=resource)
    assert request.state == RequestState.GRANTED
    assert Contract.objects.get(request=request).state == "effective"


def test_a_correction_goes_back_to_who_asked_for_it(offices: Offices) -> None:
    request = contracts.return_request(actor=offices.approver, request=offices.passed(), opinion="请说明频率")
    assert request.state == RequestState.CORRECTION
    assert [item.reference for item in list_mine(offices.applicant)] == [request.number]
    request = contracts.resubmit_request(actor=offices.applicant, request=request, opinion="每天一次即可")
    assert request.state == RequestState.PROVIDER


def test_a_correction_that_asks_for_more_comes_before_the_authority_again(offices: Offices) -> None:
    request = contracts.return_request(actor=offices.approver, request=offices.passed(), opinion="请补充")
    more = replace(ASKED, columns=(*ASKED.columns, "capital"))
    contracts.save_columns(actor=offices.applicant, request=request, terms=more)
    request = contracts.resubmit_request(actor=offices.applicant, request=request, opinion="加一列")
    assert request.state == RequestState.COMPLIANCE


def test_a_refusal_names_a_reason_in_force(offices: Offices) -> None:
    request = offices.passed()
    with pytest.raises(Refused) as error:
        contracts.refuse_request(actor=offices.approver, request=request, refusal="made-up", opinion="不想给就是不给")
    assert refusal(error) == "no-such-reason"
    with pytest.raises(Refused):
        contracts.refuse_request(actor=offices.approver, request=request, refusal="no-duty", opinion="")
    request = contracts.refuse_request(
        actor=offices.approver, request=request, refusal="no-duty", opinion="看不出与职责有关"
    )
    assert (request.state, request.refusal) == (RequestState.REFUSED, "no-duty")
    assert Message.objects.filter(template="contracts.refused").count() == 1


def test_a_reason_that_ended_is_no_reason(offices: Offices) -> None:
    reason = next(each for each in contracts.list_refusal_reasons() if each.code == "no-duty")
    type(reason).objects.filter(pk=reason.pk).update(effective_to=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refused) as error:
        offices.refused()
    assert refusal(error) == "no-such-reason"


def test_a_request_is_withdrawn_until_it_is_decided(offices: Offices) -> None:
    request = contracts.withdraw_request(actor=offices.applicant, request=offices.passed(), opinion="不需要了")
    assert request.state == RequestState.WITHDRAWN
    assert not list_office(offices.approver).exists()
    with pytest.raises(Refused) as error:
        contracts.approve_request(actor=offices.approver, request=request)
    assert refusal(error) == "not-now"


def test_a_refused_request_is_granted_by_coordination(offices: Offices) -> None:
    request = offices.disputed()
    assert [item.step for item in list_mine(offices.coordinator)] == ["作出协调决定"]
    with pytest.raises(Refused) as error:
        contracts.decide_dispute(actor=offices.coordinator, request=request, is_granted=True, decision="应当共享")
    assert refusal(error) == "not-heard"
    contracts.state_position(actor=offices.applicant, request=request, opinion="许可法定要核对")
    contracts.state_position(actor=offices.approver, request=request, opinion="担心超出范围")
    with pytest.raises(Denied):
        contracts.decide_dispute(actor=offices.reviewer, request=request, is_granted=True, decision="应当共享")
    request = contracts.decide_dispute(
        actor=offices.coordinator, request=request, is_granted=True, decision="属于履职所必需，应当共享"
    )
    assert request.state == RequestState.GRANTED
    assert request.dispute.is_granted
    acts = list(request.steps.values_list("act", flat=True))
    assert acts[-5:] == ["open_dispute", "assign_coordinator", "state_position", "state_position", "decide_dispute"]


def test_a_coordination_that_refuses_is_final(offices: Offices) -> None:
    request = offices.disputed()
    for who in (offices.applicant, offices.approver):
        contracts.state_position(actor=who, request=request, opinion="本单位的意见")
    request = contracts.decide_dispute(
        actor=offices.coordinator, request=request, is_granted=False, decision="确非必需，不予共享"
    )
    assert request.state == RequestState.REFUSED
    with pytest.raises(Refused) as error:
        contracts.open_dispute(actor=offices.applicant, request=request, grounds="还是不服气")
    assert refusal(error) == "no-dispute"


def test_silence_of_the_provider_is_taken_to_coordination_once_it_is_overdue(offices: Offices) -> None:
    request = offices.passed()
    with pytest.raises(Refused):
        contracts.open_dispute(actor=offices.applicant, request=request, grounds="等得太久了")
    with as_of(later(11)):
        request = contracts.open_dispute(actor=offices.applicant, request=request, grounds="等得太久了")
    assert request.state == RequestState.DISPUTE


def test_a_refusal_of_long_ago_isnt_taken_to_coordination(offices: Offices) -> None:
    request = offices.refused()
    with as_of(later(30)), pytest.raises(Refused) as error:
        contracts.open_dispute(actor=offices.applicant, request=request, grounds="现在才想起来")
    assert refusal(error) == "no-dispute"


def test_the_clock_stands_still_while_the_applicant_corrects(offices: Offices) -> None:
    request = offices.passed()
    assert request.due_at == get_calendar().end_of_day(get_calendar().add_working_days(timezone.localdate(), 10))
    with as_of(later(4)):
        request = contracts.return_request(actor=offices.approver, request=request, opinion="请补充说明")
    with as_of(later(9)):
        request = contracts.resubmit_request(actor=offices.applicant, request=request, opinion="已补充")
        calendar = get_calendar()
        assert request.due_at == calendar.end_of_day(calendar.add_working_days(timezone.localdate(), 6))


def test_a_correction_that_doesnt_come_is_a_withdrawal(offices: Offices) -> None:
    request = contracts.return_request(actor=offices.reviewer, request=offices.submitted(), opinion="请补充说明")
    assert watching.lapse_corrections() == 0
    with as_of(later(11)):
        assert watching.lapse_corrections() == 1
        assert watching.lapse_corrections() == 0
    request.refresh_from_db()
    assert request.state == RequestState.WITHDRAWN


def test_whoever_is_due_is_reminded_once_and_told_when_it_is_over(offices: Offices) -> None:
    offices.passed()
    assert watching.remind_of_requests() == 0
    with as_of(later(9)):
        assert watching.remind_of_requests() == 1
        assert watching.remind_of_requests() == 0
    with as_of(later(12)):
        assert watching.remind_of_requests() == 1
    assert Message.objects.filter(template="contracts.due_soon").count() >= 1
    assert Message.objects.filter(template="contracts.overdue").count() >= 2


def test_each_side_does_only_what_is_its_own(offices: Offices) -> None:
    request = offices.submitted()
    for who in (offices.applicant, offices.approver):
        with pytest.raises(Denied):
            contracts.pass_compliance(actor=who, request=request)
    request = contracts.pass_compliance(actor=offices.reviewer, request=request)
    # An approver of the applicant's own office doesn't approve what that office asks for.
    cousin = make_person(offices.consumer, "本单位审批", "data_provider")
    for who in (offices.applicant, cousin):
        with pytest.raises(Denied):
            contracts.approve_request(actor=who, request=request)
    with pytest.raises(Denied) as error:
        contracts.approve_request(actor=offices.outsider, request=request)
    assert not error.value.visible


def test_a_person_with_two_posts_doesnt_decide_what_she_asked(offices: Offices) -> None:
    request = offices.passed()
    both = replace(offices.approver, account_id=offices.applicant.account_id)
    with pytest.raises(Refused) as error:
        contracts.approve_request(actor=both, request=request)
    assert refusal(error) == "same-person"


def test_a_draft_is_the_applicants_own_until_it_is_submitted(offices: Offices) -> None:
    request = offices.drafted()
    assert not contracts.list_requests(offices.approver).exists()
    contracts.submit_request(actor=offices.applicant, request=request)
    assert contracts.list_requests(offices.approver).get() == request
    assert not contracts.list_requests(offices.outsider).exists()


def test_nobody_asks_for_data_of_her_own_office(offices: Offices) -> None:
    applicant = make_person(offices.provider, "登记局申请", "data_applicant")
    with pytest.raises(Refused) as error:
        contracts.start_request(actor=applicant, resource=offices.resource)
    assert refusal(error) == "own-data"


@pytest.mark.parametrize("change", ["withheld", "retired", "compiling", "secret"])
def test_what_isnt_shared_cant_be_asked_for(offices: Offices, change: str) -> None:
    resource = make_resource(
        offices.provider,
        offices.source,
        share=ShareType.WITHHELD if change == "withheld" else ShareType.CONDITIONAL,
        name="重点单位名单（机密）" if change == "secret" else "企业名单",
    )
    if change in ("retired", "compiling"):
        Resource.objects.filter(pk=resource.pk).update(state=change)
        resource.refresh_from_db()
    with pytest.raises(Refused) as error:
        contracts.start_request(actor=offices.applicant, resource=resource)
    assert refusal(error) == "not-shared"


def test_a_version_that_breaks_the_request_under_review_stops_the_grant(offices: Offices) -> None:
    request = offices.passed()
    make_version(offices.resource, fields=FIELDS[:3] + FIELDS[4:], verdict="breaking")
    with pytest.raises(Refused) as error:
        contracts.approve_request(actor=offices.approver, request=request)
    assert refusal(error) == "version-changed"
    request = contracts.return_request(actor=offices.approver, request=request, opinion="请按新版本核对")
    request = contracts.resubmit_request(actor=offices.applicant, request=request, opinion="已核对")
    # Another version is something that the authority hasn't seen.
    assert (request.version.number, request.state) == (2, RequestState.COMPLIANCE)


def test_a_compatible_version_under_review_changes_nothing_of_what_was_asked(offices: Offices) -> None:
    request = offices.passed()
    more = (*FIELDS, {"code": "phone", "name": "电话", "kind": "text", "length": 20})
    make_version(offices.resource, fields=more, verdict="compatible")
    request = contracts.approve_request(actor=offices.approver, request=request)
    assert request.contract.content["version"] == 1


def test_a_request_is_copied_without_what_is_no_longer_there(offices: Offices) -> None:
    earlier = offices.granted().request
    make_version(offices.resource, fields=FIELDS[:2], verdict="breaking")
    offices.resource.refresh_from_db()
    copied = contracts.start_request(actor=offices.applicant, resource=offices.resource, copied=earlier)
    terms = contracts.Terms.from_json(copied.terms)
    assert (terms.columns, terms.conditions, copied.purpose) == (("credit_code", "name"), (), earlier.purpose)


def test_an_incomplete_draft_says_what_is_missing(offices: Offices) -> None:
    request = contracts.start_request(actor=offices.applicant, resource=offices.resource)
    today = timezone.localdate()
    gap = contracts.find_gap(request, today)
    assert gap is not None
    assert gap[0] == "columns"
    with pytest.raises(Refused):
        contracts.submit_request(actor=offices.applicant, request=request)
    contracts.save_columns(actor=offices.applicant, request=request, terms=ASKED)
    request.refresh_from_db()
    gap = contracts.find_gap(request, today)
    assert gap is not None
    assert gap[0] == "purpose"


def test_a_coordinator_is_of_the_authority(offices: Offices) -> None:
    request = contracts.open_dispute(actor=offices.applicant, request=offices.refused(), grounds="许可法定要核对")
    approver = Appointment.objects.get(pk=offices.approver.held_appointment)
    with pytest.raises(Refused) as error:
        contracts.assign_coordinator(actor=offices.reviewer, request=request, coordinator=approver)
    assert refusal(error) == "coordinator"
    with pytest.raises(Refused) as error:
        contracts.state_position(actor=offices.approver, request=request, opinion="先说两句")
    assert refusal(error) == "not-yet"


def test_the_timeline_is_only_added_to(offices: Offices) -> None:
    request = offices.submitted()
    for change in (lambda: request.steps.update(opinion="x"), lambda: request.steps.all().delete()):
        with pytest.raises(Exception, match="only added to"), transaction.atomic():
            change()


def test_a_resource_without_a_fitting_mount_isnt_asked_in_that_mode(offices: Offices) -> None:
    Mount.objects.filter(resource=offices.resource).exclude(kind="file").delete()
    assert [mode.value for mode in contracts.list_modes(offices.resource)] == ["snapshot", "once"]
    with pytest.raises(Refused) as error:
        offices.drafted(mode="capture")
    assert refusal(error) == "no-mount"


def test_a_table_is_asked_for_as_an_interface_that_the_platform_answers(offices: Offices) -> None:
    Mount.objects.filter(resource=offices.resource).exclude(kind="table").delete()
    assert "interface" in [mode.value for mode in contracts.list_modes(offices.resource)]
    Mount.objects.filter(resource=offices.resource).update(kind="file")
    assert "interface" not in [mode.value for mode in contracts.list_modes(offices.resource)]


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_make_one_contract() -> None:
    offices = make_offices()
    request = offices.passed()
    barrier, answers = Barrier(2), []

    def decide(name: str) -> None:
        barrier.wait()
        try:
            if name == "approve":
                contracts.approve_request(actor=offices.approver, request=request)
            else:
                contracts.refuse_request(
                    actor=offices.second_approver, request=request, refusal="no-duty", opinion="看不出与职责有关"
                )
            answers.append(name)
        except Refused as refused:
            answers.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=decide, args=(name,)) for name in ("approve", "refuse")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) in (["approve", "not-now"], ["not-now", "refuse"])
    request = DataRequest.objects.get(pk=request.pk)
    assert Contract.objects.count() == (1 if request.state == RequestState.GRANTED else 0)
