"""The first organisation of a bare installation, and the three administrators who make all the others."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.identity.administrators import ROLES
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.models import Organisation, OrganisationKind, Reach, Region, StaffMember
from zhengtong.core.identity.services.organisations import found_organisation
from zhengtong.core.identity.services.posts import open_post
from zhengtong.core.identity.services.roles import grant_role
from zhengtong.core.identity.services.staff import appoint, create_staff_account
from zhengtong.kernel.modules import Role, registry
from zhengtong.kernel.policy import Actor


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """Who is to hold one of the three roles, with a password that she changes after signing in."""

    username: str
    name: str
    password: str


@transaction.atomic
def found_administration(
    *, actor: Actor, region: Region, organisation_name: str, accounts: Mapping[str, FirstAccount]
) -> Organisation:
    """Make the government of ``region`` and its three administrators; ``accounts`` names one person for each role.

    For a platform without organisations only: afterwards they make everybody else, and each other's successors.
    Raises Refused, and Denied for anybody but the platform itself.
    """
    if set(accounts) != set(ROLES) or len({account.username for account in accounts.values()}) != len(ROLES):
        raise Refused("three", _("系统管理员、安全保密管理员、安全审计员要由三个人分别担任"))
    if Organisation.objects.exists():
        raise Refused("founded", _("平台里已经有机构，管理员由现有的管理员设立"))
    government = found_organisation(
        actor=actor,
        name=organisation_name,
        short_name=organisation_name,
        kind=OrganisationKind.GOVERNMENT,
        region=region,
        parent=None,
    )
    titles = {role.code: str(role.title) for role in registry.of(Role)}
    for role, account in accounts.items():
        post = open_post(actor=actor, organisation=government, title=titles[role])
        grant_role(actor=actor, post=post, role=role, reach=Reach.SUBTREE)
        staff = create_staff_account(
            actor=actor, username=account.username, password=account.password, name=account.name
        )
        StaffMember.objects.filter(pk=staff.pk).update(organisation=government)
        staff.refresh_from_db()
        appoint(actor=actor, staff=staff, post=post, start_date=timezone.localdate())
    return government
