"""What a business licence says, and to whom."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NotRequired, TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import Case
from zhengtong.core.identity.public import mask_name
from zhengtong.core.papers.public import Paper, PaperStatus, Standing
from zhengtong.sectors.market.domain import EntityKind, make_business_code


class LicenceContent(TypedDict):
    """licence.typ. Its number is the credit code; the registering organ and the day are the paper's.

    Particulars after 市场主体登记管理条例实施细则 (国家市场监督管理总局令第52号). ``representative_title`` and
    ``address_title`` are what the kind of business calls them.
    """

    operator_name: str
    entity_kind: str
    representative_title: str
    legal_representative: str
    business_scope: str
    established_on: date
    address_title: str
    premises: str
    registered_capital: NotRequired[str]
    composition: NotRequired[str]
    copy: NotRequired[str]  # 正本 (default) or 副本


def make_licence_content(answers: Mapping[str, Any], *, established_on: date) -> LicenceContent:
    """Return what the licence says, from the answers to the item's form. Raises KeyError and ValueError."""
    kind = EntityKind.labelled(answers["entity_kind"])
    is_company = kind is EntityKind.LIMITED
    content = LicenceContent(
        operator_name=answers["operator_name"],
        entity_kind=kind.label,
        representative_title="法定代表人" if is_company else "经营者",
        legal_representative=answers["legal_representative"],
        business_scope=answers["business_scope"],
        established_on=established_on,
        address_title="住所" if is_company else "经营场所",
        premises=answers["premises"],
    )
    if is_company:
        content["registered_capital"] = f"{_amount(answers['registered_capital'])} 万元"
    else:
        content["composition"] = "个人经营"
    return content


def number_of_case(case: Case, sequence: int) -> str:
    """Return the credit code of a granted case: its kind of business, its county, the next in sequence."""
    kind = EntityKind.labelled(case.form["entity_kind"])
    return make_business_code(kind, case.office.region.code[:6], sequence)


def content_of_case(case: Case, _valid_until: date | None) -> LicenceContent:
    """Return what the licence of a granted case says. The day of issue is the day of establishment (条例第二十一条)."""
    return make_licence_content(case.form, established_on=timezone.localdate(case.decided_at))


def list_public_facts(content: LicenceContent, number: str) -> list[tuple[str, str]]:
    """Return what a stranger who verifies the licence is shown; the natural person's name is masked."""
    day = content["established_on"]
    return [
        (_("统一社会信用代码"), number),
        (_("名称"), content["operator_name"]),
        (_("类型"), content["entity_kind"]),
        (content["representative_title"], mask_name(content["legal_representative"])),
        (content["address_title"], content["premises"]),
        (_("经营范围"), content["business_scope"]),
        (_("成立日期"), f"{day.year}年{day.month}月{day.day}日"),
    ]


def get_licence_status(_paper: Paper) -> PaperStatus:
    """Return the standing of a licence that isn't revoked: it has no term."""
    return PaperStatus(Standing.IN_FORCE, _("本营业执照真实、有效，长期。经营期限以公司章程为准。"))


def _amount(value: object) -> str:
    """Return an amount without needless zeros: 50, 12.5."""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
