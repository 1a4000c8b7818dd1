"""Licences that an item's own text describes (``[licence]``): what they are numbered by and say, without a programmer.

A sector declares a LicenceKind where a licence follows rules of its own; for all others the text of the item says the
number's pattern, who holds it, which answers are printed and in which look.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NotRequired, TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import (
    Case,
    FieldSpec,
    ItemVersion,
    get_definition,
    get_rulebook,
    list_form,
)
from zhengtong.capabilities.licences.declarations import LicenceKind
from zhengtong.core.identity.public import mask_name
from zhengtong.core.papers.public import Paper, PaperKind, PaperStatus, Standing
from zhengtong.kernel.modules import registry

DEFAULT_PAPER = "licences.described"
_PLACE = re.compile(r"\{(division|year|month|sequence)(?::(\d))?\}")


class DescribedContent(TypedDict):
    """described.typ: the holder and the rows that are printed, each a label and a value."""

    holder_title: str
    holder: str
    holder_code: str
    rows: list[list[str]]
    valid_until: NotRequired[date]
    note: str


def describe_kind(case: Case) -> LicenceKind:
    """Return the kind of licence that the text pinned by ``case`` describes. Raises LookupError when it has none."""
    text = get_definition(case.item_version_id).text
    said: Mapping[str, Any] | None = text.get("licence")
    if said is None:
        raise LookupError(f"{case.item_version}: nobody says what its licence is")
    return LicenceKind(
        code=case.item_version.licence_kind,
        title=str(text.get("licence_name") or case.item_name),
        paper_kind=str(said.get("paper", DEFAULT_PAPER)),
        term=str(text.get("licence_term", "")),
        number=make_number,
        content=make_content,
        facts=list_public_facts,
    )


def make_number(case: Case, sequence: int) -> str:
    """Return the number by the text's pattern: ``{division}``, ``{year}``, ``{month}``, ``{sequence:5}``."""
    pattern = str(get_definition(case.item_version_id).text["licence"]["number"])
    day = timezone.localdate(case.decided_at)
    values = {
        "division": case.office.region.code[:6],
        "year": str(day.year),
        "month": f"{day.month:02d}",
        "sequence": str(sequence),
    }
    return _PLACE.sub(lambda found: values[found[1]].zfill(int(found[2] or 1)), pattern)


def make_content(case: Case, valid_until: date | None) -> DescribedContent:
    """Return what is printed: the answers that the text names and that were given."""
    definition = get_definition(case.item_version_id)
    said = definition.text["licence"]
    specs = {spec.key: spec for spec in definition.fields()}
    rows = [[specs[key].label, _written(specs[key], case.form[key])] for key in said["fields"] if case.form.get(key)]
    content = DescribedContent(
        holder_title=str(said.get("holder", "持证人")),
        holder=case.applicant_name,
        holder_code="" if case.legal_entity_id is None else case.applicant_number,
        rows=rows,
        note=str(said.get("note", "")),
    )
    if valid_until:
        content["valid_until"] = valid_until
    return content


def check_licence(text: Mapping[str, Any]) -> Iterator[str]:
    """Yield what keeps the item of ``text`` from giving its licence: found at publishing, not when one is granted."""
    kind = str(text.get("licence_kind") or "")
    if not kind:
        return
    fields = {str(each["key"]) for section in list_form({"form": [], **text}) for each in section["fields"]}
    declared = next((each for each in registry.of(LicenceKind) if each.code == kind), None)
    if declared is not None:
        missing = [label for key, label in _list_needed(kind).items() if key not in fields]
        if missing:
            yield _("“%(name)s”的内容是固定的，要用到表单里没有的：%(missing)s。请改发本事项自己的证照") % {
                "name": declared.title, "missing": "、".join(missing[:10])
            }  # fmt: skip
        return
    said = text.get("licence")
    if not isinstance(said, Mapping) or not text.get("licence_name"):
        yield _("没有写明证照的名称、编号和印哪些内容")
        return
    number = str(said.get("number", ""))
    rest = _PLACE.sub("", number)
    if "{sequence" not in number or "{" in rest or "}" in rest:
        yield _("证照的编号规则“%(number)s”里没有流水号 {sequence}，或者有不认识的占位") % {"number": number}
    for key in said.get("fields", ()):
        if key not in fields:
            yield _("证照上要印的字段“%(key)s”，表单里没有") % {"key": key}
    term = str(text.get("licence_term") or "")
    if term:
        try:
            get_rulebook().term(term, timezone.localdate())
        except LookupError:
            yield _("证照的有效期“%(term)s”现在没有生效的规定") % {"term": term}
    if said.get("paper", DEFAULT_PAPER) not in {each.code for each in registry.of(PaperKind)}:
        yield _("证照的样式“%(paper)s”不存在") % {"paper": said["paper"]}


def _list_needed(kind: str) -> dict[str, str]:
    """Return the fields, with their labels, that everybody fills in who applies for a kind whose content is fixed."""
    version = ItemVersion.objects.filter(licence_kind=kind, item__is_published=True).order_by("-pk").first()
    if version is None:
        return {}
    fields = get_definition(version.pk).fields()
    return {spec.key: spec.label for spec in fields if spec.is_required and spec.condition is None}


def list_public_facts(content: DescribedContent, number: str) -> list[tuple[str, str]]:
    """Return what a stranger who verifies is shown: that there is such a licence, whose it is and until when.

    What the rows say may be of a person's private life, so none of them; a natural person's name is masked.
    """
    holder = content["holder"] if content["holder_code"] else mask_name(content["holder"])
    facts = [(_("证照编号"), number), (content["holder_title"], holder)]
    if day := content.get("valid_until"):
        facts.append((_("有效期至"), _day(day)))
    return facts


def get_described_status(paper: Paper) -> PaperStatus:
    """Return the standing of a described licence that isn't revoked."""
    last = paper.content.get("valid_until")
    if not last:
        return PaperStatus(Standing.IN_FORCE, _("本证照真实、有效。"))
    day = date.fromisoformat(last)
    shown = {"date": _day(day)}
    if timezone.localdate() > day:
        return PaperStatus(Standing.EXPIRED, _("本证照真实，有效期至 %(date)s，现已过期。") % shown)
    return PaperStatus(Standing.IN_FORCE, _("本证照真实、有效，有效期至 %(date)s。") % shown)


def _written(spec: FieldSpec, value: Any) -> str:
    if isinstance(value, list):
        return "、".join(str(each) for each in value)
    if value is True:
        return str(_("是"))
    if spec.type == "date":
        return _day(date.fromisoformat(str(value)))
    return str(value)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
