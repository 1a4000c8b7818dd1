"""This platform as a node: what it shows to others, its certificates, its card."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengtong.capabilities.nodes import public as nodes
from zhengtong.capabilities.nodes.public import OPERATE, VIEW
from zhengtong.core.identity.public import Refused
from zhengtong.desks.nodes.acting import show_form
from zhengtong.desks.nodes.forms import CertificateForm, OwnNodeForm, RenewOwnForm
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime


@require_safe
@for_staff(VIEW)
def show(request: HttpRequest) -> HttpResponse:
    actor, own = actor_of(request), nodes.get_own_node()
    context: dict[str, Any] = {"own": own, "may_operate": actor.has(OPERATE)}
    if own is not None:
        shown = {use: nodes.get_own_certificate(use) for use in nodes.CertificateUse}
        context |= {
            "facts": [
                (_("节点代码"), own.code),
                (_("运行单位"), own.organisation.name),
                (_("层级"), own.get_level_display()),
                (_("网络区域"), own.get_zone_display()),
                (_("交换地址"), own.address),
                (_("接收的单个消息上限"), f"{own.largest_mb} MB"),
                (_("中断提醒"), _("%d 分钟以后") % own.alarm_minutes),
            ],
            "compare": nodes.make_own_bundle().code_to_compare,
            "certificates": [
                {
                    "row": each,
                    "is_shown": shown[nodes.CertificateUse(each.use)] == each,
                    "fingerprint": " ".join(each.fingerprint[at : at + 4] for at in range(0, 32, 4)).upper(),
                }
                for each in nodes.list_own_certificates()
            ],
        }
    return render(request, "nodes_desk/own.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(OPERATE)
def set_up(request: HttpRequest) -> HttpResponse:
    actor, own = actor_of(request), nodes.get_own_node()
    names = ("code", "name", "level", "zone", "address", "largest_mb", "alarm_minutes")
    initial: dict[str, Any] = {"organisation": actor.organisation}
    if own is not None:
        initial = {"organisation": own.organisation_id, **{name: getattr(own, name) for name in names}}
    form = OwnNodeForm(actor, request.POST or None, initial=initial)
    return show_form(
        request,
        form,
        lambda given: nodes.set_up_own_node(actor=actor, **given),
        title=_("设定本节点"),
        button=_("保存"),
        done=_("已保存"),
        back=reverse("nodes_desk:own"),
        subject=_("本节点"),
        lead=_("保存时为链路产生密钥和证书。换了交换地址的，服务器证书也会换，请把新的资料文件交给各个节点。"),
    )


@require_POST
@for_staff(VIEW)
def export(request: HttpRequest) -> HttpResponse:
    own = nodes.get_own_node()
    if own is None:
        return redirect("nodes_desk:own")
    content = nodes.export_own_bundle(actor=actor_of(request))
    name = f"{own.code}.node.json"
    return HttpResponse(
        content,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(OPERATE)
def renew(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    return show_form(
        request,
        RenewOwnForm(request.POST or None),
        lambda given: nodes.renew_own_certificate(actor=actor, **given),
        title=_("更换证书"),
        done=_("新证书已产生，请导出新的资料文件交给各个节点"),
        back=reverse("nodes_desk:own"),
        subject=_("本节点"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(OPERATE)
def enter(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    return show_form(
        request,
        CertificateForm(request.POST or None, request.FILES or None),
        lambda given: nodes.enter_own_certificate(actor=actor, content=given["file"].read(65_536)),
        title=_("登记 nginx 的服务器证书"),
        button=_("登记"),
        done=_("已登记"),
        back=reverse("nodes_desk:own"),
        subject=_("本节点"),
        lead=_("nginx 用别处颁发的证书时，把证书登记在这里，对方才能认出来。"),
        is_file=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(OPERATE)
def end(request: HttpRequest, certificate_id: int) -> HttpResponse:
    actor = actor_of(request)
    certificate = get_object_or_404(nodes.OwnCertificate, pk=certificate_id, ended_at=None)
    if nodes.get_own_node() is None:
        raise Refused("not-set-up", _("还没有设定本节点。"))
    from zhengtong.desks.nodes.forms import ConfirmForm

    return show_form(
        request,
        ConfirmForm(request.POST or None),
        lambda _given: nodes.end_own_certificate(actor=actor, certificate=certificate),
        title=_("停用证书"),
        done=_("已停用"),
        back=reverse("nodes_desk:own"),
        subject=_("本节点"),
        lead=_("停用 %(use)s（有效期到 %(day)s）。各个节点都批准了新证书以后再停用。")
        % {"use": certificate.get_use_display(), "day": cn_datetime(certificate.not_after)},
        is_grave=True,
    )
