"""Pictures at the desk: a seal as it would be, as it was asked for, as it is; a page of a document."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from zhengtong.capabilities.seals import public as seals
from zhengtong.capabilities.seals.public import APPLY, VIEW, Making, PreviewUnavailable, SealingRefused
from zhengtong.core.files.public import open_bytes
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.screens.access import actor_of, for_staff

SAMPLE_CODE = "0" * 13


def picture(svg: str) -> HttpResponse:
    """Answer with a picture that runs nothing, even when it is opened by itself."""
    response = HttpResponse(svg, content_type="image/svg+xml; charset=utf-8")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@for_staff(APPLY)
def preview(request: HttpRequest) -> HttpResponse:
    """The seal that the typed words would make. What can't be made is answered 422 with the reason as text."""
    organisation = get_object_or_404(Organisation.objects.select_related("region"), pk=actor_of(request).organisation)
    given = {name: request.GET.get(name, "")[:60] for name in ("kind", "text", "line", "shape")}
    try:
        wanted = seals.check_wanted(strokes="", organisation=organisation, **given)
        width, height = seals.size_of(wanted, organisation)
        drawn = seals.draw(wanted, width=width, height=height, code=SAMPLE_CODE)
    except Refused as error:
        return HttpResponse(str(error.message), content_type="text/plain; charset=utf-8", status=422)
    return picture(drawn.svg())


@require_safe
@for_staff(VIEW)
def show_wanted(request: HttpRequest, number: str) -> HttpResponse:
    """What an application asks for, or the seal as it is where nothing about it changes."""
    row = get_object_or_404(seals.list_applications(actor_of(request)), number=number)
    if not row.wanted:
        return show_seal(request, row.seal.code)
    wanted = seals.Wanted.of(row.wanted)
    width, height = seals.size_of(wanted, row.seal.organisation)
    return picture(seals.draw(wanted, width=width, height=height, code=row.seal.code).svg())


@require_safe
@for_staff(VIEW)
def show_seal(request: HttpRequest, code: str) -> HttpResponse:
    seal = get_object_or_404(seals.list_seals(actor_of(request)), code=code)
    making = Making.objects.filter(seal=seal).order_by("-number").first() if seal.making_id is None else seal.making
    if making is None:
        raise Http404
    return picture(making.image_svg)


@require_safe
@for_staff(VIEW)
def show_page(request: HttpRequest, number: str, page: int) -> HttpResponse:
    use = get_object_or_404(seals.list_uses(actor_of(request)).select_related("file"), number=number)
    if not 1 <= page <= use.pages:
        raise Http404
    try:
        drawn = seals.draw_page(open_bytes(use.file), page)
    except (PreviewUnavailable, SealingRefused):
        raise Http404 from None
    response = HttpResponse(drawn, content_type="image/png")
    response.headers["Cache-Control"] = "private, max-age=600"
    return response
