"""A small county for tests of its tree: a government, its bureaus, posts with roles, and people in them."""

from datetime import date, timedelta

from django.utils import timezone

from zhengtong.core.identity import services
from zhengtong.core.identity.models import (
    Account,
    AccountKind,
    Appointment,
    Organisation,
    Post,
    PostRole,
    Reach,
    Region,
    RegionLevel,
    StaffMember,
)
from zhengtong.kernel.policy import SYSTEM

TODAY = timezone.localdate
LONG_AGO = date(2020, 1, 1)


def tomorrow() -> date:
    return TODAY() + timedelta(days=1)


def yesterday() -> date:
    return TODAY() - timedelta(days=1)


def make_region(code: str, parent: Region | None = None, level: str = RegionLevel.COUNTY) -> Region:
    path = f"{parent.path}.{code}" if parent else code
    return Region.objects.create(code=code, name=f"地区{code}", level=level, parent=parent, path=path)


def make_organisation(name: str, parent: Organisation | None = None, region: Region | None = None) -> Organisation:
    region = region or (parent.region if parent else make_region("990100"))
    return services.found_organisation(
        actor=SYSTEM, name=name, short_name=name[:40], kind="department", region=region, parent=parent
    )


def make_post(organisation: Organisation, title: str, **roles: str) -> Post:
    """Open a post; ``roles`` maps each role to its reach."""
    post = Post.objects.create(organisation=organisation, title=title)
    PostRole.objects.bulk_create(PostRole(post=post, role=role, reach=reach) for role, reach in roles.items())
    return post


def make_staff(username: str, name: str = "") -> StaffMember:
    account = Account.objects.create(username=username, kind=AccountKind.STAFF)
    return StaffMember.objects.create(account=account, name=name or username)


def hold(staff: StaffMember, post: Post, kind: str = "main", start: date = LONG_AGO) -> Appointment:
    return services.appoint(actor=SYSTEM, staff=staff, post=post, start_date=start, kind=kind)


def make_holder(
    username: str, organisation: Organisation, title: str = "", reach: str = Reach.OWN, *roles: str
) -> Appointment:
    """Return the main appointment of a new member of staff in a new post with ``roles``."""
    post = make_post(organisation, title or username, **dict.fromkeys(roles, reach))
    return hold(make_staff(username), post)
