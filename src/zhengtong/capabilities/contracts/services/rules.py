"""Rules and reasons for refusing: a new row from a day on, with its clause; the old one stays for its time."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.models import RefusalReason, RuleKey, ShareRule
from zhengtong.capabilities.contracts.permissions import RULES
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

MOST = {"days": 120, "notice": 365, "most": 3660, "share": 100}


@step()
def set_rule(*, actor: Actor, key: str, value: int, source: str, effective_from: date, article: str = "") -> ShareRule:
    """Set a rule from a day on. Raises Refused and Denied."""
    require(actor, RULES)
    if key not in RuleKey.values:
        raise Refused("key", _("没有这条规则。"), "key")
    most = 4 if key == RuleKey.GRADE else MOST[key.split(".", 1)[0]]
    least = 0 if key.startswith("share.") else 1
    if not least <= value <= most:
        raise Refused("value", _("数值应在 %(least)s 到 %(most)s 之间。") % {"least": least, "most": most}, "value")
    if ShareRule.objects.filter(key=key, effective_from=effective_from).exists():
        raise Refused("taken", _("这一天已经设定过这条规则。"), "effective_from")
    rule = ShareRule.objects.create(
        key=key,
        value=value,
        source=" ".join(source.split())[:150],
        article=" ".join(article.split())[:40],
        effective_from=effective_from,
        is_unverified=False,
    )
    after = {"key": key, "value": value, "effective_from": effective_from, "source": rule.source}
    record(actor, "contracts.set_rule", rule, after=after)
    return rule


@step()
def verify_rule(*, actor: Actor, rule: ShareRule) -> ShareRule:
    """Note that the number was compared with the text of its source. Raises Denied."""
    require(actor, RULES, rule)
    rule.is_unverified = False
    rule.save(update_fields=["is_unverified"])
    record(actor, "contracts.verify_rule", rule, after={"key": rule.key, "value": rule.value})
    return rule


@step()
def add_reason(
    *, actor: Actor, code: str, title: str, source: str, effective_from: date, article: str = ""
) -> RefusalReason:
    """Add a reason for which sharing may be refused. Raises Refused and Denied."""
    require(actor, RULES)
    if RefusalReason.objects.filter(code=code, effective_from=effective_from).exists():
        raise Refused("taken", _("这一天已经有这个代码的理由。"), "code")
    reason = RefusalReason.objects.create(
        code=code,
        title=" ".join(title.split())[:100],
        source=" ".join(source.split())[:150],
        article=" ".join(article.split())[:40],
        effective_from=effective_from,
        is_unverified=False,
    )
    record(actor, "contracts.add_reason", reason, after={"code": code, "title": reason.title})
    return reason


@step()
def end_reason(*, actor: Actor, reason: RefusalReason, effective_to: date) -> RefusalReason:
    """Let a reason end with a day. Raises Refused and Denied."""
    require(actor, RULES, reason)
    if effective_to < max(reason.effective_from, timezone.localdate()):
        raise Refused("too-early", _("失效日期不能早于今天和施行日期。"), "effective_to")
    reason.effective_to = effective_to
    reason.save(update_fields=["effective_to"])
    record(actor, "contracts.end_reason", reason, after={"code": reason.code, "effective_to": effective_to})
    return reason


@step()
def verify_reason(*, actor: Actor, reason: RefusalReason) -> RefusalReason:
    """Note that the reason was compared with the text of its source. Raises Denied."""
    require(actor, RULES, reason)
    reason.is_unverified = False
    reason.save(update_fields=["is_unverified"])
    record(actor, "contracts.verify_reason", reason, after={"code": reason.code})
    return reason
