"""What each notice of a case is filled with: one dictionary a template, named after it.

Number, title, issuing organisation and date of a paper aren't part of its content: they are arguments of
``issue_paper`` and are printed from the paper itself. Days are ``date`` (or ISO text), moments aware
``datetime``, printed in China's time. Every limit is a
number from the dated rows that the clock used; a template never holds one.
"""

from datetime import date, datetime
from typing import NotRequired, TypedDict


class Common(TypedDict):
    """What every notice holds. The contact is the handling office's, for questions."""

    applicant_name: str
    item_name: str
    case_number: str
    contact_name: NotRequired[str]
    contact_phone: NotRequired[str]
    contact_address: NotRequired[str]
    handled_by: NotRequired[str]  # agent and principal, where it was done under a delegation


class Remedies(TypedDict):
    """行政复议法 art. 20, 行政诉讼法 art. 46: what may be done, in the words of the dated rows, and where.

    ``texts`` are the rows' sentences in their order; without them the periods are printed from the numbers.
    """

    texts: NotRequired[list[str]]
    review_body: str
    review_days: NotRequired[int]
    court: str
    court_months: NotRequired[int]


class ReceivedMaterial(TypedDict):
    """``form`` says original, copy or electronic file (原件 复印件 电子件)."""

    name: str
    form: str
    count: int


class ReceivedPart(TypedDict):
    """An item of a bundle, and the organ that handles it."""

    name: str
    organ: str


class ReceiptContent(Common):
    """receipt.typ 申请材料接收凭证 (行政许可法 art. 32 ¶ 2: sealed and dated)."""

    received_at: datetime
    channel: str  # 网上申请, 窗口申请
    materials: list[ReceivedMaterial]
    parts: NotRequired[list[ReceivedPart]]
    expected_on: NotRequired[date]
    promised_days: NotRequired[int]
    receiver: NotRequired[str]


class AcceptanceContent(Common):
    """acceptance.typ 受理通知书 (art. 32 ¶ 1 (5); deemed accepted: ¶ 1 (4))."""

    received_on: date
    accepted_on: date
    is_deemed: bool
    statutory_days: int
    statutory_due_on: date
    promised_days: NotRequired[int]
    promised_due_on: NotRequired[date]
    is_provisional: NotRequired[bool]  # a year in the period has no announced holidays yet
    legal_basis: NotRequired[str]  # of the limit, 《…》第…条


class Redirect(TypedDict):
    """The organisation that is competent."""

    organisation_name: str
    address: NotRequired[str]
    phone: NotRequired[str]


class RejectionContent(Common):
    """rejection_not_competent.typ and rejection_not_required.typ 不予受理决定书 (art. 32 ¶ 1 (1), (2)).

    ``redirect`` belongs to the first only.
    """

    received_on: date
    reasons: str
    redirect: NotRequired[Redirect]
    remedies: NotRequired[Remedies]


class CorrectionMark(TypedDict):
    """One thing to put right. ``where`` is a material or a form field, ``problem`` what is wrong with it."""

    where: str
    problem: str
    requirement: str


class CorrectionContent(Common):
    """correction.typ 补正材料通知书 (art. 32 ¶ 1 (4): once, everything)."""

    received_on: date
    marks: list[CorrectionMark]
    period_days: NotRequired[int]
    period_unit: NotRequired[str]  # 工作日 (default) or 日
    due_on: NotRequired[date]
    how: NotRequired[str]  # where and how to hand it in


class Officer(TypedDict):
    name: str
    certificate_number: str  # 执法证号


class SiteVisitContent(Common):
    """site_visit.typ 现场核查通知书 (art. 34 ¶ 3: at least two officers; art. 45: the time told in writing).

    ``excluded_days`` is None when the time of the visit counts. ``new_due_on`` is the deadline if the whole
    excluded time is used.
    """

    visit_at: datetime
    address: str
    officers: list[Officer]
    subjects: list[str]
    preparations: NotRequired[list[str]]
    excluded_days: NotRequired[int | None]
    excluded_from: NotRequired[date]
    excluded_matter: NotRequired[str]  # 检验、检测, 专家评审, …
    excluded_basis: NotRequired[str]
    new_due_on: NotRequired[date]


class SpecialProcedureContent(Common):
    """special_procedure.typ 特别程序告知书, of a hearing 听证通知书 (art. 45: the time told in writing; art. 48 ¶ 1: a
    hearing's time and place seven days ahead, and that the chair may be asked to withdraw).

    ``new_due_on`` is the deadline if the whole excluded time is used.
    """

    matter: str  # 听证, 专家评审, 检验 …
    reason: str
    excluded_days: int
    excluded_from: date
    excluded_basis: str
    new_due_on: date
    is_hearing: NotRequired[bool]
    conducted_by: NotRequired[str]
    chair: NotRequired[str]
    planned_at: NotRequired[datetime]
    place: NotRequired[str]


class ExtensionContent(Common):
    """extension.typ 延长办理期限告知书 (art. 42: once, approved by the organ's head, reasons told)."""

    accepted_on: date
    original_due_on: date
    extended_days: int
    new_due_on: date
    reasons: str
    approved_by: str  # the office that approved it, 本机关负责人 …
    legal_basis: str


class GrantContent(Common):
    """grant.typ 准予行政许可决定书 (art. 38 ¶ 1, 40, 44)."""

    accepted_on: date
    legal_basis: str
    decision: NotRequired[str]  # 准予登记, where it isn't 准予行政许可
    licence_name: str
    licence_number: NotRequired[str]
    scope: list[tuple[str, str]]  # what is permitted: label and value
    valid_from: NotRequired[date]
    valid_until: NotRequired[date]
    delivery_days: NotRequired[int]
    obligations: NotRequired[list[str]]


class RefusalReason(TypedDict):
    """A fact found, and the rule that it doesn't satisfy."""

    fact: str
    article: str


class RefusalContent(Common):
    """refusal.typ 不予行政许可决定书 (art. 38 ¶ 2: reasons and remedies)."""

    accepted_on: date
    decision: NotRequired[str]  # 不予登记, where it isn't 不予行政许可
    reasons: list[RefusalReason]
    legal_basis: str
    remedies: Remedies


class WithdrawalContent(Common):
    """withdrawal.typ 终止办理通知书, after the applicant withdrew."""

    received_on: date
    withdrawn_on: date
    reason: NotRequired[str]
    returned_materials: NotRequired[list[str]]


class DeliveredPaper(TypedDict):
    title: str
    number: NotRequired[str]
    count: NotRequired[int]


class DeliveryContent(Common):
    """delivery.typ 送达回证. What isn't known yet is left blank to be filled in by hand."""

    papers: list[DeliveredPaper]
    method: str  # 网上送达, 直接送达, 邮寄送达, …
    address: NotRequired[str]
    server_names: NotRequired[str]
    recipient_name: NotRequired[str]
    delivered_at: NotRequired[datetime]
    remark: NotRequired[str]


class ConsultationContent(Common):
    """consultation.typ 征求意见函: from the handling organ to another office, not to the applicant."""

    addressee: str
    question: str
    days: int
    due_on: date
