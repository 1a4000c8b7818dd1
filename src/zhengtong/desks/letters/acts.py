"""The acts on a letter in the order in which its page offers them: the first that is possible is the main one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhengtong.capabilities.letters import public as letters
from zhengtong.capabilities.letters.public import Letter, Node, State
from zhengtong.core.worklist.public import WorkItem, WorkState
from zhengtong.desks.letters import forms
from zhengtong.kernel.modules import Text
from zhengtong.kernel.policy import Actor, can


@dataclass(frozen=True)
class Situation:
    """A letter as one person meets it: what is open of it, and what of that is hers to do."""

    letter: Letter
    actor: Actor
    items: tuple[WorkItem, ...]

    @classmethod
    def of(cls, letter: Letter, actor: Actor) -> "Situation":
        open_items = WorkItem.objects.filter(
            reference=letter.number, kind__startswith="letters.", state=WorkState.OPEN
        ).select_related("assignee__staff", "organisation")
        return cls(letter, actor, tuple(open_items.order_by("id")))

    def item(self, node: Node) -> WorkItem | None:
        """Return the open item of ``node`` that is hers, or free and hers to take."""
        for item in self.items:
            if (
                item.kind == node.kind
                and item.assignee_id in (None, self.actor.appointment)
                and item.organisation_id in self.actor.reach(item.permission)
            ):
                return item
        return None

    def may(self, permission: str) -> bool:
        return can(self.actor, permission, self.letter)


Offers = Callable[[Situation], Sequence[Any]]


@dataclass(frozen=True)
class LetterAct:
    """One act. ``node``: it finishes that work, so the work has to be hers. Without one ``permission`` and ``when``
    decide. ``form`` None: it is done at once. ``offices`` gives the organisations that can be chosen."""

    code: str
    title: Text
    done: Text
    perform: Callable[[Situation, dict[str, Any]], object]
    node: Node | None = None
    permission: str = ""
    when: Callable[[Letter], bool] = lambda _letter: True
    form: type[forms.ActForm] | None = None
    offices: Offers = lambda _situation: ()
    initial: Callable[[Letter], dict[str, Any]] = lambda _letter: {}
    lead: Text = ""
    is_grave: bool = False

    def is_for(self, situation: Situation) -> bool:
        if self.node is not None and situation.item(self.node) is None:
            return False
        if self.permission and not situation.may(self.permission):
            return False
        return self.when(situation.letter)


def _simply(service: Callable[..., object]) -> Callable[[Situation, dict[str, Any]], object]:
    """Call a service with what the form holds under the service's own names."""

    def perform(situation: Situation, given: dict[str, Any]) -> object:
        return service(actor=situation.actor, letter_id=situation.letter.pk, **given)

    return perform


def _with_office(service: Callable[..., object]) -> Callable[[Situation, dict[str, Any]], object]:
    def perform(situation: Situation, given: dict[str, Any]) -> object:
        chosen = _organisations(situation).get(pk=given.pop("organisation"))
        return service(actor=situation.actor, letter_id=situation.letter.pk, organisation=chosen, **given)

    return perform


def _organisations(situation: Situation) -> Any:
    if situation.may(letters.DISPATCH):
        return letters.list_receivers(situation.actor)
    return letters.list_helpers(situation.letter)


def accept(situation: Situation, given: dict[str, Any]) -> object:
    category = letters.list_categories().filter(pk=given["category"]).first()
    return letters.accept_letter(
        actor=situation.actor, letter_id=situation.letter.pk, category=category, version=given["version"]
    )


def give_opinion(situation: Situation, given: dict[str, Any]) -> object:
    item = situation.item(Node.COOPERATION)
    assert item is not None  # the act is only offered with it
    return letters.give_opinion(actor=situation.actor, cooperation_id=item.object_id, opinion=given["opinion"])


def offer_receivers(situation: Situation) -> Sequence[Any]:
    """Return first whom the rules suggest, with the reason, then everybody who can handle letters."""
    rules = letters.suggest_offices(situation.letter)
    able = {office.pk: office for office in letters.list_receivers(situation.actor)}
    suggested = [
        (rule.organisation_id, f"{rule.organisation.name}（{rule.note or _why(rule)}）")
        for rule in rules
        if rule.organisation_id in able
    ]
    shown = {pk for pk, _title in suggested}
    others = [(pk, office.name) for pk, office in able.items() if pk not in shown]
    groups: list[Any] = [] if suggested else [("", _("请选择"))]
    if suggested:
        groups.append((_("按规则推荐"), suggested))
    return [*groups, (_("其他单位"), others)]


def _why(rule: Any) -> str:
    return " · ".join(each.name for each in (rule.region, rule.category) if each is not None)


def offer_helpers(situation: Situation) -> Sequence[Any]:
    return [("", _("请选择")), *((office.pk, office.name) for office in letters.list_helpers(situation.letter))]


def _is(*states: State) -> Callable[[Letter], bool]:
    return lambda letter: letter.state in states


def _may_extend(letter: Letter) -> bool:
    return letter.state == State.HANDLING and not hasattr(letter, "extension")


def _category(letter: Letter) -> dict[str, Any]:
    return {"category": letter.category_id}


