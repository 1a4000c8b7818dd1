"""Changing what a law or notice sets: a new dated row, the old one ends the day before; what ran keeps its own."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.models import LegalRule
from zhengtong.capabilities.cases.rules import read_rule
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, require


@transaction.atomic
def revise_rule(
    *,
    actor: Actor,
    rule: LegalRule,
    effective_from: date,
    law: str,
    article: str,
    values: Mapping[str, Any],
    note: str = "",
    is_unverified: bool = False,
) -> LegalRule:
    """Set what holds from ``effective_from`` on; clocks that run already keep the rule they started with.

    Only the latest row of a code can be revised, from a later day. Raises Refused, and Denied without
    ``cases.compile_item``.
    """
    require(actor, "cases.compile_item")
    rule = LegalRule.objects.select_for_update().get(pk=rule.pk)
    later = LegalRule.objects.filter(kind=rule.kind, code=rule.code, effective_from__gt=rule.effective_from)
    if later.exists():
        raise Refused("superseded", _("这条规则已有更新的版本，请在最新的版本上修改"))
    if effective_from <= rule.effective_from:
        raise Refused("date", _("新规则的生效日期要晚于现行规则的生效日期"), "effective_from")
    revised = LegalRule(
        kind=rule.kind,
        code=rule.code,
        title=rule.title,
        law=law.strip(),
        article=article.strip(),
        effective_from=effective_from,
        effective_to=rule.effective_to if rule.effective_to and rule.effective_to >= effective_from else None,
        note=note.strip(),
        is_unverified=is_unverified,
        values={**rule.values, **values},
    )
    try:
        read_rule(revised)
    except (TypeError, ValueError) as error:
        raise Refused("values", _("这些数值不能成立，请核对天数、延长天数和批准人")) from error
    if rule.effective_to is None or rule.effective_to >= effective_from:
        rule.effective_to = effective_from - timedelta(days=1)
        rule.save(update_fields=["effective_to", "updated_at"])
    revised.save()
    record(
        actor,
        "cases.rule_revised",
        revised,
        before={"values": rule.values, "effective_to": rule.effective_to},
        after={"values": revised.values, "effective_from": effective_from, "law": revised.law},
    )
    return revised


@transaction.atomic
def verify_rule(*, actor: Actor, rule: LegalRule) -> LegalRule:
    """Note that article and figure were compared with the official text. Raises Denied."""
    require(actor, "cases.compile_item")
    if LegalRule.objects.filter(pk=rule.pk, is_unverified=True).update(is_unverified=False):
        rule.refresh_from_db()
        record(actor, "cases.rule_verified", rule)
    return rule
