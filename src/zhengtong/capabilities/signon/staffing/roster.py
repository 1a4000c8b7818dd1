"""The personnel office's sheet: a member of staff a line, compared with what is known, applied by identity."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.staffing.directory import MANAGE_STAFF
from zhengtong.capabilities.signon.staffing.models import RosterEntry
from zhengtong.core.identity.public import (
    AppointmentKind,
    Organisation,
    Post,
    Refused,
    StaffMember,
    amend_staff,
    appoint,
    check_person,
    create_staff_account,
    end_appointment,
    leave,
    list_guarded_roles,
    parse_phone,
)
from zhengtong.kernel.policy import Actor, require


def read_row(row: Mapping[str, str]) -> Mapping[str, Any]:
    """Read a line as far as a plain field can't. Raises Refused, naming the cell, for what couldn't be applied.

    What stays as it is, is never refused: a sheet that was exported comes back whole.
    """
    username = row.get("username", "").strip().lower()
    name, title, last_day = (row.get(field, "").strip() for field in ("organisation_name", "post_title", "last_day"))
    known = RosterEntry.objects.filter(username=username).first()
    phone = row.get("phone", "").strip()
    if phone and (known is None or known.phone != phone):
        phone = parse_phone(phone).value
    if known is not None and (name, title) == (known.organisation_name, known.post_title):
        organisation_id = known.organisation_id
    else:
        organisation = _find_organisation(name)
        organisation_id = organisation.pk
        if not title and not last_day:
            raise Refused("post", _("在岗的人要填主任岗位"), "post_title")
        if title:
            _check_post(username, _find_post(organisation, title), is_leaving=bool(last_day))
    if known is None and last_day:
        raise Refused("nobody", _("没有这个人，不能登记离任"), "last_day")
    return {"username": username, "phone": phone, "organisation_id": organisation_id}


def _check_post(username: str, post: Post, *, is_leaving: bool) -> None:
    if post.roles.filter(role__in=list_guarded_roles()).exists():
        raise Refused("administrators", _("这个岗位由安全保密管理员任命，不能用表格导入"), "post_title")
    staff = StaffMember.objects.filter(account__username=username).first()
    if staff is not None and not is_leaving:
        roles = post.roles.values_list("role", flat=True)
        check_person(staff, post, roles, timezone.localdate(), None, "post_title")


def _find_organisation(name: str) -> Organisation:
    found = list(Organisation.objects.filter(name=name, is_active=True)[:2])
    if not found:
        raise Refused("organisation", _("没有叫“%(name)s”的机构，请填全称") % {"name": name}, "organisation_name")
    if len(found) > 1:
        raise Refused(
            "organisation", _("叫“%(name)s”的机构不止一个，请在平台上逐人办理") % {"name": name}, "organisation_name"
        )
    return found[0]


def _find_post(organisation: Organisation, title: str) -> Post:
    post = organisation.posts.filter(title=title, is_active=True).first()
    if post is None:
        raise Refused(
            "post",
            _("%(organisation)s没有“%(title)s”这个岗位，请先设立")
            % {"organisation": organisation.name, "title": title},
            "post_title",
        )
    return post


def apply_sheet(*, actor: Actor, rows: Iterable[Mapping[str, Any]], run: Any) -> None:
    """Bring staff to what checked lines say, in the import's own transaction. Raises Refused and Denied."""
    require(actor, MANAGE_STAFF)
    reason = _("按导入的人员名册（%(name)s）") % {"name": run.file.name}
    for row in rows:
        _apply(actor, row, reason[:200])


def _apply(actor: Actor, row: Mapping[str, Any], reason: str) -> None:
    found = StaffMember.objects.select_related("account").filter(account__username=row["username"]).first()
    said = {"name": row["name"], "phone": row["phone"] or "", "enforcement_number": row["enforcement_number"] or ""}
    if found is None:
        staff = create_staff_account(actor=actor, username=row["username"], password=secrets.token_urlsafe(32), **said)
    else:
        staff = amend_staff(actor=actor, staff=found, **said)
    today, last_day = timezone.localdate(), row["last_day"]
    if last_day is not None:
        _let_go(actor, staff, last_day, reason)
    elif row["post_title"]:
        organisation = Organisation.objects.get(pk=row["organisation_id"])
        _put(actor, staff, _find_post(organisation, row["post_title"]), today, reason)


def _put(actor: Actor, staff: StaffMember, post: Post, today: date, reason: str) -> None:
    """Make ``post`` the main one from today on, unless it is already."""
    lasting = staff.appointments.filter(Q(end_date=None) | Q(end_date__gte=today), kind=AppointmentKind.MAIN)
    for held in lasting.select_related("post"):
        if held.post_id == post.pk and held.end_date is None:
            return
        yesterday = today - timedelta(days=1)
        if held.start_date > yesterday:
            raise Refused(
                "just-appointed", _("%(name)s的主任职今天才开始，请明天再调整") % {"name": staff.name}, "post_title"
            )
        end_appointment(actor=actor, appointment=held, end_date=yesterday, reason=reason)
    staff.refresh_from_db()
    appoint(actor=actor, staff=staff, post=post, start_date=today)


def _let_go(actor: Actor, staff: StaffMember, last_day: date, reason: str) -> None:
    """Let her leave with ``last_day``; where that was settled for an earlier day that isn't over, put it off."""
    held = staff.appointments.filter(handed_over_at=None)
    if held.filter(Q(end_date=None) | Q(end_date__gt=last_day)).exists():
        leave(actor=actor, staff=staff, last_day=last_day, successors={}, reason=reason)
    for each in held.filter(kind=AppointmentKind.MAIN, end_date__lt=last_day).select_related("post"):
        end_appointment(actor=actor, appointment=each, end_date=last_day, reason=reason)
