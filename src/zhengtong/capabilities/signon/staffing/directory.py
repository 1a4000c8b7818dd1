"""Acts of a personnel system on people and posts, by identity's own services, so that its rules and journal hold."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.applications.models import Application
from zhengtong.capabilities.signon.staffing.activation import make_activation
from zhengtong.capabilities.signon.staffing.models import DirectoryLink
from zhengtong.core.identity.public import (
    AppointmentKind,
    Post,
    PostRole,
    Reach,
    Refused,
    StaffMember,
    amend_staff,
    appoint,
    create_staff_account,
    end_appointment,
    get_grants,
    leave,
    set_active,
)
from zhengtong.kernel.policy import Actor, ActorKind, visible

MANAGE_STAFF, MANAGE_ORGANISATIONS = "identity.manage_staff", "identity.manage_organisations"


def get_actor(application: Application, *, address: str, request_id: str) -> Actor:
    """Return the actor that a personnel system is: what a system administrator of its organisation may, below it."""
    organisation = application.organisation
    role = PostRole(role="system_administrator", reach=Reach.SUBTREE)
    return Actor(
        kind=ActorKind.NODE,
        name=application.name,
        organisation=organisation.pk,
        grants=get_grants(organisation, [role]),
        address=address,
        request_id=request_id,
        purpose="SCIM",
    )


def list_staff(actor: Actor, application: Application) -> QuerySet[StaffMember]:
    """Return the staff that the system may see: those of its organisations, without those that it removed."""
    found = visible(actor, MANAGE_STAFF, StaffMember.objects.all())
    removed = DirectoryLink.objects.filter(application=application).exclude(removed_at=None)
    return found.exclude(pk__in=removed.values("staff_id")).select_related("account", "organisation").order_by("pk")


def list_posts(actor: Actor) -> QuerySet[Post]:
    found = visible(actor, MANAGE_ORGANISATIONS, Post.objects.filter(is_active=True))
    return found.select_related("organisation").order_by("pk")


@transaction.atomic
def create_person(
    *, actor: Actor, application: Application, username: str, name: str, phone: str, number: str, external_id: str
) -> tuple[StaffMember, str, datetime]:
    """Open an account; return it with the address where its owner opens it. Whom the system had removed comes back.

    Raises Refused and Denied.
    """
    known = DirectoryLink.objects.filter(application=application, staff__account__username=username.strip().lower())
    link = known.exclude(removed_at=None).select_related("staff__account").first()
    if link is not None:
        staff = link.staff
        link.removed_at, link.external_id = None, external_id
        link.save(update_fields=["removed_at", "external_id"])
        amend_staff(actor=actor, staff=staff, name=name, phone=phone, enforcement_number=number)
        set_active(actor=actor, staff=staff, is_active=True)
    else:
        staff = create_staff_account(
            actor=actor,
            username=username,
            password=secrets.token_urlsafe(32),
            name=name,
            phone=phone,
            enforcement_number=number,
        )
        set_external_id(application=application, staff=staff, external_id=external_id)
    address, until = make_activation(actor=actor, account=staff.account)
    return staff, address, until


def set_external_id(*, application: Application, staff: StaffMember, external_id: str) -> None:
    """Note what the system calls a person. Raises Refused: another person has the number."""
    try:
        with transaction.atomic():
            DirectoryLink.objects.update_or_create(
                application=application, staff=staff, defaults={"external_id": external_id}
            )
    except IntegrityError:
        raise Refused("external-id", _("externalId 已经用在另一个人身上"), "externalId") from None


@transaction.atomic
def remove_person(*, actor: Actor, application: Application, staff: StaffMember) -> None:
    """Take a person off: what she holds ends today, what is open goes back to her office, she is signed out at once."""
    today = timezone.localdate()
    held = staff.appointments.filter(Q(end_date=None) | Q(end_date__gt=today), handed_over_at=None)
    if held.exists():
        reason = _("人事系统“%(name)s”删除") % {"name": application.name}
        leave(actor=actor, staff=staff, last_day=today, successors={}, reason=reason)
    set_active(actor=actor, staff=staff, is_active=False)
    DirectoryLink.objects.update_or_create(
        application=application, staff=staff, defaults={"removed_at": timezone.now()}
    )


@transaction.atomic
def change_members(*, actor: Actor, post: Post, add: Iterable[StaffMember], remove: Iterable[StaffMember]) -> None:
    """Appoint to a post, and end appointments to it, from today on. Raises Refused and Denied."""
    today = timezone.localdate()
    leaving = {staff.pk for staff in remove}
    for held in post.appointments.filter(Q(end_date=None) | Q(end_date__gte=today), staff_id__in=leaving):
        last = max(held.start_date, today - timedelta(days=1))
        end_appointment(actor=actor, appointment=held, end_date=last, reason="SCIM")
    present = set(list_members(post).values_list("pk", flat=True))
    for staff in add:
        if staff.pk in present:
            continue
        current = staff.appointments.filter(Q(end_date=None) | Q(end_date__gte=today), kind=AppointmentKind.MAIN)
        kind = AppointmentKind.CONCURRENT if current.exists() else AppointmentKind.MAIN
        appoint(actor=actor, staff=staff, post=post, start_date=today, kind=kind)
        present.add(staff.pk)


def list_members(post: Post) -> QuerySet[StaffMember]:
    """Return who holds a post today."""
    today = timezone.localdate()
    held = post.appointments.filter(Q(end_date=None) | Q(end_date__gte=today), start_date__lte=today)
    return StaffMember.objects.filter(pk__in=held.values("staff_id")).select_related("account").order_by("pk")


def say_refusal(refused: Any) -> str:
    return str(refused.message)
