"""Publishing bundles: compiled from their own text and the newest texts of their items, again whenever one of these
changes."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from zhengtong.capabilities.bundles.declarations import BundleFile
from zhengtong.capabilities.bundles.domain import UnusableBundle, compile_bundle
from zhengtong.capabilities.bundles.models import BundleText
from zhengtong.capabilities.cases.public import ItemVersion, ServiceItem, UnusableDefinition, publish_item
from zhengtong.core.audit.public import record
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import SYSTEM, Actor


@transaction.atomic
def publish_bundle(*, actor: Actor, raw: Mapping[str, Any]) -> ItemVersion:
    """Publish a bundle's text, compiled with its items, unless that is its newest version already.

    Raises UnusableDefinition naming the place that is wrong: nothing is published then.
    """
    try:
        compiled = compile_newest(raw)
    except UnusableBundle as error:
        raise UnusableDefinition(f"{raw['code']}: {error}") from error
    version = publish_item(actor=actor, raw=compiled)
    codes = [each["code"] for each in raw["items"]]
    BundleText.objects.update_or_create(item=version.item, defaults={"text": dict(raw), "items": codes})
    return version


def compile_newest(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bundle compiled with the newest published texts of its items. Raises UnusableBundle."""
    codes = [each["code"] for each in raw["items"]]
    texts: dict[str, Mapping[str, Any]] = {}
    versions: dict[str, int] = {}
    for version in (
        ItemVersion.objects.filter(item__code__in=codes, item__is_published=True)
        .select_related("item")
        .order_by("number")
    ):
        texts[version.item.code], versions[version.item.code] = version.definition, version.number
    return compile_bundle(raw, texts, versions)


def publish_bundle_file(*, actor: Actor, path: Path) -> ItemVersion:
    """Publish the bundle that ``path`` (TOML) holds."""
    with path.open("rb") as file:
        return publish_bundle(actor=actor, raw=tomllib.load(file))


def publish_declared(*, actor: Actor) -> None:
    """Publish the bundles that the sectors bring."""
    for file in registry.of(BundleFile):
        publish_bundle_file(actor=actor, path=file.path)


def follow_item(item: ServiceItem, *, actor: Actor = SYSTEM) -> None:
    """Compile the bundles that hold ``item`` anew: their drafts move to the new form.

    One that doesn't fit the item any more stays as it is, with the version of the item that it was compiled with, and
    the journal says why: the item's own publication isn't held up by it.
    """
    for kept in BundleText.objects.filter(items__contains=[item.code]).select_related("item"):
        try:
            publish_bundle(actor=actor, raw=kept.text)
        except UnusableDefinition as error:
            record(actor, "bundles.not_compiled", kept.item, after={"item": item.code, "why": str(error)})


def refresh_bundles() -> None:
    """Compile every bundle anew: a threshold of the dated rules may be another from today on."""
    for kept in BundleText.objects.order_by("pk"):
        publish_bundle(actor=SYSTEM, raw=kept.text)
