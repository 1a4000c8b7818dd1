"""What identity brings: the permissions over people and organisations, and how their rows are protected."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity import administrators
from zhengtong.core.identity.journal import ACTION_WORDS
from zhengtong.core.identity.models import Appointment, Citizen, Organisation, Post, PostRole, Region, StaffMember
from zhengtong.core.identity.policy import Protected
from zhengtong.kernel.modules import Module, Permission

MODULE = Module(
    code="identity",
    title=_("身份"),
    declares=(
        ACTION_WORDS,
        Permission("identity.view_citizen", _("查看群众信息")),
        Permission("identity.verify_identity", _("核验群众身份和授权")),
        *administrators.DECLARATIONS,
        Protected(
            Citizen,
            owner="account_id",
            owner_actions=frozenset(
                {
                    "identity.appoint_agent",
                    "identity.complete_profile",
                    "identity.declare_mandate",
                    "identity.register_ward",
                    "identity.revoke_mandate",
                }
            ),
        ),
        Protected(Organisation, organisation="id"),
        Protected(Post, organisation="organisation_id"),
        Protected(PostRole, organisation="post__organisation_id"),
        Protected(StaffMember, organisation="organisation_id"),
        Protected(Appointment, organisation="post__organisation_id"),
        Protected(Region, is_unscoped=True),
    ),
)
