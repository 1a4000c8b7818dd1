"""What changes of organisations are made of: the lock, paths, versions, and moving people to other posts.

Nothing here authorises or records: the services that call it do.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.events import AppointmentEnded, OrganisationSucceeded
from zhengtong.core.identity.models import (
    Appointment,
    AppointmentKind,
    ChangeKind,
    Organisation,
    OrganisationVersion,
    Post,
    PostRole,
    Reorganisation,
    StaffMember,
    Succession,
    TreeStamp,
)
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import Actor

# Organisations that are older than their history here begin on a day before which there was none.
BEFORE_RECORDS = date(1949, 10, 1)
_MOVE = """
UPDATE identity_organisation
SET path = CASE WHEN id = %(id)s THEN %(new)s::ltree ELSE %(new)s::ltree || subpath(path, nlevel(%(old)s::ltree)) END
WHERE path <@ %(old)s::ltree AND (id = %(id)s OR path <> %(old)s::ltree)
"""


def lock_tree() -> None:
    """Let one change of the tree happen after another: two moves side by side could make a circle."""
    list(TreeStamp.objects.select_for_update().filter(pk=1))


def place(organisation: Organisation, parent: Organisation | None) -> None:
    """Put ``organisation`` and all below it under ``parent``. Raises Refused when that lies below it."""
    organisation.refresh_from_db(fields=["path", "parent"])
    if parent is not None:
        parent.refresh_from_db(fields=["path"])
        if Organisation.objects.filter(pk=parent.pk, path__contained_by=organisation.path).exists():
            raise Refused("circle", _("不能把机构移到它自己或它的下级机构下面"), "parent")
    new = f"{parent.path}.{organisation.pk}" if parent else str(organisation.pk)
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, {"id": organisation.pk, "new": new, "old": organisation.path})
    organisation.parent, organisation.path = parent, new
    organisation.save(update_fields=["parent"])


def begin_history(organisation: Organisation) -> None:
    """Keep what ``organisation`` has been so far, before it changes for the first time."""
    if not organisation.versions.exists():
        _add_version(organisation, ChangeKind.FOUNDED, BEFORE_RECORDS, _("平台启用时登记"))


def write_version(organisation: Organisation, change: str, on_date: date, basis: str) -> None:
    """Keep what ``organisation`` is from ``on_date``; a second change on that day is part of the same version."""
    last = organisation.versions.order_by("-valid_from").first()
    if last is not None and last.valid_from >= on_date:
        OrganisationVersion.objects.filter(pk=last.pk).update(
            **_state(organisation), change=change, basis=basis or last.basis
        )
        return
    if last is not None:
        last.valid_until = on_date
        last.save(update_fields=["valid_until"])
    _add_version(organisation, change, on_date, basis)


def _add_version(organisation: Organisation, change: str, on_date: date, basis: str) -> None:
    organisation.versions.create(valid_from=on_date, change=change, basis=basis, **_state(organisation))


def _state(organisation: Organisation) -> dict[str, Any]:
    names = ("name", "short_name", "kind", "region_id", "parent_id", "is_active")
    return {name: getattr(organisation, name) for name in names}


def inherit(organisation: Organisation, heirs: Iterable[Organisation], row: Reorganisation) -> None:
    """Let all ``heirs`` reach what ``organisation`` leaves behind. Before its posts move: whoever takes over from
    somebody there may do what is open in it."""
    for heir in heirs:
        Succession.objects.get_or_create(
            predecessor=organisation,
            successor=heir,
            defaults={"change": row.change, "on_date": row.on_date, "basis": row.basis},
        )


def succeed(actor: Actor, organisation: Organisation, successor: Organisation, row: Reorganisation) -> None:
    """End ``organisation``; what it had open goes to ``successor``."""
    for child in organisation.children.filter(is_active=True).exclude(pk=successor.pk):
        begin_history(child)
        place(child, successor)
        write_version(child, ChangeKind.MOVED, row.on_date, row.basis)
    StaffMember.objects.filter(organisation=organisation).update(organisation=successor)
    close(organisation, row)
    publish(OrganisationSucceeded(actor=actor, organisation_id=organisation.pk, successor_id=successor.pk))


def close(organisation: Organisation, row: Reorganisation) -> None:
    """Let ``organisation`` be no more; its row, posts and versions stay."""
    begin_history(organisation)
    organisation.is_active = False
    organisation.save(update_fields=["is_active"])
    write_version(organisation, row.change, row.on_date, row.basis)


def move_post(actor: Actor, post: Post, successor: Organisation, on_date: date) -> dict[str, Any]:
    """Move whoever holds ``post``, now or later, to a post of the same title and roles in ``successor``.

    The appointments stay the same rows, so that whoever is at work goes on in the same capacity. ``post`` is closed.
    Returns what the journal keeps of it.
    """
    target = _find_or_open(post, successor)
    held = Appointment.objects.filter(Q(end_date=None) | Q(end_date__gte=on_date), post=post)
    moved = []
    # Without their keys: steps under way refer to the appointments, and would wait for us as we for their cases.
    for appointment in held.select_related("staff").select_for_update(of=("self",), no_key=True).order_by("id"):
        if _merge_with_other(actor, appointment, target, on_date):
            continue
        appointment.post = target
        appointment.save(update_fields=["post"])
        if appointment.kind == AppointmentKind.MAIN:
            StaffMember.objects.filter(pk=appointment.staff_id).update(organisation=successor)
        moved.append(appointment.pk)
    post.is_active = False
    post.save(update_fields=["is_active"])
    return {"post": post.pk, "title": post.title, "to": target.pk, "appointments": moved}


def _find_or_open(post: Post, successor: Organisation) -> Post:
    roles = set(post.roles.values_list("role", "reach"))
    alike = list(successor.posts.filter(title=post.title, is_active=True).prefetch_related("roles").order_by("id"))
    for other in alike:
        if {(role.role, role.reach) for role in other.roles.all()} == roles:
            return other
    # The same title with other powers stays another post: nobody gains or loses any by a merger.
    title = f"{post.title}（原{post.organisation.short_name}）" if alike else post.title
    target = Post.objects.create(organisation=successor, title=title[:60])
    PostRole.objects.bulk_create(PostRole(post=target, role=role, reach=reach) for role, reach in roles)
    return target


def _merge_with_other(actor: Actor, appointment: Appointment, target: Post, on_date: date) -> bool:
    """End the lesser of two appointments when its holder has the target post already; True: it was this one."""
    other = (
        Appointment.objects.filter(Q(end_date=None) | Q(end_date__gte=on_date), staff=appointment.staff_id, post=target)
        .select_for_update(no_key=True)
        .first()
    )
    if other is None:
        return False
    kept, ended = (
        (appointment, other)
        if appointment.kind == AppointmentKind.MAIN and other.kind != AppointmentKind.MAIN
        else (other, appointment)
    )
    reason = _("机构调整，两个岗位合并")
    ended.end_date = max(ended.start_date, on_date - timedelta(days=1))
    ended.successor, ended.end_reason, ended.handed_over_at = kept, reason, timezone.now()
    ended.save(update_fields=["end_date", "successor", "end_reason", "handed_over_at"])
    publish(AppointmentEnded(actor=actor, appointment_id=ended.pk, successor_id=kept.pk, reason=reason))
    return ended is appointment
