"""Payment orders, the money that came and went, the books, what the provider said, and the days' reconciliation.

Amounts are whole fen (分).
"""

from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhengtong.capabilities.cases.public import FeeTime
from zhengtong.capabilities.payments.domain import DifferenceKind as Differs
from zhengtong.capabilities.payments.domain import LedgerAccount as Account
from zhengtong.capabilities.payments.domain import OrderState as State
from zhengtong.capabilities.payments.domain import Verdict as Judged
from zhengtong.capabilities.payments.domain import Way as By

FEN = Decimal(100)


def in_yuan(fen: int) -> Decimal:
    """Return fen as yuan with two decimals."""
    return (Decimal(fen) / FEN).quantize(Decimal("0.01"))


class OrderState(models.TextChoices):
    DUE = State.DUE.value, _("待缴")
    PAID = State.PAID.value, _("已缴")
    PART_REFUNDED = State.PART_REFUNDED.value, _("部分退费")
    REFUNDED = State.REFUNDED.value, _("已退费")
    CLOSED = State.CLOSED.value, _("已关闭")
    WAIVED = State.WAIVED.value, _("免缴")


class Way(models.TextChoices):
    ONLINE = By.ONLINE.value, _("网上支付")
    CASH = By.CASH.value, _("窗口现金")
    CARD = By.CARD.value, _("窗口刷卡")


class LedgerAccount(models.TextChoices):
    ONLINE = Account.ONLINE.value, _("支付渠道待结算")
    CASH = Account.CASH.value, _("库存现金")
    CARD = Account.CARD.value, _("刷卡待结算")
    TREASURY = Account.TREASURY.value, _("应缴财政款")
    SUSPENSE = Account.SUSPENSE.value, _("暂收待退款")


class RefundState(models.TextChoices):
    ASKED = "asked", _("待审批")
    APPROVED = "approved", _("已批准，正在退款")
    REFUSED = "refused", pgettext_lazy("refund", "不予退费")
    DONE = "done", _("已退款")


class Verdict(models.TextChoices):
    ACCEPTED = Judged.ACCEPTED.value, _("入账")
    PAID_TWICE = Judged.PAID_TWICE.value, _("重复缴款，转退款")
    AFTER_CLOSE = Judged.AFTER_CLOSE.value, _("关闭后到账，转退款")
    REPEATED = Judged.REPEATED.value, _("重复通知")
    WRONG_SIGNATURE = Judged.WRONG_SIGNATURE.value, _("签名不对")
    UNREADABLE = Judged.UNREADABLE.value, _("内容无法识别")
    UNKNOWN_ORDER = Judged.UNKNOWN_ORDER.value, _("没有这张缴款单")
    WRONG_AMOUNT = Judged.WRONG_AMOUNT.value, _("金额不符")
    NOT_PAID = Judged.NOT_PAID.value, _("未支付")


class DifferenceKind(models.TextChoices):
    LONG = Differs.LONG.value, _("长款：渠道有，我方没有")
    SHORT = Differs.SHORT.value, _("短款：我方有，渠道没有")
    AMOUNT = Differs.AMOUNT.value, _("金额不符")


