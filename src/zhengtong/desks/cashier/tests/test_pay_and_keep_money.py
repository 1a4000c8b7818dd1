"""What payers and cashiers see: pages, refusals in words, nobody else's money."""

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from tests.cast import Cast
from tests.conformance.samples import SIGNS_IN
from zhengtong.capabilities.payments.models import Difference, OrderState, PaymentOrder, Refund, TrialTrade
from zhengtong.capabilities.payments.providers import ProviderDown, TradeNotice
from zhengtong.capabilities.payments.tests.samples import charge, submitted
from zhengtong.capabilities.payments.trial import TrialProvider


class SilentProvider(TrialProvider):
    """A provider that takes orders and doesn't answer questions."""

    def query(self, trade: str) -> TradeNotice:
        raise ProviderDown


def browser(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[name], SIGNS_IN)
    return client


def owner_of(cast: Cast) -> Client:
    """Return the owner's browser, in which she acts for her enterprise."""
    client = browser(cast, "owner")
    client.post("/account/capacity/", {"capacity": f"mandate-{cast.owner.mandate}", "next": "/"})
    return client


@pytest.fixture
def order(cast: Cast) -> PaymentOrder:
    charge(formula="100")
    return submitted(cast)[1]


def test_a_payer_finds_pays_and_asks_back(cast: Cast, order: PaymentOrder) -> None:
    owner, home = owner_of(cast), f"/hall/payments/{order.public_id}/"
    assert "待缴" in owner.get("/hall/payments/").content.decode()
    cashier_page = owner.post(f"{home}pay/")
    assert cashier_page["Location"] == f"/payments/trial/{order.number}/"
    assert "不会真的扣款" in owner.get(cashier_page["Location"]).content.decode()
    assert "还没有收到这笔缴款" in owner.get(f"{home}return/", follow=True).content.decode()
    back = owner.post(cashier_page["Location"], {"pay": "yes"})
    assert back["Location"] == f"{home}return/"
    assert "已收到您的缴款" in owner.get(back["Location"], follow=True).content.decode()
    assert "已经缴过" in owner.post(f"{home}pay/", follow=True).content.decode()
    too_much = owner.post(f"{home}refund/", {"amount": "100.01", "reason": "不办了"})
    assert too_much.status_code == 422
    assert "最多还能退 100.00 元" in too_much.content.decode()
    assert owner.post(f"{home}refund/", {"amount": "100", "reason": "不办了"}).status_code == 302
    assert Refund.objects.get().amount == 10000


def test_what_was_tampered_with_on_the_way_changes_nothing(cast: Cast, order: PaymentOrder) -> None:
    """The amount is the order's: nothing that a browser sends is asked."""
    owner = owner_of(cast)
    owner.post(f"/hall/payments/{order.public_id}/pay/", {"amount": "1"})
    assert TrialTrade.objects.get(trade=order.number).amount == 10000


def test_another_persons_order_doesnt_exist(cast: Cast, order: PaymentOrder) -> None:
    other, home = browser(cast, "citizen"), f"/hall/payments/{order.public_id}/"
    for path in ("", "return/"):
        assert other.get(f"{home}{path}").status_code == 404
    for path in ("pay/", "refund/"):
        assert other.post(f"{home}{path}").status_code == 404
    assert order.number not in other.get("/hall/payments/").content.decode()
    order.refresh_from_db()
    assert order.sent_at is None


@override_settings(PAYMENT_PROVIDER=f"{__name__}.SilentProvider")
def test_a_silent_provider_is_said_so_and_the_order_stays(cast: Cast, order: PaymentOrder) -> None:
    owner, home = owner_of(cast), f"/hall/payments/{order.public_id}/"
    owner.post(f"{home}pay/")
    assert "已经付款的不要再付" in owner.get(f"{home}return/", follow=True).content.decode()
    order.refresh_from_db()
    assert order.state == OrderState.DUE


@override_settings(DEMO=False)
def test_without_the_demo_nobody_is_led_to_the_test_page(cast: Cast, order: PaymentOrder) -> None:
    owner = owner_of(cast)
    answer = owner.post(f"/hall/payments/{order.public_id}/pay/", follow=True).content.decode()
    assert "请到窗口缴费" in answer


def test_the_case_page_says_what_is_due_to_payer_and_clerk(cast: Cast, order: PaymentOrder) -> None:
    assert "去缴费 100元" in owner_of(cast).get(f"/hall/cases/{order.case.public_id}/").content.decode()
    counter = browser(cast, "counter")
    page = f"/desk/window/cases/{order.case.number}/"
    assert "窗口收费" in counter.get(page).content.decode()
    version = order.case.version
    refused = counter.post(f"{page}accept/", {"version": version, "opinion": ""})
    assert refused.status_code == 422
    assert "缴清后才能受理" in refused.content.decode()
    typed = {"version": version, "order_number": order.number, "way": "cash", "receipt_number": "SJ-1"}
    assert counter.post(f"{page}collect/", {**typed, "confirmed": "yes"}).status_code == 302
    assert counter.post(f"{page}accept/", {"version": version, "opinion": ""}).status_code == 302


def test_the_cashier_reconciles_and_settles(cast: Cast, order: PaymentOrder) -> None:
    cashier, now = browser(cast, "cashier"), timezone.now()
    today = timezone.localdate()
    assert cashier.get("/desk/cashier/").status_code == 200
    TrialTrade.objects.create(
        trade="JK20200101000001",
        subject="x",
        amount=500,
        return_url="/",
        state="paid",
        reference="T-1",
        created_at=now,
        paid_at=now,
    )
    run = cashier.post("/desk/cashier/days/run/", {"day": today.isoformat()})
    assert run["Location"] == f"/desk/cashier/days/{today}/"
    assert "长款" in cashier.get(run["Location"]).content.decode()
    assert "T-1" in cashier.get(f"{run['Location']}differences.csv").content.decode()
    difference = f"{run['Location']}differences/"
    settle = f"{difference}{Difference.objects.get().pk}/"
    assert cashier.post(settle, {"reason": ""}).status_code == 422
    assert cashier.post(settle, {"reason": "外地误缴，已退"}).status_code == 302
    assert "差异已处理" in cashier.get("/desk/cashier/days/").content.decode()
    assert "已经处理过" in cashier.post(settle, {"reason": "再来"}, follow=True).content.decode()
    assert cashier.post(f"{difference}99999/", {"reason": "x"}).status_code == 302
    assert cashier.post("/desk/cashier/days/run/", {"day": "2999-01-01"}).status_code == 422
    assert cashier.get("/desk/cashier/days/2026-02-31/").status_code == 404
    for name in ("counter", "refund_approver"):
        assert browser(cast, name).get("/desk/cashier/days/").status_code == 403
