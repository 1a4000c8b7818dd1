"""Posts (岗位): opening, renaming and closing them."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.identity.administrators import MANAGE_ORGANISATIONS
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.models import Appointment, Organisation, Post
from zhengtong.kernel.policy import Actor, require


@transaction.atomic
def open_post(*, actor: Actor, organisation: Organisation, title: str) -> Post:
    """Open a post; it holds no role until one is granted. Raises Refused and Denied."""
    require(actor, MANAGE_ORGANISATIONS, organisation)
    if not organisation.is_active:
        raise Refused("inactive", _("%(name)s不是有效的机构") % {"name": organisation.name}, "organisation")
    post = Post(organisation=organisation, title=_read_title(organisation, title))
    post.save(force_insert=True)
    record(actor, "identity.post_opened", post, after={"title": post.title, "organisation": organisation.pk})
    return post


@transaction.atomic
def rename_post(*, actor: Actor, post: Post, title: str) -> Post:
    """Give a post another title. Raises Refused and Denied."""
    require(actor, MANAGE_ORGANISATIONS, post)
    before, post.title = post.title, _read_title(post.organisation, title, but=post)
    post.save(update_fields=["title"])
    record(actor, "identity.post_renamed", post, before={"title": before}, after={"title": post.title})
    return post


@transaction.atomic
def close_post(*, actor: Actor, post: Post) -> Post:
    """Close a post that nobody holds, now or later. Raises Refused and Denied."""
    require(actor, MANAGE_ORGANISATIONS, post)
    held = Appointment.objects.filter(post=post).exclude(end_date__lt=timezone.localdate())
    if holder := held.select_related("staff").first():
        raise Refused("held", _("%(name)s还在任这个岗位，请先结束任职") % {"name": holder.staff.name})
    post.is_active = False
    post.save(update_fields=["is_active"])
    record(actor, "identity.post_closed", post, before={"title": post.title})
    return post


def _read_title(organisation: Organisation, title: str, but: Post | None = None) -> str:
    title = title.strip()[:60]
    if not title:
        raise Refused("title", _("请填写岗位名称"), "title")
    same = organisation.posts.filter(title=title, is_active=True).exclude(pk=but.pk if but else 0)
    if same.exists():
        raise Refused("title-taken", _("这个机构里已有同名的岗位"), "title")
    return title