class PaymentOrder(models.Model):
    """缴款单: what one case owes for one fee. ``number`` is the trade number at the provider as well.

    ``fee_code`` is the entry in the fee list; name, standard and exemption are copies of the moment. ``paid`` is what
    was paid of it, ``refunded`` what of that went back; money that nobody asked for is in receipts and refunds only.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(_("缴款单号"), max_length=24, unique=True, db_collation="C")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+", verbose_name=_("办件"))
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("执收单位")
    )
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    legal_entity = models.ForeignKey("identity.LegalEntity", on_delete=models.PROTECT, null=True, related_name="+")
    payer_name = models.CharField(_("缴款人"), max_length=120)
    item_name = models.CharField(_("事项"), max_length=100)
    fee_code = models.CharField(_("收费项目编码"), max_length=60)
    fee_name = models.CharField(_("收费项目"), max_length=200)
    standard = models.CharField(_("收费标准"), max_length=300)
    exemption = models.CharField(_("减免"), max_length=300, blank=True, default="")
    due_before = models.CharField(
        _("缴费时间"),
        max_length=12,
        choices=[(FeeTime.ACCEPTANCE.value, _("受理前")), (FeeTime.DELIVERY.value, _("领证前"))],
    )
    amount = models.PositiveBigIntegerField(_("金额（分）"))
    paid = models.PositiveBigIntegerField(_("已缴（分）"), default=0)
    refunded = models.PositiveBigIntegerField(_("已退（分）"), default=0)
    state = models.CharField(_("状态"), max_length=14, choices=OrderState.choices, default=OrderState.DUE)
    way = models.CharField(_("缴款方式"), max_length=8, choices=Way.choices, blank=True, default="")
    opened_at = models.DateTimeField(_("开具时间"))
    # When the payer was last sent to the provider, and when the provider was last asked: nobody knows until it answers.
    sent_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(_("缴款时间"), null=True)
    closed_at = models.DateTimeField(_("关闭时间"), null=True)
    closed_reason = models.CharField(_("关闭原因"), max_length=200, blank=True, default="")
    paper = models.ForeignKey("papers.Paper", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("缴款单")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["case"], name="orders_of_case"),
            models.Index(fields=["account", "-id"], name="orders_by_account"),
            models.Index(fields=["legal_entity", "-id"], name="orders_by_entity"),
            models.Index(fields=["organisation", "state", "-id"], name="orders_by_organ"),
            models.Index(
                fields=["sent_at"], condition=models.Q(state="due", sent_at__isnull=False), name="orders_sent"
            ),
            models.Index(fields=["payer_name"], opclasses=["varchar_pattern_ops"], name="orders_by_payer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "fee_code"], condition=~models.Q(state="closed"), name="one_order_a_case_and_fee"
            ),
            models.CheckConstraint(condition=models.Q(refunded__lte=models.F("paid")), name="refunded_is_paid"),
            models.CheckConstraint(
                condition=models.Q(paid=0) | models.Q(paid=models.F("amount")), name="paid_is_nothing_or_all"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def yuan(self) -> Decimal:
        return in_yuan(self.amount)

    @property
    def refunded_yuan(self) -> Decimal:
        return in_yuan(self.refunded)


class Receipt(models.Model):
    """来款: money that came, once for each ``reference`` of the provider or number of a counter's receipt.

    ``order`` is null, or ``is_owed`` False, for money that nobody asked for.
    """

    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, null=True, related_name="receipts")
    way = models.CharField(_("方式"), max_length=8, choices=Way.choices)
    reference = models.CharField(_("流水号"), max_length=64)
    amount = models.PositiveBigIntegerField(_("金额（分）"))
    is_owed = models.BooleanField(default=True)
    at = models.DateTimeField(_("时间"))
    collected_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("来款")
        ordering = ["id"]
        indexes = [models.Index(fields=["way", "at"], name="receipts_by_day")]
        constraints = [models.UniqueConstraint(fields=["way", "reference"], name="a_receipt_once")]

    def __str__(self) -> str:
        return self.reference


class Refund(models.Model):
    """退费: asked by the payer, a clerk, or the platform for money that nobody owed; approved by another officer."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(_("退款单号"), max_length=24, unique=True, db_collation="C")
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("缴款单"))
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    # What came by mistake goes back by the receipt that it came with.
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="+")
    amount = models.PositiveBigIntegerField(_("退款金额（分）"))
    is_owed = models.BooleanField(default=True)
    reason = models.CharField(_("退费原因"), max_length=300)
    state = models.CharField(_("状态"), max_length=10, choices=RefundState.choices, default=RefundState.ASKED)
    asked_at = models.DateTimeField(_("申请时间"))
    asked_by_name = models.CharField(_("申请人"), max_length=80)
    asked_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    decided_by = models.ForeignKey(
        "identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("审批人")
    )
    opinion = models.CharField(_("审批意见"), max_length=300, blank=True, default="")
    reference = models.CharField(_("退款流水号"), max_length=64, blank=True, default="")
    trouble = models.CharField(_("退款未成的原因"), max_length=200, blank=True, default="")
    done_at = models.DateTimeField(_("退款时间"), null=True)

    class Meta:
        verbose_name = _("退费")
        ordering = ["-id"]
        indexes = [models.Index(fields=["organisation", "state", "-id"], name="refunds_by_organ")]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_refund_of_something"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "refused", "done"]) | models.Q(decided_at__isnull=False),
                name="refunds_are_decided",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def yuan(self) -> Decimal:
        return in_yuan(self.amount)


