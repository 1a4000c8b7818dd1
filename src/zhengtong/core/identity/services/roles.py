"""What the security administrator decides: roles of posts, clearance of people, and letting in who is locked out."""

from allauth.core import ratelimit
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.administrators import MANAGE_ROLES
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.models import Account, Appointment, Post, PostRole, Reach, StaffMember
from zhengtong.core.identity.selectors import list_current_appointments, list_reachable_organisations
from zhengtong.core.identity.separation import check_person, check_post
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.modules import Role, registry
from zhengtong.kernel.policy import Actor, ActorKind, Denied, require


@transaction.atomic
def grant_role(*, actor: Actor, post: Post, role: str, reach: str = Reach.OWN) -> PostRole:
    """Let ``post`` hold ``role`` with ``reach``; holding it already, it reaches so far from now on.

    Refused: a role that nobody declares, one that doesn't go with what the post's holders hold (both posts are named).
    Denied: beyond the administrator's own reach, and to a post that she holds herself. Raises Refused and Denied.
    """
    _require_post(actor, post)
    if not any(declared.code == role for declared in registry.of(Role)):
        raise Refused("role", _("没有这个角色"), "role")
    if reach not in Reach.values:
        raise Refused("reach", _("没有这个范围"), "reach")
    # Locked, so that two grants to one post, or one beside an appointment, see each other.
    post = Post.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=post.pk)
    if actor.kind is not ActorKind.SYSTEM:
        beyond = list_reachable_organisations(post.organisation, reach) - actor.reach(MANAGE_ROLES)
        if beyond:
            raise Refused("beyond", _("您不能授予超出自己管理范围的角色，请选择小一些的范围"), "reach")
    roles = {*post.roles.values_list("role", flat=True), role}
    check_post(post, roles)
    today = timezone.localdate()
    for held in Appointment.objects.filter(post=post).exclude(end_date__lt=today).select_related("staff"):
        check_person(held.staff, post, roles, max(held.start_date, today), held.end_date, "role")
    before = post.roles.filter(role=role).values_list("reach", flat=True).first()
    granted, _is_new = PostRole.objects.update_or_create(post=post, role=role, defaults={"reach": reach})
    record(
        actor,
        "identity.role_granted",
        post,
        before={"role": role, "reach": before} if before else None,
        after={"role": role, "reach": reach, "title": post.title},
    )
    return granted


@transaction.atomic
def withdraw_role(*, actor: Actor, post: Post, role: str) -> None:
    """Take ``role`` from ``post``. Raises Refused and Denied."""
    _require_post(actor, post)
    granted = post.roles.filter(role=role).first()
    if granted is None:
        raise Refused("role", _("这个岗位没有这个角色"), "role")
    granted.delete()
    record(actor, "identity.role_withdrawn", post, before={"role": role, "reach": granted.reach, "title": post.title})


@transaction.atomic
def set_clearance(*, actor: Actor, staff: StaffMember, clearance: int) -> None:
    """Set the highest mark that a person may see; state secrets aren't handled here. Raises Refused and Denied."""
    _require_person(actor, staff)
    if clearance not in Mark.values or clearance > Mark.WORK_SECRET:
        raise Refused("clearance", _("本平台不处理国家秘密，涉密等级最高到“工作秘密”"), "clearance")
    before, staff.clearance = staff.clearance, clearance
    staff.save(update_fields=["clearance"])
    record(actor, "identity.clearance_set", staff, before={"clearance": before}, after={"clearance": clearance})


@transaction.atomic
def unlock_account(*, actor: Actor, staff: StaffMember) -> None:
    """Let a person try to sign in again at once who typed a wrong password too often. Raises Denied."""
    _require_person(actor, staff)
    account: Account = staff.account
    # The count of an address is not touched: an empty request comes from none.
    ratelimit.clear(HttpRequest(), action="login_failed", key=account.username)
    cache.delete(f"identity:locked:{digest(account.username)}")
    record(actor, "identity.account_unlocked", staff, after={"name": staff.name})


def _require_post(actor: Actor, post: Post) -> None:
    """Nobody gives herself powers, whatever her role says. Raises Denied."""
    require(actor, MANAGE_ROLES, post)
    if actor.account_id is None:
        return
    own = Appointment.objects.filter(post=post, staff__account_id=actor.account_id)
    if own.exclude(end_date__lt=timezone.localdate()).exists():
        raise Denied(MANAGE_ROLES)


def _require_person(actor: Actor, staff: StaffMember) -> None:
    """All that she holds must be within the actor's reach; nobody decides this of herself. Raises Denied."""
    require(actor, MANAGE_ROLES)
    if actor.account_id is not None and staff.account_id == actor.account_id:
        raise Denied(MANAGE_ROLES)
    require(actor, MANAGE_ROLES, staff)
    for appointment in list_current_appointments(staff.account):
        require(actor, MANAGE_ROLES, appointment.post)