ACTS = (
    LetterAct(
        "accept",
        pgettext_lazy("act", "受理"),
        _("已受理 %(number)s"),
        accept,
        Node.ACCEPTANCE,
        form=forms.AcceptForm,
        initial=_category,
        lead=_("核对类别，受理后由派发员派给承办单位。"),
    ),
    LetterAct(
        "dispatch",
        pgettext_lazy("act", "派发"),
        _("已派发 %(number)s"),
        _with_office(letters.dispatch_letter),
        Node.DISPATCH,
        form=forms.DispatchForm,
        offices=offer_receivers,
        lead=_("推荐的单位由派发规则给出，您来确定。"),
    ),
    LetterAct(
        "sign",
        _("签收"),
        _("已签收 %(number)s"),
        lambda s, _given: letters.sign_letter(actor=s.actor, letter_id=s.letter.pk),
        Node.HANDLING,
        when=_is(State.DISPATCHED, State.REOPENED),
    ),
    LetterAct(
        "answer",
        _("拟写答复"),
        _("答复已提交审核"),
        _simply(letters.draft_answer),
        Node.HANDLING,
        when=_is(State.HANDLING),
        form=forms.AnswerForm,
        lead=_("答复由另一人审核后发给来信人。"),
    ),
    LetterAct(
        "approve",
        _("审核通过并发出"),
        _("答复已发出"),
        _simply(letters.approve_answer),
        Node.APPROVAL,
        form=forms.OpinionForm,
        lead=_("通过后立即发给来信人。"),
    ),
    LetterAct(
        "reject", _("退回修改"), _("已退回修改"), _simply(letters.reject_answer), Node.APPROVAL, form=forms.RejectForm
    ),
    LetterAct(
        "decide-extension",
        _("审批延期"),
        _("已作出决定"),
        _simply(letters.decide_extension),
        Node.EXTENSION,
        form=forms.DecideForm,
    ),
    LetterAct("opinion", _("提出协办意见"), _("已提出协办意见"), give_opinion, Node.COOPERATION, form=forms.HelpForm),
    LetterAct(
        "recheck", _("整改回访"), _("已记录回访"), _simply(letters.recheck), Node.RECHECK, form=forms.RecheckForm
    ),
    LetterAct(
        "rectify",
        _("报告整改"),
        _("整改已提交回访"),
        _simply(letters.rectify),
        Node.RECTIFICATION,
        form=forms.RectifyForm,
    ),
    LetterAct("call", _("记录回访"), _("已记录回访"), _simply(letters.record_call), Node.CALLBACK, form=forms.CallForm),
    LetterAct(
        "extend",
        _("申请延期"),
        _("已申请延期"),
        _simply(letters.request_extension),
        Node.HANDLING,
        when=_may_extend,
        form=forms.ExtensionForm,
        lead=_("期限届满前申请，每封来信一次，由受理单位批准。"),
    ),
    LetterAct(
        "cooperate",
        _("请单位协办"),
        _("已请单位协办"),
        _with_office(letters.ask_cooperation),
        Node.HANDLING,
        when=_is(State.HANDLING),
        form=forms.CooperationForm,
        offices=offer_helpers,
    ),
    LetterAct(
        "return",
        _("退回派发员"),
        _("已退回派发员"),
        _simply(letters.return_letter),
        Node.HANDLING,
        when=_is(State.DISPATCHED, State.HANDLING),
        form=forms.ReasonForm,
        is_grave=True,
    ),
    LetterAct(
        "decline",
        _("不予受理"),
        _("已告知来信人不予受理"),
        _simply(letters.decline_letter),
        Node.ACCEPTANCE,
        form=forms.ReasonForm,
        lead=_("理由会原文告知来信人。"),
        is_grave=True,
    ),
    LetterAct(
        "transfer",
        _("改派"),
        _("已改派"),
        _with_office(letters.transfer_letter),
        permission=letters.DISPATCH,
        when=_is(State.DISPATCHED, State.HANDLING, State.REOPENED),
        form=forms.TransferForm,
        offices=offer_receivers,
    ),
    LetterAct(
        "urge",
        _("催办"),
        _("已催办"),
        lambda s, _given: letters.urge_office(actor=s.actor, letter_id=s.letter.pk),
        permission=letters.DISPATCH,
        when=_is(State.DISPATCHED, State.HANDLING, State.APPROVING, State.REOPENED),
    ),
    LetterAct(
        "decline-publication",
        _("不公开"),
        _("已记录不公开"),
        lambda s, _given: letters.decline_publication(actor=s.actor, letter_id=s.letter.pk),
        Node.PUBLICATION,
    ),
    LetterAct(
        "withdraw-publication",
        _("撤下公开的来信"),
        _("已撤下"),
        lambda s, _given: letters.withdraw_publication(actor=s.actor, letter_id=s.letter.pk),
        permission=letters.PUBLISH,
        when=lambda letter: hasattr(letter, "published") and not letter.published.is_withdrawn,
        is_grave=True,
    ),
    LetterAct(
        "publish-again",
        _("重新公开"),
        _("已重新公开"),
        lambda s, _given: letters.withdraw_publication(actor=s.actor, letter_id=s.letter.pk),
        permission=letters.PUBLISH,
        when=lambda letter: hasattr(letter, "published") and letter.published.is_withdrawn,
    ),
)
BY_CODE = {act.code: act for act in ACTS}
