"""Setting a rule: a new value from a day on, with its clause; the old one stays for its time."""

from datetime import date

from django.utils.translation import gettext as _

from zhengtong.capabilities.seals.models import RuleKey, SealRule
from zhengtong.capabilities.seals.permissions import RULES
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

MOST = {"days": 60, "hours": 720, "size": 60, "most": 5000}


@step()
def set_rule(*, actor: Actor, key: str, value: int, valid_from: date, basis: str) -> SealRule:
    """Set a rule from a day on. Raises Refused and Denied."""
    require(actor, RULES)
    if key not in RuleKey.values:
        raise Refused("key", _("没有这条规则。"), "key")
    most = MOST[key.split(".", 1)[0]]
    least = 30 if key.startswith("size.") else 1
    if not least <= value <= most:
        raise Refused("value", _("数值应在 %(least)s 到 %(most)s 之间。") % {"least": least, "most": most}, "value")
    if SealRule.objects.filter(key=key, valid_from=valid_from).exists():
        raise Refused("taken", _("这一天已经设定过这条规则。"), "valid_from")
    rule = SealRule.objects.create(key=key, value=value, valid_from=valid_from, basis=" ".join(basis.split())[:200])
    after = {"key": key, "value": value, "valid_from": valid_from, "basis": rule.basis}
    record(actor, "seals.set_rule", rule, after=after)
    return rule
