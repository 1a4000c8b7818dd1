"""A department is told to put something right; the month's circular is drafted, written and issued."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ObjectDoesNotExist

from tests.cast import Cast, _staff
from zhengtong.capabilities.sharing.counting import keep_month
from zhengtong.capabilities.sharing.models import CycleAllowance, Rectification, SharingTarget
from zhengtong.capabilities.sharing.services.circulars import amend_circular, draft_circular, issue_circular
from zhengtong.capabilities.sharing.services.rectifying import (
    accept_rectification,
    answer_rectification,
    demand_rectification,
    return_rectification,
    withdraw_rectification,
)
from zhengtong.capabilities.sharing.services.targets import set_allowance, set_target, verify_target
from zhengtong.capabilities.sharing.tests.samples import make_resource
from zhengtong.capabilities.sharing.tests.test_measure_a_month import MONTH, moment
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import public as identity
from zhengtong.core.papers.public import ensure_rendered
from zhengtong.core.worklist.public import WorkItem
from zhengtong.kernel.policy import Actor, Denied


@pytest.fixture
def bureau(cast: Cast) -> identity.Organisation:
    return identity.Organisation.objects.get(name="澄波区市场监督管理局")


@pytest.fixture
def supervisor(cast: Cast) -> Actor:
    office = identity.Organisation.objects.get(name="安澜市政务服务数据管理局")
    return identity.get_account_actor(
        _staff("sharing", "骆文清", office, {"sharing_supervisor": identity.Reach.REGION})
    )


@pytest.fixture
def contact(cast: Cast, bureau: identity.Organisation) -> Actor:
    return identity.get_account_actor(_staff("contact", "倪佳", bureau, {"sharing_contact": identity.Reach.OWN}))


def demand(actor: Actor, bureau: identity.Organisation) -> Rectification:
    return demand_rectification(
        actor=actor,
        organisation=bureau,
        measure="timely_rate",
        month=MONTH,
        found="两项资源超过更新周期",
        required="五日内更新数据",
        days=5,
    )


def open_items(kind: str) -> int:
    return WorkItem.objects.filter(kind=kind, state="open").count()


@pytest.mark.django_db
def test_told_answered_returned_answered_and_accepted(
    supervisor: Actor, contact: Actor, bureau: identity.Organisation
) -> None:
    told = demand(supervisor, bureau)
    assert open_items("sharing.rectification") == 1
    answer_rectification(actor=contact, rectification=told, answer="已更新一项")
    assert (open_items("sharing.rectification"), open_items("sharing.rectification_check")) == (0, 1)
    return_rectification(actor=supervisor, rectification=told, opinion="还有一项没有更新", days=3)
    answer_rectification(actor=contact, rectification=told, answer="已全部更新")
    done = accept_rectification(actor=supervisor, rectification=told)
    assert (done.state, done.answer) == ("closed", "已全部更新")
    assert (open_items("sharing.rectification"), open_items("sharing.rectification_check")) == (0, 0)
    acts = AuditRecord.objects.filter(action__startswith="sharing.").values_list("action", flat=True)
    assert sorted(acts)[:2] == ["sharing.accept_rectification", "sharing.answer_rectification"]


@pytest.mark.django_db
def test_the_same_isnt_demanded_twice_and_can_be_taken_back(supervisor: Actor, bureau: identity.Organisation) -> None:
    told = demand(supervisor, bureau)
    with pytest.raises(identity.Refused, match="running"):
        demand(supervisor, bureau)
    withdraw_rectification(actor=supervisor, rectification=told, opinion="统计口径有误")
    assert demand(supervisor, bureau).number > told.number
    with pytest.raises(identity.Refused, match="state"):
        withdraw_rectification(actor=supervisor, rectification=told, opinion="再撤一次")


@pytest.mark.django_db
def test_who_answers_isnt_who_accepts_and_others_see_nothing(
    cast: Cast, supervisor: Actor, contact: Actor, bureau: identity.Organisation
) -> None:
    told = demand(supervisor, bureau)
    with pytest.raises(Denied):
        answer_rectification(actor=cast.outsider, rectification=told, answer="不是我的")
    with pytest.raises(Denied):
        demand(contact, bureau)
    answer_rectification(actor=contact, rectification=told, answer="已更新")
    with pytest.raises(Denied):
        accept_rectification(actor=contact, rectification=told)


@pytest.mark.django_db
def test_a_circular_waits_for_the_final_figures_and_is_then_fixed(
    cast: Cast, supervisor: Actor, bureau: identity.Organisation
) -> None:
    make_resource(bureau, cycle="daily", published_on=date(2026, 9, 1))
    with pytest.raises(identity.Refused, match="no-figures"):
        draft_circular(actor=supervisor, month=MONTH)
    keep_month(MONTH, moment(31))
    draft = draft_circular(actor=supervisor, month=MONTH)
    assert "数据按期更新率未达到目标的部门：澄波区市场监督管理局" in draft.opening
    assert draft_circular(actor=supervisor, month=MONTH).pk == draft.pk
    with pytest.raises(identity.Refused, match="not-frozen"):
        issue_circular(actor=supervisor, circular=draft)
    keep_month(MONTH, moment(5, month=11), is_frozen=True)
    amend_circular(actor=supervisor, circular=draft, title=draft.title, opening="现予通报。", demands="限期整改。")
    issued = issue_circular(actor=supervisor, circular=draft)
    assert issued.paper is not None
    assert issued.figures[0]["rows"][0][1] == "澄波区市场监督管理局"
    assert ensure_rendered(issued.paper).file is not None
    with pytest.raises(identity.Refused, match="issued"):
        amend_circular(actor=supervisor, circular=issued, title="改", opening="改", demands="改")
    with pytest.raises(Denied):
        draft_circular(actor=cast.reviewer, month=MONTH)


@pytest.mark.django_db
def test_a_target_holds_from_a_day_on(supervisor: Actor) -> None:
    made = set_target(
        actor=supervisor,
        measure="sharing_rate",
        percent=Decimal(90),
        weight=50,
        source="本市工作方案",
        effective_from=date(2026, 12, 1),
    )
    before = SharingTarget.objects.get(measure="sharing_rate", effective_to=date(2026, 11, 30))
    assert before.percent == 80
    assert verify_target(actor=supervisor, target=made).is_unverified is False
    with pytest.raises(identity.Refused, match="later"):
        set_target(
            actor=supervisor, measure="sharing_rate", percent=Decimal(1), weight=1, source="x", effective_from=MONTH
        )
    weekly = CycleAllowance.objects.get(cycle="weekly")
    assert set_allowance(actor=supervisor, allowance=weekly, days=8).days == 8
    with pytest.raises(identity.Refused):
        set_allowance(actor=supervisor, allowance=weekly, days=0)
    with pytest.raises(ObjectDoesNotExist):
        CycleAllowance.objects.get(days=10)
