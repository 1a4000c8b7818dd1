"""Saving the form of an item that an office compiles."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.errors import Conflict, Unacceptable
from zhengtong.capabilities.cases.models import DraftStatus, ItemDraft
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor, require

COMPILE = "items.compile"
EDITABLE = frozenset({DraftStatus.COMPILING, DraftStatus.RETURNED})
MOST_SECTIONS = 60


class StaleDraft(Conflict):
    """Somebody else saved the draft since this page was opened."""

    def __init__(self) -> None:
        super().__init__(_("别人刚刚保存过这份表单。您的改动还在这个页面上，没有丢：请导出留底，刷新后再改。"))


@transaction.atomic
def save_form(*, actor: Actor, draft_id: int, number: int, form: Sequence[Mapping[str, Any]]) -> ItemDraft:
    """Keep the form as it is drawn, right or wrong: what is wrong is told when the item is published.

    ``number`` is that of the draft when the page was opened. Raises StaleDraft, Unacceptable and Denied.
    """
    draft = ItemDraft.objects.select_for_update(of=("self",)).get(pk=draft_id)
    require(actor, COMPILE, draft)
    if draft.status not in EDITABLE:
        raise Unacceptable(_("这份事项已经送审或者发布，不能再改。需要修改的，请先退回或者另起一版。"))
    if draft.standard_id is not None:
        raise Unacceptable(_("这份事项按上级的标准编制，表单由上级统一设置，在这里不能改。"))
    if draft.number != number:
        raise StaleDraft
    if len(form) > MOST_SECTIONS:
        raise Unacceptable(_("表单最多分 %(most)d 组，请合并一些。"), most=MOST_SECTIONS)
    draft.definition = {**draft.definition, "form": [dict(section) for section in form]}
    draft.number += 1
    draft.save(update_fields=["definition", "number", "changed_at"])
    fields = [each.get("key") for section in form for each in section.get("fields") or []]
    record(actor, "cases.draw_form", draft, after={"number": draft.number, "fields": len(fields)})
    return draft
