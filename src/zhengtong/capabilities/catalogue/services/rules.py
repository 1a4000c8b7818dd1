"""What the authority sets: the classification's nodes, and within how many working days a step is done."""

import re
from datetime import date, timedelta

from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.models import CatalogueLimit, Classification, LimitStep, Resource, ResourceVersion
from zhengtong.capabilities.catalogue.permissions import MANAGE
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

# 类 one digit, 项 two more, 目 three more, 细目 one to six more.
_CODE = re.compile(r"[1-9]([0-9]{2}([0-9]{3}([0-9]{1,6})?)?)?")


def find_above(code: str) -> Classification | None:
    """Return the node above: the longest code that this one begins with."""
    return (
        Classification.objects.filter(code__in=[code[:size] for size in range(1, len(code))]).order_by("-code").first()
    )


@step()
def add_classification(*, actor: Actor, code: str, name: str) -> Classification:
    """Add a node below the one that its code begins with. Raises Refused and Denied."""
    require(actor, MANAGE)
    if not _CODE.fullmatch(code):
        raise Refused("code", _("代码由类1位、项2位、目3位、细目1至6位数字组成，如 307 或者 307001。"), "code")
    if Classification.objects.filter(code=code).exists():
        raise Refused("taken", _("已经有代码“%(code)s”。") % {"code": code}, "code")
    if not name.strip():
        raise Refused("no-name", _("请填写名称。"), "name")
    above = find_above(code)
    wanted = {3: 1, 6: 3}.get(len(code), 6 if len(code) > 6 else 0)
    if wanted and (above is None or len(above.code) != wanted):
        raise Refused("no-parent", _("没有上一级“%(code)s”，请先增加它。") % {"code": code[:wanted]}, "code")
    made = Classification.objects.create(code=code, name=name.strip()[:60], parent=above)
    record(actor, "catalogue.add_classification", made, after={"code": code, "name": made.name})
    return made


@step()
def rename_classification(*, actor: Actor, classification: Classification, name: str) -> Classification:
    """Call a node otherwise; its code stays, entries carry it. Raises Refused and Denied."""
    require(actor, MANAGE)
    if not name.strip():
        raise Refused("no-name", _("请填写名称。"), "name")
    before = classification.name
    classification.name = name.strip()[:60]
    classification.save(update_fields=["name"])
    record(
        actor,
        "catalogue.rename_classification",
        classification,
        before={"name": before},
        after={"name": classification.name},
    )
    return classification


@step()
def remove_classification(*, actor: Actor, classification: Classification) -> None:
    """Remove a node that nothing stands below and no entry is in. Raises Refused and Denied."""
    require(actor, MANAGE)
    locked = Classification.objects.select_for_update().get(pk=classification.pk)
    if locked.children.exists():
        raise Refused("has-children", _("“%(name)s”下面还有分类，不能删除。") % {"name": locked.name})
    if (
        Resource.objects.filter(classification=locked).exists()
        or ResourceVersion.objects.filter(classification=locked).exists()
    ):
        raise Refused("used", _("“%(name)s”里有资源，不能删除。") % {"name": locked.name})
    record(actor, "catalogue.remove_classification", locked, before={"code": locked.code, "name": locked.name})
    locked.delete()


@step()
def set_limit(
    *,
    actor: Actor,
    step: str,
    days: int,
    source: str,
    effective_from: date,
    article: str = "",
    is_unverified: bool = True,
) -> CatalogueLimit:
    """Set a step's limit from a day on; the one before ends the day before. What runs keeps its own. Raises Refused."""
    require(actor, MANAGE)
    if step not in LimitStep.values:
        raise Refused("step", _("没有这个环节。"), "step")
    if days < 1:
        raise Refused("days", _("期限至少1个工作日"), "days")
    same = CatalogueLimit.objects.select_for_update().filter(step=step)
    if same.filter(effective_from__gte=effective_from).exists():
        raise Refused("effective_from", _("已有同一天或更晚生效的期限，请填写更晚的生效日期"), "effective_from")
    same.filter(effective_to=None).update(effective_to=effective_from - timedelta(days=1))
    made = CatalogueLimit.objects.create(
        step=step,
        days=days,
        source=source.strip(),
        article=article.strip(),
        effective_from=effective_from,
        is_unverified=is_unverified,
    )
    record(
        actor,
        "catalogue.set_limit",
        made,
        after={"step": step, "days": days, "effective_from": effective_from, "source": made.source},
    )
    return made


@step()
def verify_limit(*, actor: Actor, limit: CatalogueLimit) -> CatalogueLimit:
    """Note that the figure was compared with the rule's own text."""
    require(actor, MANAGE)
    if CatalogueLimit.objects.filter(pk=limit.pk, is_unverified=True).update(is_unverified=False):
        limit.refresh_from_db()
        record(actor, "catalogue.verify_limit", limit)
    return limit
