"""What every act on an entry shares: lock, authorise, number, keep a text, put work on lists, tell the compiler."""

import re
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.domain import HEAD_NAMES, FieldText, VersionText, doubled, is_item_code
from zhengtong.capabilities.catalogue.models import (
    CatalogueLimit,
    Classification,
    Field,
    FieldGrade,
    LimitStep,
    MaskKind,
    OpenType,
    PersonalClass,
    Resource,
    ResourceVersion,
    ShareType,
    UpdateCycle,
    VersionStatus,
)
from zhengtong.capabilities.catalogue.permissions import APPROVE, COMPILE, REVIEW, VIEW
from zhengtong.capabilities.catalogue.selectors import OPEN
from zhengtong.capabilities.sources.public import ColumnKind
from zhengtong.core.identity.public import Refused
from zhengtong.core.messages.public import send_message
from zhengtong.core.worklist.public import close_item, open_item
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import Actor, Denied, can, require

WORK_KIND = "catalogue.review"
# Control characters, and marks that turn the direction of writing.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
MOST_FIELDS = 500
# Which step a status waits for: who may do it, and by which limit.
TURN = {
    VersionStatus.DEPARTMENT_REVIEW: (REVIEW, LimitStep.DEPARTMENT, "部门审核"),
    VersionStatus.AUTHORITY_REVIEW: (APPROVE, LimitStep.AUTHORITY, "主管审核"),
    VersionStatus.RETURNED: (COMPILE, LimitStep.CORRECTION, "修改后再送审"),
}


def version_url(version: ResourceVersion) -> str:
    """Return the address of a version's page; "" where the desk isn't installed."""
    try:
        return reverse("catalogue_desk:version", args=[version.pk])
    except NoReverseMatch:
        return ""


def lock_resource(resource_id: int) -> Resource:
    return Resource.objects.select_for_update(of=("self",)).select_related("provider__region").get(pk=resource_id)


def lock_version(version_id: int) -> ResourceVersion:
    """Return the version with its entry, both locked, the entry first: as in every act."""
    resource = lock_resource(ResourceVersion.objects.values_list("resource_id", flat=True).get(pk=version_id))
    version = (
        ResourceVersion.objects.select_for_update(of=("self",))
        .select_related("classification", "compiled_by__staff__account", "reviewed_by__staff")
        .get(pk=version_id)
    )
    version.resource = resource
    return version


def require_row(actor: Actor, permission: str, row: Resource | ResourceVersion) -> None:
    """Raise Denied where ``actor`` may not do this in the row's office; invisible where she may not even see it."""
    if not can(actor, VIEW, row) and not can(actor, permission, row):
        raise Denied(permission, visible=False)
    require(actor, permission, row)


def refuse_open(resource: Resource) -> None:
    """Raise Refused when another version of the entry is under way."""
    found = ResourceVersion.objects.filter(resource=resource, status__in=OPEN).first()
    if found is not None:
        raise Refused(
            "under-way",
            _("“%(name)s”已有第%(number)s版在编制或者审核中，请先办完或者放弃那一版。")
            % {"name": resource.name, "number": found.number},
        )


def next_code(classification: Classification) -> str:
    """Return the next code in a class: its own, a slash, a number. The node is locked until the step ends."""
    Classification.objects.select_for_update().get(pk=classification.pk)
    prefix = f"{classification.code}/"
    last = (
        Resource.objects.filter(code__startswith=prefix, code__regex=rf"^{classification.code}/[0-9]{{6}}$")
        .order_by("-code")
        .values_list("code", flat=True)
        .first()
    )
    return f"{prefix}{(int(last.removeprefix(prefix)) if last else 0) + 1:06d}"


def find_limit(step: str, day: date) -> CatalogueLimit:
    """Return the limit of a step in force on ``day``. Raises Refused when the administration set none."""
    found = (
        CatalogueLimit.objects.filter(
            Q(effective_to=None) | Q(effective_to__gte=day), step=step, effective_from__lte=day
        )
        .order_by("-effective_from")
        .first()
    )
    if found is None:
        raise Refused("no-limit", _("没有设定这个环节的办理期限，请目录主管在“目录审核期限”里补上。"))
    return found


def due_after(step: str, at: datetime, region: str) -> datetime:
    """Return the end of the last working day of a step that began at ``at``; its first day doesn't count."""
    calendar = get_calendar(region)
    day = calendar.local_date(at)
    return calendar.end_of_day(calendar.add_working_days(day, find_limit(step, day).days))


_CHOICES = {
    "share_type": (ShareType.values, "共享类型"),
    "open_type": (OpenType.values, "开放属性"),
    "update_cycle": (UpdateCycle.values, "更新周期"),
}


