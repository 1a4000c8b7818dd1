"""Setting a limit of the interface path: a new value from a day on, with its basis."""

from datetime import date

from django.utils.translation import gettext as _

from zhengtong.capabilities.interfaces.gateway.rules import forget
from zhengtong.capabilities.interfaces.models import InterfaceRule, RuleKey
from zhengtong.capabilities.interfaces.permissions import RULES
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

_LIMITS = {
    RuleKey.SKEW_SECONDS: (30, 900),
    # 网络安全法: network logs are kept for six months at least (its article: verify, the law was amended).
    RuleKey.KEEP_DAYS: (184, 3650),
    RuleKey.UNSTAMPED_MINUTES: (10, 1440),
    RuleKey.OVERLAP_DAYS: (1, 90),
    RuleKey.ATTEMPTS: (3, 50),
}


@step()
def set_rule(*, actor: Actor, key: str, value: int, valid_from: date, basis: str) -> InterfaceRule:
    """Set a rule from a day on. Raises Refused and Denied."""
    require(actor, RULES)
    if key not in RuleKey.values:
        raise Refused("key", _("没有这条规则。"), "key")
    least, most = _LIMITS[RuleKey(key)]
    if not least <= value <= most:
        raise Refused("value", _("数值应在 %(least)s 到 %(most)s 之间。") % {"least": least, "most": most}, "value")
    if InterfaceRule.objects.filter(key=key, valid_from=valid_from).exists():
        raise Refused("taken", _("这一天已经设定过这条规则。"), "valid_from")
    rule = InterfaceRule.objects.create(
        key=key, value=value, valid_from=valid_from, basis=" ".join(basis.split())[:200]
    )
    after = {"key": key, "value": value, "valid_from": valid_from, "basis": rule.basis}
    record(actor, "interfaces.set_rule", rule, after=after)
    forget()
    return rule
