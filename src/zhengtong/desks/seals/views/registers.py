"""The desk's first page, one seal with its life, ledger and acts, and the registering of outside systems."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.seals import public as seals
from zhengtong.capabilities.seals.public import (
    APPLY,
    KEEP,
    USE,
    VIEW,
    BatchState,
    Seal,
    StateWords,
    UseState,
)
from zhengtong.core.audit.public import record
from zhengtong.desks.seals.forms import AuthoriseForm, ChangeForm, KeeperForm, ReasonForm, SystemForm
from zhengtong.desks.seals.views.acting import REFUSALS, ActPage, add_refusal, offer, show_act, url_of
from zhengtong.desks.seals.views.applications import describe_steps
from zhengtong.kernel.assurance import require_assurance
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime
from zhengtong.screens.paging import paginate

TONES = {
    StateWords.ACTIVE: "success",
    StateWords.SUSPENDED: "warning",
    StateWords.PREPARING: "info",
    StateWords.DESTROYED: "danger",
    StateWords.ABANDONED: "neutral",
}
LIVE = (StateWords.ACTIVE, StateWords.SUSPENDED)
ACTS = (
    ActPage(
        "resume",
        gettext_lazy("恢复使用"),
        KEEP,
        seals.resume_seal,
        "seal",
        (StateWords.SUSPENDED,),
        gettext_lazy("印章已恢复使用"),
        form=ReasonForm,
    ),
    ActPage(
        "authorise",
        gettext_lazy("设立常设授权"),
        KEEP,
        seals.authorise,
        "seal",
        (StateWords.ACTIVE,),
        gettext_lazy("常设授权已设立"),
        make_form=lambda seal: lambda *args, **options: AuthoriseForm(seal.organisation_id, *args, **options),
        lead=gettext_lazy("设立后，这一种文件不用逐件批准就能盖这枚章，限于期限和份数之内，随时可以撤销。"),
    ),
    ActPage(
        "hand-over",
        gettext_lazy("移交保管"),
        KEEP,
        seals.hand_over_seal,
        "seal",
        (StateWords.PREPARING, *LIVE),
        gettext_lazy("保管人已变更"),
        make_form=lambda seal: lambda *args, **options: KeeperForm(seal.organisation_id, *args, **options),
    ),
    ActPage(
        "suspend",
        gettext_lazy("停用"),
        KEEP,
        seals.suspend_seal,
        "seal",
        (StateWords.ACTIVE,),
        gettext_lazy("印章已停用"),
        form=ReasonForm,
        lead=gettext_lazy("停用后立即不能用印，证书暂停；已经盖好的不受影响，可以恢复。"),
        is_grave=True,
    ),
    ActPage(
        "change",
        gettext_lazy("申请变更"),
        APPLY,
        seals.apply_for_change,
        "seal",
        LIVE,
        gettext_lazy("变更申请已提交"),
        form=ChangeForm,
        initial=lambda seal: {"text": seal.text, "line": seal.line},
        lead=gettext_lazy("单位更名、专用名称变化的，经审核、批准后按新的印文制作；启用前仍用原来的一版。"),
    ),
    ActPage(
        "remake",
        gettext_lazy("申请重新制作"),
        APPLY,
        seals.apply_for_remaking,
        "seal",
        LIVE,
        gettext_lazy("重新制作的申请已提交"),
        form=ReasonForm,
        lead=gettext_lazy("印文不变，换新的密钥和证书，如证书快要到期。"),
    ),
    ActPage(
        "destroy",
        gettext_lazy("申请注销"),
        APPLY,
        seals.apply_for_destruction,
        "seal",
        LIVE,
        gettext_lazy("注销申请已提交"),
        form=ReasonForm,
        lead=gettext_lazy("批准后印章标识无效，证书吊销，不能恢复。以前加盖的文件凭时间戳继续有效。"),
        is_grave=True,
    ),
)


@require_safe
@for_staff(VIEW)
def show_home(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    found = seals.list_seals(actor)
    waiting = Count("pk", filter=Q(state=UseState.WAITING))
    counts = (
        seals.list_uses(actor)
        .filter(batch=None)
        .aggregate(waiting=waiting, approved=Count("pk", filter=Q(state=UseState.APPROVED)))
    )
    page = paginate(found.exclude(state=StateWords.ABANDONED), request.GET, order=("-id",), size=24)
    context = {
        "page": page,
        "seals": [(seal, TONES[StateWords(seal.state)]) for seal in page.rows],
        "active": found.filter(state=StateWords.ACTIVE).count(),
        "waiting": counts["waiting"],
        "approved": counts["approved"],
        "running": seals.list_batches(actor).filter(state=BatchState.RUNNING).count(),
        "may_apply": actor.has(APPLY),
        "may_use": actor.has(USE),
        "may_keep": actor.has(KEEP),
    }
    return render(request, "seals_desk/home.html", context)


def _find(request: HttpRequest, code: str) -> Seal:
    return get_object_or_404(seals.list_seals(actor_of(request)), code=code)


@require_safe
@for_staff(VIEW)
def show_seal(request: HttpRequest, code: str) -> HttpResponse:
    seal, actor = _find(request, code), actor_of(request)
    broken = seals.verify_ledger(seal)
    rows = list(seal.ledger.order_by("-number")[:10])
    acts = offer(actor, seal, seal.state, ACTS, url_of("seal_act", seal.code))
    context = {
        "seal": seal,
        "tone": TONES[StateWords(seal.state)],
        "has_picture": seal.making_id is not None or seal.makings.exists(),
        "is_kept": seals.is_kept(seal),
        "acts": acts,
        "may_use": seal.state == StateWords.ACTIVE and actor.has(USE),
        "summary": _summarise(seal),
        "history": describe_steps(seals.list_steps(seal)),
        "applications": seal.applications.order_by("-id")[:10],
        "ledger": rows,
        "ledger_count": seal.ledger.count(),
        "broken": broken,
    }
    return render(request, "seals_desk/seal.html", context)


def _summarise(seal: Seal) -> list[tuple[Any, ...]]:
    making = seal.making
    return [
        (_("印章编码"), seal.code),
        (_("种类"), seal.get_kind_display()),
        (_("使用单位"), seal.organisation.name),
        (_("尺寸"), _("%(w)s × %(h)s 毫米") % {"w": f"{float(seal.width_mm):g}", "h": f"{float(seal.height_mm):g}"}),
        (_("保管人"), seal.keeper.staff.name if seal.keeper else _("无")),
        (_("备案号"), seal.filing_number or _("无")),
        (_("启用时间"), cn_datetime(seal.enabled_at) or _("未启用")),
        (_("在用版本"), _("第 %(n)s 版") % {"n": making.number} if making else _("无")),
        (_("证书有效期至"), cn_datetime(making.certificate.not_after) if making else _("无")),
        (_("证书状态"), making.certificate.get_shown_state() if making else _("无")),
    ]


@require_safe
@for_staff(VIEW)
def export(request: HttpRequest, code: str) -> HttpResponse:
    """The whole ledger as JSON, with what a program needs to compute the chain anew."""
    require_assurance(request, "export")
    seal, actor = _find(request, code), actor_of(request)
    rows = list(seals.export_ledger(seal))
    record(actor, "seals.export_ledger", seal, after={"code": seal.code, "documents": len(rows)})
    content = {
        "seal": seal.code,
        "name": seal.name,
        "hash": "SM3(previous + canonical JSON of content: UTF-8, keys sorted, no spaces)",
        "rows": rows,
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["Content-Disposition"] = f'attachment; filename="ledger-{seal.code}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*seals.ANY)
def act_on(request: HttpRequest, code: str, act: str) -> HttpResponse:
    seal = _find(request, code)
    back = reverse("seals_desk:seal", args=[seal.code])
    return show_act(request, acts=ACTS, code=act, row=seal, state=seal.state, back=back, subject=seal.name)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(KEEP)
def register(request: HttpRequest) -> HttpResponse:
    """Register an outside system; its token is shown on the answer and nowhere else."""
    actor = actor_of(request)
    form = SystemForm(actor, request.POST or None)
    token = ""
    if request.method == "POST" and form.is_valid():
        try:
            _system, token = seals.register_system(actor=actor, **form.cleaned_data)
        except REFUSALS as error:
            add_refusal(form, error)
    status = 422 if form.errors else 200
    return render(request, "seals_desk/system.html", {"form": form, "token": token}, status=status)
