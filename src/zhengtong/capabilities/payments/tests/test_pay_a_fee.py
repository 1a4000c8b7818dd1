"""A fee falls due, is paid, and the case goes on; whatever the provider says, and however often, it is booked once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.payments import public as payments
from zhengtong.capabilities.payments.domain import LedgerAccount, Verdict
from zhengtong.capabilities.payments.models import LedgerLine, Notification, OrderState, PaymentOrder, Refund
from zhengtong.capabilities.payments.services.asking import ask_unknown
from zhengtong.capabilities.payments.services.receiving import receive_notice
from zhengtong.capabilities.payments.tests.samples import charge, forge, order_of, pay_at_provider, submitted
from zhengtong.core.papers.public import ensure_rendered
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.policy import Denied

Run = Callable[[], None]


def balance() -> dict[LedgerAccount, int]:
    return {account: amount for account, amount in payments.add_up_accounts().items() if amount}


@pytest.fixture
def charging(cast: Cast) -> Cast:
    charge()
    return cast


def test_the_fee_is_computed_from_the_answers_and_holds_the_case_back(charging: Cast) -> None:
    case, order = submitted(charging)
    assert (order.amount, order.state, order.fee_name) == (14325, OrderState.DUE, "检验费")
    assert order.organisation_id == case.organisation_id
    with pytest.raises(cases.HeldBack, match=r"143[.]25 元还没有缴"):
        cases.accept_case(actor=charging.counter, case_id=case.pk)
    assert fresh(case).state == "submitted"
    body, signature = pay_at_provider(order)
    assert receive_notice(body=body, signature=signature) is Verdict.ACCEPTED
    assert cases.accept_case(actor=charging.counter, case_id=case.pk).state == "accepted"
    paid = order_of(case)
    assert (paid.state, paid.paid, paid.way) == (OrderState.PAID, 14325, "online")
    assert paid.paper is not None
    assert paid.paper.content["amount_words"] == "壹佰肆拾叁元贰角伍分"
    assert balance() == {LedgerAccount.ONLINE: 14325, LedgerAccount.TREASURY: -14325}


def test_the_proof_of_payment_prints(charging: Cast) -> None:
    _case, order = submitted(charging)
    body, signature = pay_at_provider(order)
    receive_notice(body=body, signature=signature)
    order.refresh_from_db()
    assert order.paper is not None
    assert ensure_rendered(order.paper).file is not None


def test_a_notification_that_comes_twice_is_booked_once(charging: Cast) -> None:
    _case, order = submitted(charging)
    body, signature = pay_at_provider(order)
    said = [receive_notice(body=body, signature=signature) for _ in range(3)]
    assert said == [Verdict.ACCEPTED, Verdict.REPEATED, Verdict.REPEATED]
    assert balance()[LedgerAccount.ONLINE] == order.amount
    assert Notification.objects.count() == 3


def test_what_is_forged_or_wrong_changes_nothing_and_is_kept(charging: Cast) -> None:
    case, order = submitted(charging)
    body, _signature = pay_at_provider(order)
    assert receive_notice(body=body, signature="0" * 64) is Verdict.WRONG_SIGNATURE
    assert receive_notice(body=body, signature="签名") is Verdict.WRONG_SIGNATURE
    for changes, verdict in (
        ({"amount": 1}, Verdict.WRONG_AMOUNT),
        ({"amount": "14325"}, Verdict.UNREADABLE),
        ({"trade": "JK20200101000001"}, Verdict.UNKNOWN_ORDER),
        ({"state": "open"}, Verdict.NOT_PAID),
        ({"paid_at": "yesterday"}, Verdict.UNREADABLE),
    ):
        other, signed = forge(body, **changes)
        assert receive_notice(body=other, signature=signed) is verdict, changes
    assert order_of(case).state == OrderState.DUE
    assert balance() == {}
    assert Notification.objects.count() == 7


def test_money_that_comes_after_the_order_was_closed_waits_for_its_way_back(charging: Cast, run_jobs: Run) -> None:
    case, order = submitted(charging)
    payments.start_payment(actor=charging.owner, order_id=order.pk, return_url="/")
    body, signature = pay_at_provider(order)
    cases.withdraw_case(actor=charging.owner, case_id=case.pk)
    assert receive_notice(body=body, signature=signature) is Verdict.AFTER_CLOSE
    refund = Refund.objects.get()
    assert (refund.is_owed, refund.amount, refund.state) == (False, order.amount, "asked")
    assert balance() == {LedgerAccount.ONLINE: order.amount, LedgerAccount.SUSPENSE: -order.amount}
    with pytest.raises(payments.PaymentRefused, match="应当退还"):
        payments.refuse_refund(actor=charging.refund_approver, refund=refund, opinion="不退")
    payments.approve_refund(actor=charging.refund_approver, refund=refund)
    run_jobs()
    refund.refresh_from_db()
    assert refund.state == "done"
    assert balance() == {}
    order.refresh_from_db()
    assert (order.state, order.paid) == (OrderState.CLOSED, 0)


def test_paid_at_the_counter_and_online_the_second_goes_back(charging: Cast) -> None:
    case, order = submitted(charging)
    payments.collect_fee(actor=charging.counter, order_id=order.pk, way="cash", receipt_number="SJ-001")
    body, signature = pay_at_provider(order)
    assert receive_notice(body=body, signature=signature) is Verdict.PAID_TWICE
    assert order_of(case).way == "cash"
    assert Refund.objects.get().is_owed is False
    assert sum(payments.add_up_accounts().values()) == 0


def test_the_counter_takes_no_money_twice_and_no_number_twice(charging: Cast) -> None:
    case, order = submitted(charging)
    payments.collect_fee(actor=charging.counter, order_id=order.pk, way="card", receipt_number="POS-9")
    with pytest.raises(payments.PaymentRefused, match="已经缴过"):
        payments.collect_fee(actor=charging.counter, order_id=order.pk, way="card", receipt_number="POS-10")
    second = PaymentOrder.objects.create(
        **{
            each.name: getattr(order, each.name)
            for each in PaymentOrder._meta.concrete_fields
            if each.name not in ("id", "public_id", "number", "fee_code", "state", "paid")
        },
        number="JK20260101000009",
        fee_code="SF-OTHER",
    )
    with pytest.raises(payments.PaymentRefused, match="已经用过"):
        payments.collect_fee(actor=charging.counter, order_id=second.pk, way="card", receipt_number="POS-9")
    with pytest.raises(payments.PaymentRefused, match="现金还是刷卡"):
        payments.collect_fee(actor=charging.counter, order_id=second.pk, way="online", receipt_number="X")
    assert order_of_fee(case, "SF-OTHER").state == OrderState.DUE


def order_of_fee(case: cases.Case, code: str) -> PaymentOrder:
    return PaymentOrder.objects.get(case=case, fee_code=code)


def test_nobody_pays_or_reads_the_order_of_another(charging: Cast) -> None:
    _case, order = submitted(charging)
    with pytest.raises(Denied):
        payments.start_payment(actor=charging.citizen, order_id=order.pk, return_url="/")
    assert payments.get_order(charging.citizen, order.public_id) is None
    assert payments.get_order(charging.owner, order.public_id) == order
    assert payments.get_order_by_number(charging.outsider, order.number) is None


def test_corrected_answers_change_what_is_due(charging: Cast) -> None:
    case, order = submitted(charging)
    cases.request_corrections(
        actor=charging.counter, case_id=case.pk, marks=[("field:premises_area", "请按房产证填写")]
    )
    cases.save_draft(actor=charging.owner, case_id=case.pk, answers={"premises_area": "100"})
    cases.resubmit_case(actor=charging.owner, case_id=case.pk)
    order.refresh_from_db()
    assert (order.state, order_of(case).amount) == (OrderState.CLOSED, 15000)


def test_a_case_that_is_turned_away_asks_its_fee_back_by_itself(charging: Cast) -> None:
    case, order = submitted(charging)
    body, signature = pay_at_provider(order)
    receive_notice(body=body, signature=signature)
    cases.declare_not_required(actor=charging.counter, case_id=case.pk, reasons="仅销售预包装食品")
    refund = Refund.objects.get()
    assert (refund.is_owed, refund.amount, refund.asked_by) == (True, order.amount, None)


def test_who_is_exempt_pays_less_or_nothing(cast: Cast) -> None:
    exempt = {"name": "小面积", "condition": "premises_area < 50", "basis": "测试减免规定", "formula": "20"}
    free = {"name": "单位食堂", "condition": "business_form == '单位食堂'", "basis": "测试减免规定"}
    charge(exemptions=[free, exempt])
    small = order_of(cast.submitted(premises_area="30"))
    assert (small.amount, small.exemption) == (2000, "小面积（测试减免规定）")


def test_a_waived_fee_holds_nobody_back(cast: Cast) -> None:
    charge(exemptions=[{"name": "全部免收", "condition": "premises_area > 0", "basis": "测试减免规定"}])
    case, order = submitted(cast)
    assert order.state == OrderState.WAIVED
    assert cases.accept_case(actor=cast.counter, case_id=case.pk).state == "accepted"
    with pytest.raises(payments.PaymentRefused, match="已经免缴"):
        payments.start_payment(actor=cast.owner, order_id=order.pk, return_url="/")


def test_a_fee_due_before_delivery_holds_the_licence_and_lets_it_go_when_paid(cast: Cast, run_jobs: Run) -> None:
    charge(when="delivery", formula="80")
    case = cast.granted()
    order = order_of(case)
    run_jobs()
    assert fresh(case).state == "granted"
    body, signature = pay_at_provider(order)
    receive_notice(body=body, signature=signature)
    run_jobs()
    assert fresh(case).state == "delivered"


def test_a_refusal_is_delivered_without_a_fee(cast: Cast, run_jobs: Run) -> None:
    charge(when="delivery", formula="80")
    case = cast.recommended("refuse")
    cases.refuse_case(actor=cast.approver, case_id=case.pk, reasons="布局不符", legal_basis="《食品安全法》第三十三条")
    run_jobs()
    assert fresh(case).state == "delivered"
    assert not PaymentOrder.objects.exists()


def test_silence_accepts_all_the_same_and_the_fee_stays_due(charging: Cast) -> None:
    """受理期限届满视为受理 doesn't wait for money; the licence does."""
    case, order = submitted(charging)
    with as_of(timezone.now() + timedelta(days=40)):
        assert cases.deem_accepted(case_id=case.pk)
    order.refresh_from_db()
    assert (fresh(case).state, order.state) == ("accepted", OrderState.DUE)


