"""Roles that one person may not hold together (不相容岗位分离), over all her posts of the same days.

Sources: 会计法 (a cashier keeps neither the books nor their archive and doesn't audit them), GB/T 22239 8.1.5 (system,
security and audit administration are three people's).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.models import Appointment, Post, StaffMember
from zhengtong.kernel.modules import Declaration, Role, Text, registry


@dataclass(frozen=True)
class IncompatibleRoles(Declaration):
    """Of ``roles`` a person may hold one at a time; ``reason`` names the rule."""

    code: str
    roles: frozenset[str]
    reason: Text

    @property
    def key(self) -> str:
        return self.code


def check_post(post: Post, roles: Iterable[str]) -> None:
    """Raise Refused when ``roles`` don't go together on one post."""
    held = set(roles)
    for rule in registry.of(IncompatibleRoles):
        both = sorted(held & rule.roles)
        if len(both) > 1:
            raise Refused(
                "incompatible",
                _("岗位“%(post)s”不能同时有“%(one)s”和“%(other)s”两个角色：%(reason)s")
                % {"post": post, "one": _title(both[0]), "other": _title(both[1]), "reason": rule.reason},
                "role",
            )


def check_person(
    staff: StaffMember, post: Post, roles: Iterable[str], start: date, end: date | None, field: str = "post"
) -> None:
    """Raise Refused, naming both posts, when a person holds what doesn't go with ``roles`` on some of the same days."""
    held = set(roles)
    rules = [rule for rule in registry.of(IncompatibleRoles) if held & rule.roles]
    if not rules:
        return
    others = Appointment.objects.filter(Q(end_date=None) | Q(end_date__gte=start), staff=staff).exclude(post=post)
    if end is not None:
        others = others.filter(start_date__lte=end)
    for other in others.select_related("post__organisation").prefetch_related("post__roles"):
        there = {role.role for role in other.post.roles.all()}
        for rule in rules:
            mine, hers = held & rule.roles, there & rule.roles
            if hers and len(mine | hers) > 1:
                one, two = min(mine - hers or mine), min(hers - mine or hers)
                raise Refused(
                    "incompatible",
                    _("%(name)s任“%(held)s”（%(one)s），不能同时任“%(post)s”（%(other)s）：%(reason)s")
                    % {
                        "name": staff.name,
                        "held": other.post,
                        "one": _title(two),
                        "post": post,
                        "other": _title(one),
                        "reason": rule.reason,
                    },
                    field,
                )


def _title(code: str) -> str:
    try:
        return str(registry.get(Role, code).title)
    except LookupError:
        return code
