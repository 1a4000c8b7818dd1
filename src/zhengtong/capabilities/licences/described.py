"""Licences that an item's own text describes (``[licence]``): what they are numbered by and say, without a programmer.

A sector declares a LicenceKind where a licence follows rules of its own; for all others the text of the item says the
number's pattern, who holds it, which answers are printed and in which look.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NotRequired, TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import Case, FieldSpec, get_definition
from zhengtong.capabilities.licences.declarations import LicenceKind
from zhengtong.core.identity.public import mask_name
from zhengtong.core.papers.public import Paper, PaperStatus, Standing

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