def test_the_books_take_no_change_and_no_imbalance(charging: Cast) -> None:
    _case, order = submitted(charging)
    payments.collect_fee(actor=charging.counter, order_id=order.pk, way="cash", receipt_number="SJ-1")
    line = LedgerLine.objects.first()
    assert line is not None
    with pytest.raises(ProgrammingError, match="only added to"), transaction.atomic():
        LedgerLine.objects.filter(pk=line.pk).update(amount=1)
    with pytest.raises(ProgrammingError, match="only added to"), transaction.atomic():
        line.delete()
    LedgerLine.objects.create(posting=line.posting, account="cash", amount=5)
    with pytest.raises(ProgrammingError, match="out of balance"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_providers_door_wants_a_signature_and_no_session(charging: Cast) -> None:
    _case, order = submitted(charging)
    body, signature = pay_at_provider(order)
    door = Client(enforce_csrf_checks=True)

    def knock(content: bytes, signed: str, provider: str = "trial") -> int:
        return door.post(
            f"/payments/notify/{provider}/",
            content,
            content_type="application/json",
            headers={"X-Payment-Signature": signed},
        ).status_code

    assert knock(body, "wrong") == 401
    assert knock(body, signature, "bank") == 404
    assert knock(b"x" * 5000, signature) == 413
    assert (knock(body, signature), knock(body, signature)) == (200, 200)
    assert door.get("/payments/notify/trial/").status_code == 405
    order.refresh_from_db()
    assert order.state == OrderState.PAID


def test_the_platform_asks_where_it_wasnt_told(charging: Cast) -> None:
    case, order = submitted(charging)
    payments.start_payment(actor=charging.owner, order_id=order.pk, return_url="/")
    now = timezone.now()
    assert ask_unknown(since=order.opened_at, before=now, most=10) == 1
    assert order_of(case).state == OrderState.DUE
    pay_at_provider(order)
    assert ask_unknown(since=order.opened_at, before=timezone.now(), most=10) == 1
    assert order_of(case).state == OrderState.PAID
    assert ask_unknown(since=order.opened_at, before=timezone.now(), most=10) == 0
