"""Cameras at counters: their register, opening a recording of an event for a purpose, who opened what."""

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.capabilities.cases.public import RuleBroken, Unacceptable, list_happenings, say
from zhengtong.capabilities.supervision.public import (
    AT_COUNTER,
    list_cameras,
    list_cameras_of,
    list_openings,
    list_places,
    open_video,
    register_camera,
    switch_camera,
)
from zhengtong.desks.supervision.card_forms import CameraForm, VideoForm
from zhengtong.desks.supervision.views.case import find_case
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import paginate

REGISTER, OPEN_VIDEO = "supervision.register_camera", "supervision.open_video"
UNPROCESSABLE = 422


@require_http_methods(["GET", "POST"])
@for_staff(REGISTER)
def show_cameras(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    form = CameraForm(request.POST or None, places=list_places(actor))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        organisation = given.pop("organisation")
        try:
            register_camera(actor=actor, organisation_id=organisation.pk, **given)
        except RuleBroken as error:
            name = error.field if isinstance(error, Unacceptable) else ""
            form.add_error(name if name in form.fields else None, say(error))
        else:
            messages.success(request, _("已登记摄像机"))
            return redirect("supervision:cameras")
    page = paginate(list_openings(actor), request.GET, order=("-id",))
    context = {"form": form, "cameras": list(list_cameras(actor)[:500]), "openings": page.rows, "page": page}
    return render(request, "supervision/cameras.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
@for_staff(REGISTER)
def switch(request: HttpRequest, pk: int) -> HttpResponseBase:
    switch_camera(actor=actor_of(request), camera_id=pk, is_enabled=request.POST.get("on") == "1")
    return redirect("supervision:cameras")


@require_http_methods(["GET", "POST"])
@for_staff(OPEN_VIDEO)
def show_video(request: HttpRequest, number: str, event: int) -> HttpResponseBase:
    """State the purpose; then the recording's address of these minutes is given, and the opening is noted."""
    case = find_case(request, number)
    happened = case.events.filter(pk=event, act__in=AT_COUNTER).first()
    cameras = [(each.pk, f"{each.name} {each.place}".strip()) for each in list_cameras_of(case)]
    if happened is None or not cameras:
        raise Http404
    form = VideoForm(request.POST or None, cameras=cameras)
    address, opening = "", None
    if request.method == "POST" and form.is_valid():
        try:
            opening, address = open_video(
                actor=actor_of(request),
                camera_id=form.cleaned_data["camera"],
                case=case,
                event_id=event,
                purpose=form.cleaned_data["purpose"],
            )
        except RuleBroken as error:
            form.add_error("purpose", say(error))
    events = list(case.events.order_by("-id").values_list("pk", flat=True))
    context = {
        "case": case,
        "event": happened,
        "title": list_happenings(case)[events.index(happened.pk)]["title"],
        "form": form,
        "address": address,
        "opening": opening,
        "back": reverse("supervision:case", args=[case.number]),
    }
    return render(request, "supervision/video.html", context, status=UNPROCESSABLE if form.errors else 200)
