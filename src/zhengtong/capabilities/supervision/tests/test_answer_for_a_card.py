"""A card is explained, appealed and decided; who decides isn't concerned; announced scores follow."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import Cast
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.supervision import public as supervision
from zhengtong.capabilities.supervision.judging import judge_pending
from zhengtong.capabilities.supervision.models import Card, Score
from zhengtong.core.worklist.public import WorkItem
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.policy import Denied


@pytest.fixture
def card(cast: Cast) -> Card:
    case = cast.reviewing()
    cases.Clock.objects.filter(case=case, basis="promised", purpose="decision").update(level="red")
    judge_pending()
    return Card.objects.get(case=case)


def test_explained_appealed_cancelled(cast: Cast, card: Card) -> None:
    supervision.explain_card(actor=cast.reviewer, card_id=card.pk, words="申请人迟迟没有约定核查时间")
    with pytest.raises(cases.Unacceptable):
        supervision.explain_card(actor=cast.reviewer, card_id=card.pk, words="再说明一次")
    supervision.appeal_card(actor=cast.reviewer, card_id=card.pk, words="中止通知书已经送达，期限应当扣除")
    waiting = WorkItem.objects.filter(kind="supervision.card_review", state="open")
    assert [item.step for item in waiting] == ["亮牌申诉"]
    with pytest.raises(Denied):
        supervision.decide_card(actor=cast.reviewer, card_id=card.pk, cancel=True, words="自己撤销")
    supervision.decide_card(actor=cast.supervisor, card_id=card.pk, cancel=True, words="核实属实，予以撤销")
    card.refresh_from_db()
    assert card.status == "cancelled"
    assert [each.act for each in card.steps.all()] == ["issue", "explain", "appeal", "cancel"]
    paper = card.steps.last()
    assert paper is not None
    assert paper.paper is not None
    assert "监处" in paper.paper.number
    assert not waiting.all().exists()
    assert "核实属实" in card.case.events.order_by("-id")[0].note
    with pytest.raises(cases.Unacceptable):
        supervision.decide_card(actor=cast.supervisor, card_id=card.pk, cancel=True, words="再撤销一次")


def test_upheld_and_then_appealed(cast: Cast, card: Card) -> None:
    supervision.explain_card(actor=cast.head, card_id=card.pk, words="人手不足，已经调整")
    supervision.decide_card(actor=cast.supervisor, card_id=card.pk, cancel=False, words="理由不成立")
    supervision.appeal_card(actor=cast.reviewer, card_id=card.pk, words="请再核对一次中止的日期")
    supervision.decide_card(actor=cast.supervisor, card_id=card.pk, cancel=False, words="核对无误，维持")
    with pytest.raises(cases.Unacceptable):
        supervision.appeal_card(actor=cast.reviewer, card_id=card.pk, words="第二次申诉")


def test_silence_lets_it_stand(cast: Cast, card: Card) -> None:
    assert supervision.let_cards_stand() == 0
    with as_of(timezone.now() + timedelta(days=15)):
        with pytest.raises(cases.Unacceptable):
            supervision.explain_card(actor=cast.reviewer, card_id=card.pk, words="来晚了的说明")
        assert supervision.let_cards_stand() == 1
    card.refresh_from_db()
    assert card.status == "standing"
    assert not WorkItem.objects.filter(kind="supervision.card", state="open").exists()


def test_outsiders_dont_learn_of_it(cast: Cast, card: Card) -> None:
    assert supervision.get_card(cast.outsider, card.pk) is None
    assert supervision.get_card(cast.supervisor, card.pk) is not None
    assert supervision.get_card(cast.reviewer, card.pk) is not None
    with pytest.raises(Denied):
        supervision.explain_card(actor=cast.outsider, card_id=card.pk, words="不是我的牌")


def test_a_supervisor_doesnt_decide_on_her_own(cast: Cast, card: Card) -> None:
    Card.objects.filter(pk=card.pk).update(holder_id=cast.supervisor.appointment)
    supervision.explain_card(actor=cast.head, card_id=card.pk, words="由负责人说明情况")
    with pytest.raises(cases.Unacceptable) as caught:
        supervision.decide_card(actor=cast.supervisor, card_id=card.pk, cancel=True, words="撤销")
    assert "其他监察人员" in cases.say(caught.value)


def test_an_announced_score_is_corrected_when_the_appeal_succeeds(cast: Cast, card: Card) -> None:
    first = supervision.quarter_of(timezone.localdate())
    supervision.appeal_card(actor=cast.reviewer, card_id=card.pk, words="中止通知书已经送达")
    with pytest.raises(cases.Unacceptable) as caught:
        supervision.announce_quarter(actor=cast.supervisor, first=first, is_public=False)
    assert "还没有结束" in cases.say(caught.value)
    after = timezone.now() + timedelta(days=95)
    with as_of(after):
        quarter = supervision.announce_quarter(actor=cast.supervisor, first=first, is_public=False)
        with pytest.raises(cases.Unacceptable):
            supervision.announce_quarter(actor=cast.supervisor, first=first, is_public=False)
    office = Score.objects.get(quarter=quarter, holder=None, organisation=card.case.organisation_id)
    assert (office.value, office.grade) == (Decimal("97.0"), "excellent")
    formula = quarter.formula
    shown = supervision.show_formula(
        formula.expression, office.values, supervision.read_deductions(office), office.value
    )
    assert shown == "取大(0, 100 − 3×1 × 100 ÷ 取大(0, 100)) = 97"
    with as_of(after):
        supervision.decide_card(actor=cast.supervisor, card_id=card.pk, cancel=True, words="核实属实，予以撤销")
    office.refresh_from_db()
    assert (office.announced, office.value) == (Decimal("97.0"), Decimal("100.0"))
    correction = office.corrections.get()
    assert (correction.before, correction.after, correction.card_id) == (Decimal("97.0"), Decimal("100.0"), card.pk)
    person = Score.objects.get(quarter=quarter, holder=cast.reviewer.appointment)
    assert person.value == Decimal("100.0")


def test_a_camera_is_opened_for_a_purpose(cast: Cast) -> None:
    case = cast.accepted()
    with pytest.raises(cases.Unacceptable):
        supervision.register_camera(
            actor=cast.supervisor,
            organisation_id=case.office.window_id,
            name="1号窗口",
            place="",
            address="javascript:alert(1)?{from}{to}",
        )
    camera = supervision.register_camera(
        actor=cast.supervisor,
        organisation_id=case.office.window_id,
        name="1号窗口",
        place="一楼大厅",
        address="https://video.example.gov.cn/play?cam=1&from={from}&to={to}",
    )
    event = case.events.get(act="accept")
    given: dict[str, Any] = {"camera_id": camera.pk, "case": case, "event_id": event.pk}
    with pytest.raises(cases.Unacceptable):
        supervision.open_video(actor=cast.supervisor, purpose="", **given)
    with pytest.raises(Denied):
        supervision.open_video(actor=cast.reviewer, purpose="看看窗口服务", **given)
    opening, address = supervision.open_video(actor=cast.supervisor, purpose="核对受理时间", **given)
    assert opening.purpose == "核对受理时间"
    assert address.startswith("https://video.example.gov.cn/play?cam=1&from=20")
    assert "{" not in address
    assert [each.pk for each in supervision.list_openings(cast.supervisor)] == [opening.pk]
