"""What a food business licence says, and to whom."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NotRequired, TypedDict

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import Case
from zhengtong.core.identity.public import mask_name
from zhengtong.core.papers.public import Paper, PaperStatus, Standing
from zhengtong.sectors.food.domain import BusinessForm, make_licence_number


class LicenceContent(TypedDict):
    """licence.typ. Its number is the paper's; issuer and day of issue too.

    Particulars after 食品经营许可和备案管理办法 chapter 4. The supervising body and persons are printed when given.
    """

    operator_name: str
    credit_code: str
    legal_representative: str
    residence: str
    premises: str
    business_form: str
    business_items: list[str]
    valid_until: date
    complaint_phone: str
    supervising_body: NotRequired[str]
    supervisors: NotRequired[str]
    copy: NotRequired[str]  # 正本 (default) or 副本


def make_licence_content(
    answers: Mapping[str, Any], *, valid_until: date, complaint_phone: str = "12315", supervising_body: str = ""
) -> LicenceContent:
    """Return what the licence says, from the answers to the item's form. Raises KeyError and ValueError."""
    form = BusinessForm.labelled(answers["business_form"]).label
    if notes := _several(answers.get("business_annotations")):
        form += f"（{'、'.join(notes)}）"
    content = LicenceContent(
        operator_name=answers["operator_name"],
        credit_code=answers["credit_code"],
        legal_representative=answers["legal_representative"],
        residence=answers["residence"],
        premises=answers["premises"],
        business_form=form,
        business_items=_several(answers["business_items"]),
        valid_until=valid_until,
        complaint_phone=complaint_phone,
    )
    if supervising_body:
        content["supervising_body"] = supervising_body
    return content


def number_of_case(case: Case, sequence: int) -> str:
    """Return the licence number of a granted case: its form of business, its county, the next in sequence."""
    form = BusinessForm.labelled(case.form["business_form"])
    return make_licence_number(form, case.office.region.code[:6], sequence)


def content_of_case(case: Case, valid_until: date | None) -> LicenceContent:
    """Return what the licence of a granted case says. Raises ValueError without a last day: the term is five years."""
    if valid_until is None:
        raise ValueError("a food business licence is always limited in time")
    return make_licence_content(case.form, valid_until=valid_until, supervising_body=case.organisation.name)


def list_public_facts(content: LicenceContent, number: str) -> list[tuple[str, str]]:
    """Return what a stranger who verifies the licence is shown; the natural person's name is masked."""
    day = content["valid_until"]
    return [
        (_("许可证编号"), number),
        (_("经营者名称"), content["operator_name"]),
        (_("统一社会信用代码"), content["credit_code"]),
        (_("法定代表人（负责人）"), mask_name(content["legal_representative"])),
        (_("经营场所"), content["premises"]),
        (_("主体业态"), content["business_form"]),
        (_("经营项目"), "；".join(content["business_items"])),
        (_("有效期至"), f"{day.year}年{day.month}月{day.day}日"),
    ]


def get_licence_status(paper: Paper) -> PaperStatus:
    """Return the standing of a licence that isn't revoked: in force through its last day."""
    day = date.fromisoformat(paper.content["valid_until"])
    shown = {"date": f"{day.year}年{day.month}月{day.day}日"}
    if localdate() > day:
        return PaperStatus(Standing.EXPIRED, _("本许可证真实，有效期至 %(date)s，现已过期。") % shown)
    return PaperStatus(Standing.IN_FORCE, _("本许可证真实、有效，有效期至 %(date)s。") % shown)


def _several(value: object) -> list[str]:
    if value is None or value == "":
        return []
    return [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]
