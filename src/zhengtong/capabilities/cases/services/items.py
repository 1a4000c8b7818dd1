"""Publishing items and the limits that laws set."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhengtong.capabilities.cases.domain import PromiseTooLong, Rulebook, check_promise, settle
from zhengtong.capabilities.cases.events import ItemPublished
from zhengtong.capabilities.cases.form_checks import check_form
from zhengtong.capabilities.cases.item_definition import ItemDefinition, UnusableDefinition, parse_definition
from zhengtong.capabilities.cases.item_files import read_item
from zhengtong.capabilities.cases.models import (
    CaseKind,
    ItemOffice,
    ItemVersion,
    LegalRule,
    LifeEvent,
    ServiceItem,
)
from zhengtong.capabilities.cases.rules import get_rulebook, to_rows
from zhengtong.capabilities.cases.search import ITEM_KIND
from zhengtong.capabilities.cases.services.gate import NoLivePower, check_fees, check_power
from zhengtong.capabilities.workflow.public import get_live_version, list_form_fields
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation
from zhengtong.core.search.public import refresh
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import Actor, require


@transaction.atomic
def load_rules(*, actor: Actor, rulebook: Rulebook) -> int:
    """Add the dated rules that aren't there yet; return how many were new. What is there is never changed."""
    require(actor, "cases.compile_item")
    rows = list(to_rows(rulebook))
    known = set(LegalRule.objects.values_list("kind", "code", "effective_from"))
    new = [row for row in rows if (row.kind, row.code, row.effective_from) not in known]
    if new:
        LegalRule.objects.bulk_create(new)
        record(actor, "cases.load_rules", ("cases.legalrule", "seed"), after={"added": len(new)})
    return len(new)


def check_item_process(definition: ItemDefinition) -> None:
    """Refuse an item whose process isn't published, or asks for answers that the item's form doesn't. Raises
    UnusableDefinition."""
    code = definition.text.get("process")
    if not code:
        return
    version = get_live_version(code)
    if version is None:
        raise UnusableDefinition(f"{definition.code}: 流程“{code}”不存在或者没有发布")
    missing = sorted(list_form_fields(version) - {field.key for field in definition.fields()})
    if missing:
        raise UnusableDefinition(f"{definition.code}: 流程“{code}”要看表单里没有的项目：{'、'.join(missing)}")


def pinyin_of(words: Iterable[str]) -> str:
    """Return the words as full pinyin and as initials, for a search box typed without an input method."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries take 55 MB, and few processes publish items

    parts = []
    for word in words:
        parts += ["".join(lazy_pinyin(word)), "".join(lazy_pinyin(word, style=Style.FIRST_LETTER))]
    return " ".join(parts).lower()[:400]


def require_publishing(actor: Actor) -> None:
    """Raise Denied unless ``actor`` keeps the platform's items, or publishes what an office compiled."""
    if not actor.has("items.publish"):
        require(actor, "cases.compile_item")


@transaction.atomic
def publish_item(*, actor: Actor, raw: Mapping[str, Any]) -> ItemVersion:
    """Publish the text of an item as its next version, unless it is the newest one already.

    Raises UnusableDefinition when the text names something that doesn't exist, no power that may be exercised
    (NoLivePower), or promises more time than the law allows.
    """
    require_publishing(actor)
    day = timezone.localdate()
    raw = settle(raw, lambda code: get_rulebook().threshold(code, day).amount)
    definition = parse_definition(raw)
    power = check_power(raw, day)
    check_fees(raw, day)
    if findings := check_form(raw):
        raise UnusableDefinition(f"{definition.code}: {' '.join(each.message for each in findings[:20])}")
    text: dict[str, Any] = json.loads(json.dumps(raw, ensure_ascii=False, default=str))
    digest = hashlib.sha256(json.dumps(text, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    limits = raw["limits"]
    check_item_process(definition)
    try:
        limit = get_rulebook().limit(limits["statutory"], timezone.localdate())
        check_promise(limits["promised_days"], limit, limit.unit)
    except (LookupError, PromiseTooLong) as error:
        raise UnusableDefinition(f"{definition.code}: {error}") from error
    aliases = list(raw.get("aliases", ()))
    if unknown := sorted(set(raw.get("life_events", ())) - set(LifeEvent.values)):
        raise UnusableDefinition(f"{definition.code}: life_events {', '.join(unknown)} is none of them")
    item, _is_new = ServiceItem.objects.update_or_create(
        code=definition.code,
        defaults={
            "name": definition.name,
            "name_en": raw.get("name_en", ""),
            "aliases": aliases,
            "pinyin": pinyin_of([definition.name, *aliases]),
            "audience": raw["audience"],
            "power": power,
            "kind": CaseKind.BUNDLE if raw.get("kind") == CaseKind.BUNDLE else CaseKind.LICENCE,
            "level": raw.get("level", ""),
            "base_code": raw.get("base_code", ""),
            "implementation_code": raw.get("implementation_code", ""),
            "life_events": list(raw.get("life_events", ())),
            "is_standard": bool(raw.get("is_standard", False)),
        },
    )
    newest = item.versions.order_by("-number").first()
    if newest and newest.digest == digest:
        refresh(ITEM_KIND, [item.pk])
        return newest
    version = ItemVersion.objects.create(
        item=item,
        number=newest.number + 1 if newest else 1,
        definition=text,
        digest=digest,
        statutory_limit=limits["statutory"],
        promised_days=limits["promised_days"],
        licence_kind=raw.get("licence_kind", ""),
    )
    refresh(ITEM_KIND, [item.pk])
    record(actor, "cases.publish_item", version, after={"item": item.code, "number": version.number})
    publish(ItemPublished(actor, item))
    return version


def publish_item_file(*, actor: Actor, path: Path) -> ItemVersion:
    """Publish the item that ``path`` (TOML) holds."""
    return publish_item(actor=actor, raw=read_item(path))


def refresh_items(*, actor: Actor) -> None:
    """Publish anew what a dated threshold that is in force from today on has changed; all else stays as it is.

    An item whose power was withdrawn meanwhile is left as it is, and the journal says why.
    """
    for item in ServiceItem.objects.filter(kind=CaseKind.LICENCE, is_published=True).order_by("pk"):
        try:
            publish_item(actor=actor, raw=item.versions.latest("number").definition)
        except NoLivePower as error:
            record(actor, "cases.not_refreshed", item, after={"item": item.code, "why": str(error)})


@transaction.atomic
def open_office(
    *,
    actor: Actor,
    item: ServiceItem,
    organisation: Organisation,
    window: Organisation,
    address: str,
    hours: str,
    phone: str,
    supervision_phone: str,
) -> ItemOffice:
    """Let ``organisation`` handle ``item`` for its region, received at ``window``."""
    require_publishing(actor)
    office, _is_new = ItemOffice.objects.update_or_create(
        item=item,
        region_id=organisation.region_id,
        defaults={
            "organisation": organisation,
            "window": window,
            "address": address,
            "hours": hours,
            "phone": phone,
            "supervision_phone": supervision_phone,
        },
    )
    record(actor, "cases.open_office", office, after={"item": item.code, "organisation": organisation.name})
    return office
