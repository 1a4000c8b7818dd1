"""What a permit for a shop's sign says, to whom, and until when."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NotRequired, TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import Case
from zhengtong.core.papers.public import Paper, PaperStatus, Standing


class PermitContent(TypedDict):
    """permit.typ. Its number is the paper's; issuer and day of issue too. Sides are in metres."""

    operator_name: str
    credit_code: NotRequired[str]
    premises: str
    sign_text: str
    sign_kind: str
    sign_width: str
    sign_height: str
    sign_clearance: str
    sign_material: str
    sign_lighting: str
    valid_until: date
    complaint_phone: str


def make_permit_content(
    answers: Mapping[str, Any], *, valid_until: date, complaint_phone: str = "12319"
) -> PermitContent:
    """Return what the permit says, from the answers to the item's form. Raises KeyError."""
    content = PermitContent(
        operator_name=answers["operator_name"],
        premises=answers["premises"],
        sign_text=answers["sign_text"],
        sign_kind=answers["sign_kind"],
        sign_width=str(answers["sign_width"]),
        sign_height=str(answers["sign_height"]),
        sign_clearance=str(answers["sign_clearance"]),
        sign_material=answers["sign_material"],
        sign_lighting=answers["sign_lighting"],
        valid_until=valid_until,
        complaint_phone=complaint_phone,
    )
    if answers.get("credit_code"):
        content["credit_code"] = answers["credit_code"]
    return content


def number_of_case(case: Case, sequence: int) -> str:
    """Return the number of the permit: its county, its year, the next in sequence. The wording is local."""
    year = timezone.localdate(case.decided_at).year
    return f"门招许字〔{year}〕{case.office.region.code[:6]}-{sequence:04d}号"


def content_of_case(case: Case, valid_until: date | None) -> PermitContent:
    """Return what the permit of a granted case says. Raises ValueError without a last day: there is a term."""
    if valid_until is None:
        raise ValueError("a permit for a sign is always limited in time")
    return make_permit_content(case.form, valid_until=valid_until)


def list_public_facts(content: PermitContent, number: str) -> list[tuple[str, str]]:
    """Return what a stranger who verifies the permit is shown."""
    size = {"width": content["sign_width"], "height": content["sign_height"]}
    facts = [
        (_("许可证编号"), number),
        (_("设置人"), content["operator_name"]),
        (_("统一社会信用代码"), content.get("credit_code", "")),
        (_("设置地点"), content["premises"]),
        (_("招牌文字"), content["sign_text"]),
        (_("样式"), content["sign_kind"]),
        (_("长 × 高"), _("%(width)s 米 × %(height)s 米") % size),
        (_("有效期至"), _written(content["valid_until"])),
    ]
    return [(label, value) for label, value in facts if value]


def get_permit_status(paper: Paper) -> PaperStatus:
    """Return the standing of a permit that isn't revoked: in force through its last day."""
    day = date.fromisoformat(paper.content["valid_until"])
    shown = {"date": _written(day)}
    if timezone.localdate() > day:
        return PaperStatus(Standing.EXPIRED, _("本许可证真实，有效期至 %(date)s，现已过期。") % shown)
    return PaperStatus(Standing.IN_FORCE, _("本许可证真实、有效，有效期至 %(date)s。") % shown)


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
