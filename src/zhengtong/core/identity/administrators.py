"""The three administrators (三员分立): who opens accounts, who gives out powers, and who looks on are three people.

GB/T 22239 8.1.5.1–8.1.5.3. None of the three can make another of her own: a post that holds one of these roles, or
another that can't be lent (keys, seals), is filled and vacated by the security administrator, who can't open accounts,
and nobody fills a post with herself.
"""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.models import Post
from zhengtong.core.identity.separation import IncompatibleRoles
from zhengtong.kernel.modules import Permission, Role, registry
from zhengtong.kernel.policy import Actor, require

MANAGE_ORGANISATIONS = "identity.manage_organisations"
MANAGE_STAFF = "identity.manage_staff"
MANAGE_ROLES = "identity.manage_roles"
# What else the security administrator decides; declared by the modules that bring it.
SECURE = (
    "signon.view_applications",
    "signon.review_application",
    "signon.examine_sign_ins",
    "signon.set_policy",
    "signon.reset_factors",
    "signon.view_resets",
    "marks.view_marks",
    "marks.register_secret",
)
# The second person's word when a lost factor is reset is hers who can't begin that.
VOUCH = ("signon.vouch_for_reset", "signon.view_resets")
VIEW_JOURNAL = "audit.view_journal"
VIEW_PUBLIC_JOURNAL = "audit.view_public_journal"
# She proves what was done, and changes nothing of it.
PROVE_JOURNAL = ("audit.export_evidence", "audit.check_journal", "audit.publish_roots")
ROLES = ("system_administrator", "security_administrator", "audit_administrator")

DECLARATIONS = (
    Permission(MANAGE_ORGANISATIONS, _("管理机构和岗位")),
    Permission(MANAGE_STAFF, _("管理工作人员账号和任职")),
    Permission(MANAGE_ROLES, _("给岗位授予角色、确定涉密等级、解除登录锁定")),
    Role(ROLES[0], _("系统管理员"), (MANAGE_ORGANISATIONS, MANAGE_STAFF, *VOUCH), is_delegable=False),
    Role(ROLES[1], _("安全保密管理员"), (MANAGE_ROLES, *SECURE), is_delegable=False),
    Role(ROLES[2], _("安全审计员"), (VIEW_JOURNAL, VIEW_PUBLIC_JOURNAL, *PROVE_JOURNAL), is_delegable=False),
    IncompatibleRoles(
        "three-administrators",
        frozenset(ROLES),
        _("系统管理、安全保密管理、安全审计应当由三个人分别担任（GB/T 22239）"),
    ),
    *(
        IncompatibleRoles(
            f"operator-and-{other}",
            frozenset({"platform_operator", other}),
            _("平台运维的操作由安全员授权、由审计员检查，不能自己授权、自己检查（GB/T 22239）"),
        )
        for other in ROLES[1:]
    ),
)


def list_guarded_roles() -> list[str]:
    """Return the roles of whose posts the security administrator decides: those that can't be lent to anybody."""
    return [role.code for role in registry.of(Role) if not role.is_delegable]


def require_staffing(actor: Actor, post: Post) -> None:
    """Raise Denied unless ``actor`` may decide who holds ``post``."""
    is_guarded = post.roles.filter(role__in=list_guarded_roles()).exists()
    require(actor, MANAGE_ROLES if is_guarded else MANAGE_STAFF, post)