class Posting(models.Model):
    """记账凭证: one booking, its lines add up to nothing. ``key`` names what was booked, so nothing is booked twice.

    Postings and their lines are only added to: the database refuses to change them.
    """

    key = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField(_("时间"))
    words = models.CharField(_("摘要"), max_length=200)
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, null=True, related_name="postings")

    class Meta:
        verbose_name = _("记账凭证")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.key


class LedgerLine(models.Model):
    """分录: an amount in fen on one account, debit above nothing, credit below."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="lines")
    account = models.CharField(_("科目"), max_length=10, choices=LedgerAccount.choices)
    amount = models.BigIntegerField(_("金额（分）"))

    class Meta:
        verbose_name = _("分录")
        ordering = ["id"]
        indexes = [models.Index(fields=["account", "id"], name="lines_by_account")]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"

    @property
    def yuan(self) -> Decimal:
        return in_yuan(self.amount)


class Notification(models.Model):
    """What a provider told us, as it came, and what it led to. Each is kept, the unusable as well."""

    provider = models.CharField(_("支付渠道"), max_length=20)
    received_at = models.DateTimeField(_("收到时间"))
    body = models.TextField(_("内容"))
    verdict = models.CharField(_("处理结果"), max_length=16, choices=Verdict.choices)
    order = models.ForeignKey(
        PaymentOrder, on_delete=models.PROTECT, null=True, related_name="notifications", verbose_name=_("缴款单")
    )
    trade = models.CharField(_("单号"), max_length=64, blank=True, default="")
    reference = models.CharField(_("流水号"), max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("支付通知")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.trade} {self.verdict}"


class Reconciliation(models.Model):
    """每日对账: what the books and the provider's statement say of one day."""

    day = models.DateField(_("日期"), unique=True)
    run_at = models.DateTimeField(_("对账时间"))
    run_by_name = models.CharField(_("对账人"), max_length=80)
    our_count = models.PositiveIntegerField(_("我方笔数"), default=0)
    our_sum = models.BigIntegerField(_("我方净额（分）"), default=0)
    their_count = models.PositiveIntegerField(_("渠道笔数"), default=0)
    their_sum = models.BigIntegerField(_("渠道净额（分）"), default=0)

    class Meta:
        verbose_name = _("每日对账")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}"

    @property
    def our_yuan(self) -> Decimal:
        return in_yuan(self.our_sum)

    @property
    def their_yuan(self) -> Decimal:
        return in_yuan(self.their_sum)


class Difference(models.Model):
    """One difference of a day, until a person settles it with a reason. ``is_refund``: money that went back."""

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="differences")
    kind = models.CharField(_("差异"), max_length=8, choices=DifferenceKind.choices)
    trade = models.CharField(_("单号"), max_length=64)
    reference = models.CharField(_("流水号"), max_length=64)
    is_refund = models.BooleanField(_("退款"), default=False)
    our_amount = models.BigIntegerField(_("我方金额（分）"), default=0)
    their_amount = models.BigIntegerField(_("渠道金额（分）"), default=0)
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(_("处理时间"), null=True)
    settled_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("处理说明"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("对账差异")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["reconciliation", "reference", "is_refund"], name="a_difference_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.trade}"

    @property
    def our_yuan(self) -> Decimal:
        return in_yuan(self.our_amount)

    @property
    def their_yuan(self) -> Decimal:
        return in_yuan(self.their_amount)


class TrialTrade(models.Model):
    """The test provider's own row of a trade; nobody but the test provider reads it."""

    trade = models.CharField(max_length=64, unique=True)
    subject = models.CharField(max_length=200)
    amount = models.PositiveBigIntegerField()
    return_url = models.CharField(max_length=300)
    state = models.CharField(max_length=8, default="open")
    reference = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("测试渠道交易")
        indexes = [models.Index(fields=["paid_at"], name="trial_by_day")]

    def __str__(self) -> str:
        return self.trade

    @property
    def yuan(self) -> Decimal:
        return in_yuan(self.amount)


class TrialRefund(models.Model):
    """The test provider's own row of a refund."""

    trade = models.ForeignKey(TrialTrade, on_delete=models.PROTECT, related_name="refunds")
    number = models.CharField(max_length=64, unique=True)
    amount = models.PositiveBigIntegerField()
    reference = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("测试渠道退款")
        indexes = [models.Index(fields=["at"], name="trial_refunds_by_day")]

    def __str__(self) -> str:
        return self.number
