"""Joining: the form, and one act after the other on a node's page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.nodes import public as nodes
from zhengtong.capabilities.nodes.public import APPROVE, OPERATE, VIEW, Act, Node
from zhengtong.desks.nodes.acting import ActPage, show_form
from zhengtong.desks.nodes.forms import AssessForm, CardForm, CompareForm, JoinForm, ReasonForm, RenewalForm
from zhengtong.kernel.policy import Actor, can
from zhengtong.screens.access import actor_of, for_staff


def _waits_for_renewal(node: Node) -> bool:
    return (
        nodes.can_act(node.state, Act.RENEW)
        and node.certificates.filter(fingerprint__in=node.offered, trusted_from=None).exists()
    )


ACTS = (
    ActPage(
        "assess",
        gettext_lazy("评估"),
        OPERATE,
        lambda node: nodes.can_act(node.state, Act.ASSESS),
        nodes.assess_node,
        gettext_lazy("已评估，送批准"),
        AssessForm,
    ),
    ActPage(
        "approve",
        gettext_lazy("批准接入"),
        APPROVE,
        lambda node: nodes.can_act(node.state, Act.APPROVE),
        nodes.approve_node,
        gettext_lazy("已批准，可以连接"),
        CompareForm,
        gettext_lazy(
            "批准后，本节点信任对方资料文件里的证书。请先打电话核对校验码，号码用单位的公开电话，不用文件里写的。"
        ),
    ),
    ActPage(
        "connect",
        gettext_lazy("连接"),
        OPERATE,
        lambda node: nodes.can_act(node.state, Act.CONNECT),
        nodes.connect_node,
        gettext_lazy("握手成功，链路已通"),
        lead=gettext_lazy("和对方双向核验证书，并互相签名应答。对方也要已经批准本节点。"),
    ),
    ActPage(
        "approve-renewal",
        gettext_lazy("批准新证书"),
        APPROVE,
        _waits_for_renewal,
        nodes.approve_renewal,
        gettext_lazy("新证书已生效，旧证书到期自动停用"),
        RenewalForm,
        gettext_lazy("请先打电话核对新的校验码。"),
    ),
    ActPage(
        "resume",
        gettext_lazy("恢复"),
        OPERATE,
        lambda node: nodes.can_act(node.state, Act.RESUME),
        nodes.resume_node,
        gettext_lazy("已恢复，等待的消息开始发送"),
    ),
    ActPage(
        "suspend",
        gettext_lazy("暂停"),
        OPERATE,
        lambda node: nodes.can_act(node.state, Act.SUSPEND),
        nodes.suspend_node,
        gettext_lazy("已暂停，消息保留"),
        ReasonForm,
        gettext_lazy("暂停期间不发也不收，待发的消息保留，恢复后按顺序发送。"),
        is_grave=True,
    ),
    ActPage(
        "refuse",
        gettext_lazy("不予批准"),
        APPROVE,
        lambda node: nodes.can_act(node.state, Act.REFUSE),
        nodes.refuse_node,
        gettext_lazy("已记录不予批准"),
        ReasonForm,
        is_grave=True,
    ),
    ActPage(
        "revoke",
        gettext_lazy("撤销"),
        APPROVE,
        lambda node: nodes.can_act(node.state, Act.REVOKE),
        nodes.revoke_node,
        gettext_lazy("已撤销，对方的证书不再信任"),
        ReasonForm,
        gettext_lazy("撤销后立即不再信任对方的任何证书。以后要再连，重新申请接入。"),
        is_grave=True,
    ),
)


def offer(actor: Actor, node: Node) -> list[dict[str, Any]]:
    """Return the acts that the reader may do now, with their addresses."""
    found: list[dict[str, Any]] = [
        {
            "title": act.title,
            "url": reverse("nodes_desk:node_act", args=[node.code, act.code]),
            "is_grave": act.is_grave,
        }
        for act in ACTS
        if can(actor, act.permission, node) and act.when(node)
    ]
    if can(actor, OPERATE, node) and nodes.can_act(node.state, Act.RENEW):
        url = reverse("nodes_desk:node_act", args=[node.code, "renew"])
        found.append({"title": _("登记对方的新证书"), "url": url, "is_grave": True})
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(OPERATE)
def join(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if nodes.get_own_node() is None:
        return redirect("nodes_desk:set_up")
    form = JoinForm(request.POST or None, request.FILES or None)

    def do(given: dict[str, Any]) -> None:
        nodes.apply_node(
            actor=actor,
            bundle=_read_card(actor, form),
            relation=given["relation"],
            mode=given["mode"],
            reason=given["reason"],
        )

    return show_form(
        request,
        form,
        do,
        title=_("申请节点接入"),
        button=_("提交申请"),
        done=_("已登记，请评估后送批准"),
        back=reverse("nodes_desk:home"),
        subject=_("节点"),
        lead=_("登记另一个平台。双方各登记一次对方：导出本节点的资料文件交给对方，再把对方的文件登记在这里。"),
        is_file=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(VIEW)
def act_on(request: HttpRequest, code: str, act: str) -> HttpResponse:
    actor = actor_of(request)
    node = get_object_or_404(nodes.list_nodes(actor), code=code)
    back = reverse("nodes_desk:node", args=[code])
    if act == "renew":
        return _renew(request, actor, node, back)
    page = next((each for each in ACTS if each.code == act), None)
    if page is None:
        raise Http404
    if not (can(actor, page.permission, node) and page.when(node)) and request.method != "POST":
        return redirect(back)
    return show_form(
        request,
        page.form(request.POST if request.method == "POST" else None),
        lambda given: page.service(actor=actor, node=node, **given),
        title=page.title,
        done=page.done,
        back=back,
        subject=node.name,
        lead=page.lead,
        is_grave=page.is_grave,
    )


def _renew(request: HttpRequest, actor: Actor, node: Node, back: str) -> HttpResponse:
    form = CardForm(request.POST or None, request.FILES or None)
    return show_form(
        request,
        form,
        lambda _given: nodes.renew_node(actor=actor, node=node, bundle=_read_card(actor, form)),
        title=_("登记对方的新证书"),
        button=_("登记"),
        done=_("已登记，等审批人核对校验码后批准"),
        back=back,
        subject=node.name,
        lead=_("对方换证书以前会交来新的资料文件。批准后新旧证书在一段时间里都可以用。"),
        is_file=True,
    )


def _read_card(actor: Actor, form: CardForm) -> bytes:
    if form.cleaned_data["file"]:
        return form.read_file()
    return nodes.fetch_card(actor=actor, address=form.cleaned_data["address"])
