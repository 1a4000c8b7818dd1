"""A bad rating: the office gets in touch within a working day, puts it right, a colleague verifies, she rates again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import Cast
from tests.conformance.samples import SIGNS_IN
from zhengtong.capabilities.cases.public import CaseEvent, LegalRule, calendar_of_case
from zhengtong.capabilities.ratings import public as ratings
from zhengtong.capabilities.ratings.models import FollowUp, FollowUpState
from zhengtong.capabilities.ratings.services.clocks import fire_due
from zhengtong.capabilities.ratings.tests.conftest import Rate
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Refused
from zhengtong.core.messages.public import Message
from zhengtong.core.worklist.public import WorkItem, WorkState
from zhengtong.kernel.policy import Denied

REPLY = "已向您说明原因并致歉，今后超过两天未办结会主动电话告知。"


def contact(cast: Cast, follow_up: FollowUp, finding: str = "justified") -> FollowUp:
    note = "电话联系，对方说等了五天没有消息，情况属实。"
    return ratings.note_contact(
        actor=cast.reviewer, follow_up_id=follow_up.pk, is_reached=True, finding=finding, note=note
    )


def put_right(cast: Cast, follow_up: FollowUp) -> FollowUp:
    contact(cast, follow_up)
    measures = "增加进度告知，对当事人员作了提醒。"
    return ratings.rectify(actor=cast.reviewer, follow_up_id=follow_up.pk, measures=measures, reply=REPLY)


def work(follow_up: FollowUp) -> WorkItem:
    return WorkItem.objects.get(kind__startswith="ratings.", object_id=follow_up.pk, state=WorkState.OPEN)


def test_a_bad_rating_is_followed_up_and_a_good_one_isnt(cast: Cast, rated: Rate) -> None:
    assert rated(3) is None
    follow_up = rated(2)
    assert follow_up is not None
    calendar = calendar_of_case(follow_up.case)
    today = calendar.local_date(timezone.now())
    assert calendar.last_date(follow_up.contact_due_at) == calendar.add_working_days(today, 1)
    assert calendar.last_date(follow_up.due_at) == calendar.add_working_days(today, 15)
    item = work(follow_up)
    assert (item.kind, item.organisation_id, item.due_at) == (
        "ratings.contact",
        follow_up.case.organisation_id,
        follow_up.contact_due_at,
    )
    assert Message.objects.filter(template="ratings.opened", recipient=cast.accounts["owner"]).exists()
    # The figures aren't in the notice of the State Council itself, and say so.
    rules = LegalRule.objects.filter(code__startswith="ratings.")
    assert {(rule.code, rule.is_unverified) for rule in rules} == {("ratings.contact", True), ("ratings.rectify", True)}


def test_it_is_put_right_and_she_is_content(cast: Cast, rated: Rate) -> None:
    follow_up = rated()
    assert follow_up is not None
    with pytest.raises(Refused):
        ratings.rate_again(actor=cast.owner, case_id=follow_up.case_id, score=5)
    put_right(cast, follow_up)
    assert Message.objects.filter(template="ratings.rectified", recipient=cast.accounts["owner"]).exists()
    done = ratings.rate_again(actor=cast.owner, case_id=follow_up.case_id, score=4, comment="解释清楚了")
    assert (done.state, done.is_satisfied) == (FollowUpState.CLOSED, True)
    assert not WorkItem.objects.filter(kind__startswith="ratings.", state=WorkState.OPEN).exists()
    with pytest.raises(Refused):
        ratings.rate_again(actor=cast.owner, case_id=follow_up.case_id, score=1)
    told = list(CaseEvent.objects.filter(case=follow_up.case, act__startswith="rating_").values_list("act", flat=True))
    assert told == ["rating_open", "rating_contact", "rating_rectify", "rating_rate_again", "rating_verify"]
    acts = AuditRecord.objects.filter(action__startswith="ratings.").values_list("action", flat=True)
    assert {"ratings.open", "ratings.contact", "ratings.rectify", "ratings.rate_again", "ratings.verify"} <= set(acts)


def test_a_colleague_verifies_and_may_send_it_back(cast: Cast, rated: Rate) -> None:
    follow_up = rated()
    assert follow_up is not None
    put_right(cast, follow_up)
    ratings.rate_again(actor=cast.owner, case_id=follow_up.case_id, score=1, comment="还是没有说清楚")
    assert work(follow_up).kind == "ratings.verify"
    with pytest.raises(Denied):
        ratings.verify(actor=cast.reviewer, follow_up_id=follow_up.pk, is_satisfied=True, note="满意")
    sent_back = ratings.return_to_office(actor=cast.approver, follow_up_id=follow_up.pk, note="没有解释晚了几天的原因")
    assert (sent_back.state, work(follow_up).kind) == (FollowUpState.RECTIFY, "ratings.rectify")
    again = ratings.rectify(
        actor=cast.reviewer,
        follow_up_id=follow_up.pk,
        measures="补充说明了原因。",
        reply="因系统故障晚了三天，已致歉。",
    )
    assert again.second_score is None  # put right once more, she may rate once more
    closed = ratings.verify(
        actor=cast.approver,
        follow_up_id=follow_up.pk,
        is_satisfied=None,
        note="三次电话未接通，已短信告知。",
        public_comment="等了很久。",
        public_reply="因系统故障晚了三天，已致歉。",
    )
    assert (closed.state, closed.is_satisfied, closed.is_adopted) == (FollowUpState.CLOSED, None, True)


def test_nobody_verifies_her_own_work(cast: Cast, rated: Rate) -> None:
    follow_up = rated()
    assert follow_up is not None
    put_right(cast, follow_up)
    FollowUp.objects.filter(pk=follow_up.pk).update(rectified_by=cast.approver.held_appointment)
    with pytest.raises(Refused) as refused:
        ratings.verify(actor=cast.approver, follow_up_id=follow_up.pk, is_satisfied=True, note="对方满意")
    assert refused.value.code == "own"


def test_what_was_a_mistake_isnt_counted_once_a_second_person_agrees(cast: Cast, rated: Rate) -> None:
    follow_up = rated()
    assert follow_up is not None
    contact(cast, follow_up, "mistaken")
    assert work(follow_up).kind == "ratings.verify"
    ratings.verify(actor=cast.approver, follow_up_id=follow_up.pk, is_satisfied=None, note="本人承认点错了。")
    [figures] = ratings.list_rating_figures(
        ratings.list_ratings(cast.approver), timezone.localdate(), timezone.localdate(), "organisation"
    )
    assert (figures.rated, figures.bad, figures.dropped) == (0, 0, 1)
    assert not ratings.list_public_ratings().exists()


def test_who_isnt_reached_is_called_three_times(cast: Cast, rated: Rate) -> None:
    follow_up = rated()
    assert follow_up is not None
    for calls in (1, 2):
        noted = ratings.note_contact(actor=cast.reviewer, follow_up_id=follow_up.pk, is_reached=False)
        assert (noted.calls, noted.state) == (calls, FollowUpState.CONTACT)
    with pytest.raises(Refused):
        ratings.note_contact(
            actor=cast.reviewer, follow_up_id=follow_up.pk, is_reached=False, finding="mistaken", note="没有联系上"
        )
    noted = ratings.note_contact(
        actor=cast.reviewer,
        follow_up_id=follow_up.pk,
        is_reached=False,
        finding="justified",
        note="三次未接通，按留言整改",
    )
    assert noted.state == FollowUpState.RECTIFY


def test_two_at_once_dont_overwrite_each_other(cast: Cast, rated: Rate) -> None:
    follow_up = rated()
    assert follow_up is not None
    seen = FollowUp.objects.get(pk=follow_up.pk).version
    contact(cast, follow_up)
    with pytest.raises(ratings.StaleFollowUp):
        ratings.rectify(
            actor=cast.inspector, follow_up_id=follow_up.pk, measures="已整改", reply="已整改完毕", version=seen
        )


def test_another_county_sees_and_does_nothing(cast: Cast, rated: Rate) -> None:
    follow_up = rated()
    assert follow_up is not None
    assert ratings.get_follow_up(cast.outsider, follow_up.public_id) is None
    assert not ratings.list_follow_ups(cast.outsider).exists()
    with pytest.raises(Denied):
        ratings.note_contact(actor=cast.outsider, follow_up_id=follow_up.pk, is_reached=True, finding="justified")
    with pytest.raises(Denied):
        ratings.rate_again(actor=cast.citizen, case_id=follow_up.case_id, score=5)


def test_its_lamp_turns_red_when_nobody_gets_in_touch(cast: Cast, rated: Rate) -> None:
    follow_up = rated()
    assert follow_up is not None
    past = timezone.now() - timedelta(minutes=1)
    FollowUp.objects.filter(pk=follow_up.pk).update(
        opened_at=past - timedelta(days=3), contact_due_at=past, next_alert_at=past
    )
    assert fire_due() == 1
    assert fire_due() == 0
    assert work(follow_up).level == "red"


def test_everybody_reads_the_ratings_and_nobody_reads_whose(cast: Cast, rated: Rate) -> None:
    follow_up = rated()
    assert follow_up is not None
    page = Client().get("/open/ratings/").content.decode()
    assert "正在整改" in page
    assert "13900001234" not in page
    assert "没有人主动说明" not in page  # nobody has looked at it yet
    put_right(cast, follow_up)
    client = Client()
    client.force_login(cast.accounts["approver"], SIGNS_IN)
    form = client.get(f"/desk/ratings/{follow_up.public_id}/verify/").content.decode()
    assert "【电话】" in form
    client.post(
        f"/desk/ratings/{follow_up.public_id}/verify/",
        {
            "is_satisfied": "no",
            "note": "已电话核实",
            "public_comment": "等了很久，没有人主动说明。",
            "public_reply": REPLY,
        },
    )
    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.is_satisfied) == (FollowUpState.CLOSED, False)
    page = Client().get("/open/ratings/?show=bad").content.decode()
    assert "没有人主动说明" in page
    assert REPLY in page
    assert follow_up.case.applicant_name not in page


def test_the_desk_shows_what_waits_and_counts(cast: Cast, rated: Rate) -> None:
    follow_up = rated(2)
    assert follow_up is not None
    client = Client()
    client.force_login(cast.accounts["reviewer"], SIGNS_IN)
    queue = client.get("/desk/ratings/").content.decode()
    assert str(follow_up.case.number) in queue
    page = f"/desk/ratings/{follow_up.public_id}/"
    wrong = client.post(f"{page}contact/", {"is_reached": "yes", "finding": "", "note": ""})
    assert (wrong.status_code, "请选择核实情况" in wrong.content.decode()) == (422, True)
    given = {"is_reached": "yes", "finding": "justified", "note": "对方说没有人回电话"}
    assert client.post(f"{page}contact/", given).status_code == 302
    assert client.post(f"{page}contact/", given).status_code == 409
    given = {"measures": "安排专人回电话", "reply": "已安排专人回电话"}
    assert client.post(f"{page}rectify/", given).status_code == 302
    assert client.get(f"{page}verify/").status_code == 403
    figures = client.get("/desk/ratings/statistics/").content.decode()
    assert "澄波区市场监督管理局" in figures
    sheet = client.get("/desk/ratings/statistics/export.csv").content.decode("utf-8-sig")
    assert sheet.splitlines()[0].startswith("名称,评价,平均分,满意率,差评")
    assert AuditRecord.objects.filter(action="ratings.export").exists()
