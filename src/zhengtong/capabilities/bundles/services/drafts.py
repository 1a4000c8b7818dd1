"""Compiling a bundle in an office: its author's text is kept as a draft and published as a bundle."""

from django.db import transaction
from django.utils.translation import gettext as _

from zhengtong.capabilities.bundles.gate import check_bundle_draft
from zhengtong.capabilities.bundles.models import BundleText
from zhengtong.capabilities.bundles.services.publishing import publish_bundle
from zhengtong.capabilities.cases.public import (
    ItemDraft,
    ItemVersion,
    ServiceItem,
    UnusableDefinition,
    admit_to_publication,
    finish_publication,
    revise_item,
)
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor


@transaction.atomic
def revise_bundle(*, actor: Actor, item: ServiceItem) -> ItemDraft:
    """Begin the next version of a published bundle, from its author's text. Raises Refused and Denied."""
    kept = BundleText.objects.filter(item=item).first()
    if kept is None:
        raise Refused("no-text", _("这件事没有可以修改的原文"))
    return revise_item(actor=actor, item=item, text={**kept.text, "kind": "bundle"})


@transaction.atomic
def publish_bundle_draft(*, actor: Actor, draft_id: int, number: int) -> ItemVersion:
    """Publish the draft as the bundle's next version. Of two at once one wins. Raises Refused and Denied."""
    draft = admit_to_publication(actor, draft_id, number)
    if missing := [each for each in check_bundle_draft(draft) if each.is_blocking]:
        raise Refused("unfinished", _("还有 %(n)d 处没有填好，不能发布") % {"n": len(missing)})
    text = {key: value for key, value in draft.definition.items() if key not in ("offices", "kind", "form")}
    try:
        version = publish_bundle(actor=actor, raw={**text, "code": draft.code})
    except UnusableDefinition as error:
        raise Refused("unusable", str(error)) from error
    finish_publication(actor, draft, version)
    return version
