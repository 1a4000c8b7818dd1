"""What can be chosen for a node: permissions, organisations, papers, tables, processes; and the names of conditions."""

from typing import Any, Final

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import ItemVersion, list_form
from zhengtong.capabilities.workflow.public import (
    DecisionTableVersion,
    Process,
    ProcessVersion,
    VersionStatus,
)
from zhengtong.core.identity.public import Organisation, OrganisationKind, Region
from zhengtong.core.papers.public import PaperKind
from zhengtong.desks.processes.permissions import COMPILE, VIEW_CASE
from zhengtong.kernel.modules import Permission, Role, registry
from zhengtong.kernel.policy import Actor

MOST: Final = 400
_HANDLING: Final = (OrganisationKind.DEPARTMENT, OrganisationKind.SERVICE_CENTRE, OrganisationKind.TOWN)


def list_options(actor: Actor, process: Process) -> dict[str, list[dict[str, Any]]]:
    """Return the choices of the designer's panel for ``process``."""
    departments = [{"value": f"code:{code}", "title": name} for code, name in _organisations(actor)]
    return {
        "roles": _roles(),
        "organisations": [
            {"value": "", "title": _("办件的办理机关")},
            {"value": "handling", "title": _("办件的办理机关（写明）")},
            {"value": "parent", "title": _("上级机关")},
            *departments,
        ],
        "departments": departments,
        "relations": [
            {"value": "", "title": _("没有要求")},
            {"value": "any", "title": _("没有要求（写明）")},
            {"value": "head", "title": _("机关负责人")},
        ],
        "documents": [{"value": each.code, "title": str(each.title)} for each in registry.of(PaperKind)],
        "tables": list_table_options(),
        "processes": _processes(process),
        "names": list_names(process),
        "fieldTypes": [{"value": value, "title": title} for value, title in field_types()],
    }


def field_types() -> list[tuple[str, str]]:
    return [
        ("text", _("一行文字")),
        ("textarea", _("多行文字")),
        ("number", _("数字")),
        ("date", _("日期")),
        ("choice", _("单选")),
        ("multichoice", _("多选")),
        ("boolean", _("是否")),
    ]


def _roles() -> list[dict[str, Any]]:
    held = {permission for role in registry.of(Role) for permission in role.permissions} - {VIEW_CASE}
    known = [each for each in registry.of(Permission) if each.code in held and each.code.startswith("cases.")]
    return [
        {"value": "", "title": _("审查办件（通常）")},
        *({"value": each.code, "title": str(each.title)} for each in known if each.code != COMPILE),
    ]


def _organisations(actor: Actor) -> list[tuple[str, str]]:
    """Return those of the regions in which ``actor`` compiles and above them: a joint review crosses organs."""
    paths = (
        Region.objects.filter(organisations__in=list(actor.reach(COMPILE))).values_list("path", flat=True).distinct()
    )
    codes = {code for path in paths for code in path.split(".")}
    found = Organisation.objects.filter(region__code__in=codes, is_active=True, kind__in=_HANDLING)
    rows = found.order_by("region__code", "name").values_list("credit_code", "public_id", "name")
    return [(code or str(public_id), name) for code, public_id, name in rows[:MOST]]


def list_table_options() -> list[dict[str, Any]]:
    """Return the published decision tables with what they answer."""
    live = DecisionTableVersion.objects.select_related("table").filter(status=VersionStatus.PUBLISHED)
    return [
        {
            "value": each.table.code,
            "title": each.table.name,
            "outputs": [{"key": row["key"], "title": row.get("name") or row["key"]} for row in each.outputs],
        }
        for each in live.order_by("table__name")[:MOST]
    ]


def _processes(process: Process) -> list[dict[str, Any]]:
    live = ProcessVersion.objects.filter(status=VersionStatus.PUBLISHED).exclude(process=process)
    rows = live.order_by("process__name").values_list("process__code", "process__name")
    return [{"value": code, "title": name} for code, name in rows[:MOST]]


def list_items_of(*codes: str) -> list[ItemVersion]:
    """Return the texts in force of the items whose cases walk through the processes with ``codes``."""
    newest = ItemVersion.objects.filter(item=OuterRef("item")).order_by("-number").values("number")[:1]
    found = ItemVersion.objects.filter(item__is_published=True, definition__process__in=codes, number=Subquery(newest))
    return list(found.select_related("item").order_by("item__name"))


def list_forms(process: Process) -> dict[str, set[str]]:
    """Return the fields that applications have, by the name of each item that uses the process."""
    return {
        version.item.name: {
            field["key"]
            for section in list_form({"form": [], **version.definition})
            for field in section.get("fields", ())
        }
        for version in list_items_of(process.code)
    }


def list_form_fields(process: Process) -> list[dict[str, Any]]:
    """Return the fields of the forms of the items that use ``process``, each once."""
    found: dict[str, dict[str, Any]] = {}
    for version in list_items_of(process.code):
        for section in list_form({"form": [], **version.definition}):
            for field in section.get("fields", ()):
                found.setdefault(field["key"], field)
    return list(found.values())


def list_names(process: Process) -> list[dict[str, Any]]:
    """Return what a condition may ask of the application, by the forms of the items that use the process."""
    return [
        {"name": f"form.{field['key']}", "title": field.get("label", ""), "values": list(field.get("options", ()))[:1]}
        for field in list_form_fields(process)
    ]
