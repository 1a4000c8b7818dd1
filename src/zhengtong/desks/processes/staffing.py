"""Whether anybody can work at a node: asked at publishing, when a missing person can still be named."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import ORGAN_HEAD, list_named, name_permission
from zhengtong.core.identity.public import Appointment
from zhengtong.kernel.modules import Role, registry


def name_unstaffed(permission: str, organisation: str, *, is_head: bool) -> str:
    """Return where nobody in office holds ``permission``, "" when somebody does.

    ``organisation`` is what a drawing calls it: a code, a name or a title (民政局), which several places have; "": any.
    """
    roles = [role.key for role in registry.of(Role) if permission in role.permissions]
    if is_head:
        roles = [role for role in roles if role == ORGAN_HEAD]
    today = timezone.localdate()
    held = Appointment.objects.filter(
        Q(end_date=None) | Q(end_date__gte=today), start_date__lte=today, post__roles__role__in=roles
    )
    what = _("机关负责人") if is_head else _("有“%(role)s”权限的人") % {"role": name_permission(permission)}
    if not organisation:
        return "" if held.exists() else _("办理机关里没有%(what)s") % {"what": what}
    organs = list_named([organisation])[organisation]
    if not organs:
        return _("没有“%(where)s”这个机构") % {"where": organisation}
    if held.filter(post__organisation__in=organs).exists():
        return ""
    return _("%(where)s里没有%(what)s") % {"where": organs[0].name if len(organs) == 1 else organisation, "what": what}
