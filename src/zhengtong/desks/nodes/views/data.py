"""Sending a table to a node, and saying where what it sends is put."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.exchange import public as exchange
from zhengtong.capabilities.nodes import public as nodes
from zhengtong.capabilities.nodes.public import OPERATE
from zhengtong.desks.nodes.acting import show_form
from zhengtong.desks.nodes.forms import DataForm, LandingForm
from zhengtong.screens.access import actor_of, for_staff


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(OPERATE)
def send(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    node = get_object_or_404(nodes.list_nodes(actor), code=code)
    return show_form(
        request,
        DataForm(actor, request.POST or None),
        lambda given: exchange.send_table(actor=actor, node=node, **given),
        title=_("发送数据"),
        button=_("封存并发送"),
        done=_("数据已封存，排入发送。送达后回执写明新增、更新了多少行"),
        back=reverse("nodes_desk:node", args=[code]),
        subject=node.name,
        lead=_("读出一张表，封存成一个签名、加盖时间戳的数据包。对方核验以后写入约定的表，同一个包只写一次。"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(OPERATE)
def set_landing(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    node = get_object_or_404(nodes.list_nodes(actor), code=code)
    return show_form(
        request,
        LandingForm(actor, request.POST or None),
        lambda given: exchange.set_landing(actor=actor, node=node, **given),
        title=_("登记数据放到哪里"),
        button=_("保存"),
        done=_("已登记"),
        back=reverse("nodes_desk:node", args=[code]),
        subject=node.name,
        lead=_("没有登记的数据集一律退回，不会写到任何地方。"),
    )
