"""Reading what is compiled: drafts and items of an office, what a standard changed, materials to take over."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from zhengtong.capabilities.cases.difference import Change, list_changes
from zhengtong.capabilities.cases.domain import take_over
from zhengtong.capabilities.cases.models import ItemDraft, ItemVersion, LibraryMaterial, ServiceItem
from zhengtong.capabilities.cases.services.drafts import COMPILE
from zhengtong.kernel.policy import Actor, visible

_PUBLISHED = """
    SELECT DISTINCT ON (coalesce(nullif(material->>'document', ''), material->>'name')) material, newest.name
    FROM (
        SELECT DISTINCT ON (version.item_id) version.definition, item.name
        FROM cases_itemversion version JOIN cases_serviceitem item ON item.id = version.item_id
        WHERE item.is_published AND item.kind = 'licence'
        ORDER BY version.item_id, version.number DESC
    ) newest
    CROSS JOIN LATERAL jsonb_array_elements(coalesce(newest.definition->'materials', '[]')) material
    WHERE strpos(lower(material->>'name'), %s) > 0 OR material->>'document' = %s
    ORDER BY coalesce(nullif(material->>'document', ''), material->>'name'), newest.name
    LIMIT %s
"""
_TAKEN = ("name", "document", "kinds", "source", "issuer", "original", "e_licence", "help")


def list_drafts(actor: Actor) -> QuerySet[ItemDraft]:
    """Return the drafts of the organisations that ``actor`` compiles for, the latest change first."""
    found = visible(actor, COMPILE, ItemDraft.objects.all())
    return found.select_related("organisation", "started_by__staff").order_by("-changed_at", "-pk")


def list_kept_items(actor: Actor) -> QuerySet[ServiceItem]:
    """Return the published items that ``actor``'s organisations keep or handle, by name."""
    reach = actor.reach(COMPILE)
    newest = Subquery(ItemVersion.objects.filter(item=OuterRef("standard")).order_by("-number").values("pk")[:1])
    keeps = Q(organisation__in=reach) | Q(organisation=None, offices__organisation__in=reach)
    found = ServiceItem.objects.filter(keeps, is_published=True).distinct()
    return found.annotate(newest_standard=newest).select_related("organisation").order_by("name", "pk")


def list_standards(actor: Actor) -> QuerySet[ServiceItem]:
    """Return the items of other organisations, of a level above, that a local version may be made of."""
    reach = actor.reach(COMPILE)
    found = ServiceItem.objects.filter(is_published=True, kind="licence", level__in=("province", "city", "county"))
    return found.exclude(organisation__in=reach).select_related("organisation").order_by("name", "pk")


def count_outdated(actor: Actor) -> int:
    """Return how many of these items follow a standard that was published anew (上级标准已更新)."""
    found = list_kept_items(actor).exclude(standard=None)
    return found.exclude(newest_standard=F("standard_version")).count()


def list_standard_changes(item: ServiceItem) -> list[Change]:
    """Return what taking over the standard's newest text would change in the item's live text."""
    if item.standard is None:
        return []
    live = item.versions.latest("number").definition
    return list_changes(live, take_over(item.standard.versions.latest("number").definition, live))


def find_materials(query: str, limit: int = 20) -> list[dict[str, Any]]:
    """Return materials called so, of the library first, then of published items; ``from`` says whose."""
    word = query.strip().lower()[:60]
    if not word:
        return []
    own = LibraryMaterial.objects.filter(Q(name__icontains=word) | Q(document=word), is_retired=False)
    found = [
        {key: getattr(row, key) for key in _TAKEN} | {"from": row.organisation.short_name}
        for row in own.select_related("organisation").order_by("name", "pk")[:limit]
    ]
    known = {each["document"] for each in found}
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISHED, [word, word, limit])
        rows = cursor.fetchall()
    for raw, item in rows:
        material: Mapping[str, Any] = raw if isinstance(raw, Mapping) else _read(raw)
        if material.get("document") not in known or not material.get("document"):
            found.append({key: material[key] for key in _TAKEN if key in material} | {"from": item})
    return found[:limit]


def _read(raw: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(raw)
    return found
