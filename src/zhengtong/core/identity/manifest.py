"""What identity brings: the permissions over people and organisations, and how their rows are protected."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.models import Citizen, Organisation, Post
from zhengtong.core.identity.policy import Protected
from zhengtong.kernel.modules import Module, Permission, Role

MODULE = Module(
    code="identity",
    title=_("身份"),
    declares=(
        Permission("identity.view_citizen", _("查看群众信息")),
        Permission("identity.verify_identity", _("核验群众身份和授权")),
        Permission("identity.manage_staff", _("管理工作人员账号和任职")),
        Role("identity_administrator", _("账号管理员"), ("identity.manage_staff",)),
        Protected(
            Citizen,
            owner="account_id",
            owner_actions=frozenset(
                {"identity.complete_profile", "identity.declare_mandate", "identity.revoke_mandate"}
            ),
        ),
        Protected(Organisation, organisation="id"),
        Protected(Post, organisation="organisation_id"),
    ),
)
