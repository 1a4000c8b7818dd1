"""Cameras at counters: registered by supervision, opened for a purpose, every opening noted."""

import re
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote, urlsplit

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.public import Case, Unacceptable
from zhengtong.capabilities.supervision.models import Camera, VideoOpening
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import Actor, Denied, can, require
from zhengtong.kernel.steps import step

REGISTER: Final = "supervision.register_camera"
OPEN_VIDEO: Final = "supervision.open_video"
BEFORE, AFTER = timedelta(minutes=15), timedelta(minutes=5)
# What happens at a counter, in front of a person.
AT_COUNTER: Final = frozenset(
    {"submit", "correct_on_spot", "accept", "request_materials", "declare_not_required", "declare_not_competent"}
    | {"resubmit", "deliver"}
)
_PLACES: Final = re.compile(r"\{(\w*)\}")


@step()
def register_camera(*, actor: Actor, organisation_id: int, name: str, place: str, address: str) -> Camera:
    """Register a counter's camera. ``address`` has ``{from}`` and ``{to}`` where the recorder wants the time range.

    Raises Denied and Unacceptable.
    """
    require(actor, REGISTER)
    if organisation_id not in actor.reach(REGISTER):
        raise Unacceptable(_("请选择您监察范围内的窗口单位。"), "organisation")
    if not name.strip():
        raise Unacceptable(_("请填写摄像机的名称。"), "name")
    check_address(address)
    try:
        with transaction.atomic():
            camera = Camera.objects.create(
                organisation_id=organisation_id,
                name=name.strip()[:60],
                place=place.strip()[:100],
                address=address.strip(),
                added_by_id=actor.held_appointment,
            )
    except IntegrityError:
        raise Unacceptable(_("这个窗口已经有同名的摄像机。"), "name") from None
    record(actor, "supervision.register_camera", camera, after={"name": camera.name, "organisation": organisation_id})
    return camera


def check_address(address: str) -> None:
    """Raise Unacceptable unless it is a page of the web with both ends of the time range in it."""
    parts = urlsplit(address.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or "{" in parts.netloc or parts.username:
        raise Unacceptable(_("回放地址应以 http:// 或者 https:// 开头，写明主机。"), "address")
    if sorted(_PLACES.findall(address)) != ["from", "to"]:
        raise Unacceptable(_("回放地址里应当各有一处 {from} 和 {to}，打开时换成起止时间。"), "address")


@step()
def switch_camera(*, actor: Actor, camera_id: int, is_enabled: bool) -> Camera:
    """Take a camera out of use, or into use again. Raises Denied."""
    camera = Camera.objects.select_for_update().filter(pk=camera_id).first()
    if camera is None or camera.organisation_id not in actor.reach(REGISTER):
        raise Denied(REGISTER, visible=False)
    if camera.is_enabled != is_enabled:
        camera.is_enabled = is_enabled
        camera.save(update_fields=["is_enabled"])
        record(actor, "supervision.switch_camera", camera, after={"is_enabled": is_enabled})
    return camera


@step()
def open_video(*, actor: Actor, camera_id: int, case: Case, event_id: int, purpose: str) -> tuple[VideoOpening, str]:
    """Note who looks at which minutes for what, and return the address of the recording.

    Raises Denied and Unacceptable.
    """
    require(actor, OPEN_VIDEO, case)
    said = purpose.strip()
    if len(said) < 4:
        raise Unacceptable(_("请写明调阅视频的用途。"), "purpose")
    event = case.events.filter(pk=event_id).first()
    camera = list_cameras_of(case).filter(pk=camera_id).first()
    if event is None or camera is None or not can(actor, OPEN_VIDEO, case):
        raise Denied(OPEN_VIDEO, visible=False)
    first, last = event.at - BEFORE, event.at + AFTER
    opening = VideoOpening.objects.create(
        camera=camera,
        case=case,
        event_id=event.pk,
        first=first,
        last=last,
        purpose=said[:200],
        opened_by_id=actor.held_appointment,
    )
    record(
        actor.stating(said),
        "supervision.open_video",
        case,
        after={"camera": camera.pk, "from": first, "to": last},
    )
    return opening, camera.address.replace("{from}", _stamp(first)).replace("{to}", _stamp(last))


def _stamp(moment: datetime) -> str:
    return quote(timezone.localtime(moment).isoformat(timespec="seconds"), safe="")


def list_cameras_of(case: Case) -> QuerySet[Camera]:
    """Return the cameras at the counter that receives ``case``."""
    return Camera.objects.filter(organisation_id=case.office.window_id, is_enabled=True)


def list_cameras(actor: Actor) -> QuerySet[Camera]:
    return Camera.objects.filter(organisation_id__in=list(actor.reach(REGISTER))).select_related("organisation")


def list_places(actor: Actor) -> QuerySet[Organisation]:
    """Return the counters within reach: those that receive applications."""
    from zhengtong.capabilities.cases.public import ItemOffice

    windows = ItemOffice.objects.values("window_id")
    return Organisation.objects.filter(pk__in=windows).filter(pk__in=list(actor.reach(REGISTER))).order_by("name")


def list_openings(actor: Actor) -> QuerySet[VideoOpening]:
    return (
        VideoOpening.objects.filter(camera__organisation_id__in=list(actor.reach(REGISTER)))
        .select_related("camera", "case", "opened_by__staff")
        .order_by("-id")
    )
