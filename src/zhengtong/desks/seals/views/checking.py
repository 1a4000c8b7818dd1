"""Anyone checks a seal by its code: whose it is, since when, whether it still counts."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhengtong.capabilities.seals import public as seals
from zhengtong.capabilities.seals.public import StateWords
from zhengtong.desks.seals.views.pictures import picture as answer
from zhengtong.screens.formats import cn_datetime

TONES = {StateWords.ACTIVE: "success", StateWords.SUSPENDED: "warning", StateWords.DESTROYED: "danger"}


@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    seal = seals.get_seal_by_code(code)
    if seal is None:
        return render(request, "seals_desk/check_nothing.html", {"code": code[:20]}, status=404)
    making = seal.making
    assert making is not None
    summary = [
        (_("印章名称"), seal.name),
        (_("印章编码"), seal.code),
        (_("种类"), seal.get_kind_display()),
        (_("使用单位"), seal.organisation.name),
        (_("备案号"), seal.filing_number),
        (_("启用时间"), cn_datetime(seal.enabled_at)),
        (_("证书序列号"), making.certificate.serial),
        (_("国密证书序列号"), making.sm2_certificate.serial),
        (_("证书有效期至"), cn_datetime(making.certificate.not_after)),
    ]
    if seal.ended_at:
        summary += [(_("注销时间"), cn_datetime(seal.ended_at)), (_("注销原因"), seal.end_reason)]
    context = {"seal": seal, "summary": summary, "tone": TONES.get(StateWords(seal.state), "neutral")}
    return render(request, "seals_desk/check.html", context)


@require_safe
def picture(request: HttpRequest, code: str) -> HttpResponse:
    """The picture of a seal with a line across that says what it is for: it can't be cut out and used."""
    seal = seals.get_seal_by_code(code)
    if seal is None or seal.making is None:
        raise Http404
    svg = seal.making.image_svg
    width = f"{seal.width_mm:g}"
    lines = "".join(f'<path d="M-5 {place}L{float(width) + 5:g} {place - 14}"/>' for place in range(4, 90, 5))
    grid = f'<g fill="none" stroke="#55606e" stroke-width=".4" opacity=".75">{lines}</g></svg>'
    return answer(svg.replace("</svg>", grid))