def check_text(text: VersionText) -> None:
    """Raise Refused, naming the field, for a text that can't even be kept as a draft. Gaps are another question."""
    for name, (known, title) in _CHOICES.items():
        if getattr(text, name) not in known:
            raise Refused(
                name, _("%(title)s“%(value)s”不在规定的取值里。") % {"title": title, "value": getattr(text, name)}, name
            )
    for name in HEAD_NAMES:
        limit = getattr(ResourceVersion._meta.get_field(name), "max_length", None)
        if limit is not None and len(getattr(text, name)) > limit:
            raise Refused("too-long", _("内容太长，最多%(n)s个字。") % {"n": limit}, name)
    if len(text.abstract) > 5000:
        raise Refused("too-long", _("内容太长，最多%(n)s个字。") % {"n": 5000}, "abstract")
    said = [getattr(text, name) for name in HEAD_NAMES]
    said += [part for each in text.fields for part in (each.code, each.name, each.column, each.dictionary, each.note)]
    if any(_CONTROL.search(part) for part in said):
        raise Refused("control", _("内容里有看不见的控制字符，请删除后重新填写。"))
    if not text.name.strip():
        raise Refused("no-name", _("没有填写资源名称。"), "name")
    if len(text.fields) > MOST_FIELDS:
        raise Refused("too-many-fields", _("信息项超过%(n)s个，请拆成几个资源。") % {"n": MOST_FIELDS})
    if twice := doubled(each.code for each in text.fields):
        raise Refused("doubled-code", _("信息项代码“%(code)s”出现了不止一次（不分大小写）。") % {"code": twice[0]})
    for each in text.fields:
        _check_field(each)
    unknown = [code for code in text.related.split() if not Resource.objects.filter(code=code).exists()]
    if unknown:
        raise Refused("related", _("目录里没有代码为“%(code)s”的资源。") % {"code": unknown[0]}, "related")


def _check_field(each: FieldText) -> None:
    name = each.name or each.code
    if not is_item_code(each.code):
        raise Refused(
            "item-code",
            _("信息项“%(name)s”的代码“%(code)s”要以字母开头，只用字母、数字和下划线，最多63个字符。")
            % {"name": name, "code": each.code[:70]},
        )
    if not each.name.strip():
        raise Refused("item-name", _("信息项“%(code)s”没有填写名称。") % {"code": each.code})
    if (
        each.kind not in list(ColumnKind)
        or each.personal not in PersonalClass.values
        or each.mask not in MaskKind.values
        or each.grade not in FieldGrade.values
    ):
        raise Refused("item-kind", _("信息项“%(name)s”的类型、级别或者脱敏方式不在规定的取值里。") % {"name": name})
    if each.scale is not None and (each.precision is None or each.scale > each.precision):
        raise Refused("item-scale", _("信息项“%(name)s”的小数位不能多于精度。") % {"name": name})
    for attribute, limit in (("name", 100), ("column", 128), ("dictionary", 100), ("note", 200)):
        if len(getattr(each, attribute)) > limit:
            raise Refused("item-long", _("信息项“%(name)s”的内容太长。") % {"name": name[:30]})


def write_text(version: ResourceVersion, text: VersionText, classification: Classification) -> None:
    """Let a locked draft say ``text`` (saved), and the entry with it as long as nothing of it is published."""
    for name in HEAD_NAMES:
        if name != "classification":
            setattr(version, name, getattr(text, name).strip())
    version.classification = classification
    version.revision += 1
    version.save()
    Field.objects.filter(version=version).delete()
    Field.objects.bulk_create(
        Field(version=version, position=place, **_columns(each)) for place, each in enumerate(text.fields, 1)
    )
    if version.resource.current_id is None:
        say_head(version.resource, version)


def _columns(each: FieldText) -> dict[str, Any]:
    said = {name: getattr(each, name) for name in FieldText.__dataclass_fields__}
    return {**said, "rule": dict(each.rule)}


def say_head(resource: Resource, version: ResourceVersion) -> None:
    """Write what a version says into the columns of its entry."""
    resource.name, resource.abstract = version.name, version.abstract
    resource.classification = version.classification
    resource.share_type, resource.open_type = version.share_type, version.open_type
    resource.update_cycle = version.update_cycle
    resource.save()


def find_classification(code: str) -> Classification:
    """Raises Refused for a code that no node has."""
    found = Classification.objects.filter(code=code).first()
    if found is None:
        raise Refused("classification", _("资源分类里没有代码“%(code)s”。") % {"code": code[:20]}, "classification")
    return found


def wait_for(version: ResourceVersion, status: VersionStatus, *, actor: Actor) -> None:
    """Bring a locked draft to a status that somebody has to act on: the work before is done, the next is on a list."""
    permission, step, words = TURN[status]
    close_work(version, actor=actor)
    provider = version.resource.provider
    version.status, version.due_at = status, due_after(step, timezone.now(), provider.region.code)
    version.save()
    # The row is everybody's and is translated when it is shown.
    with translation.override("zh-hans"):
        title = version.name[:200]
    open_item(
        kind=WORK_KIND,
        object_id=version.pk,
        organisation_id=provider.pk,
        permission=permission,
        assignee_id=version.compiled_by_id if status == VersionStatus.RETURNED else None,
        reference=version.resource.code[:40],
        title=title,
        party=provider.name[:120],
        step=words,
        url=version_url(version),
        due_at=version.due_at,
    )


def close_work(version: ResourceVersion, *, actor: Actor, is_done: bool = True) -> None:
    close_item(
        kind=WORK_KIND,
        object_id=version.pk,
        done_by_id=actor.appointment if is_done else None,
        done_by_agent_id=actor.agent if is_done else None,
    )


def tell_compiler(version: ResourceVersion, template: str, *, actor: Actor, **context: object) -> None:
    if version.compiled_by is None:
        return
    send_message(
        actor=actor,
        recipient=version.compiled_by.staff.account,
        template=template,
        context={"name": version.name, "number": version.number, "who": actor.name, **context},
        link=version_url(version),
    )
