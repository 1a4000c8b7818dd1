"""What the opinion of a fire safety check says, and to whom."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NotRequired, TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import Case
from zhengtong.core.identity.public import mask_name
from zhengtong.core.papers.public import Paper, PaperStatus, Standing

PROMISED = "采用告知承诺"


class OpinionContent(TypedDict):
    """opinion.typ. Its number is the paper's; the checking organ and day too. ``finding`` follows 消防法 art. 15."""

    operator_name: str
    credit_code: NotRequired[str]
    legal_representative: str
    gathering_kind: str
    premises: str
    premises_floor: str
    premises_area: str
    procedure: str
    finding: str
    complaint_phone: str


def make_opinion_content(answers: Mapping[str, Any], *, complaint_phone: str = "96119") -> OpinionContent:
    """Return what the opinion says, from the answers to the item's form. Raises KeyError."""
    is_promised = answers["procedure"] == PROMISED
    content = OpinionContent(
        operator_name=answers["operator_name"],
        legal_representative=answers["legal_representative"],
        gathering_kind=answers["gathering_kind"],
        premises=answers["premises"],
        premises_floor=answers["premises_floor"],
        premises_area=str(answers["premises_area"]),
        procedure="告知承诺" if is_promised else "先检查后许可",
        finding=(
            "申请人已作出场所符合消防技术标准和管理规定的承诺，提交的材料齐全、符合法定形式，准予投入使用、营业。"
            "本机关将依法进行核查。"
            if is_promised
            else "经检查，该场所符合消防安全要求，准予投入使用、营业。"
        ),
        complaint_phone=complaint_phone,
    )
    if answers.get("credit_code"):
        content["credit_code"] = answers["credit_code"]
    return content


def number_of_case(case: Case, sequence: int) -> str:
    """Return the number of the opinion: its county, its year, the next in sequence. The wording is local."""
    year = timezone.localdate(case.decided_at).year
    return f"消安检字〔{year}〕{case.office.region.code[:6]}-{sequence:04d}号"


def content_of_case(case: Case, _valid_until: date | None) -> OpinionContent:
    """Return what the opinion of a granted case says."""
    return make_opinion_content(case.form)


def list_public_facts(content: OpinionContent, number: str) -> list[tuple[str, str]]:
    """Return what a stranger who verifies the opinion is shown; the natural person's name is masked."""
    facts = [
        (_("文书编号"), number),
        (_("场所名称"), content["operator_name"]),
        (_("统一社会信用代码"), content.get("credit_code", "")),
        (_("消防安全责任人"), mask_name(content["legal_representative"])),
        (_("场所种类"), content["gathering_kind"]),
        (_("场所地址"), content["premises"]),
        (_("所在楼层"), content["premises_floor"]),
        (_("建筑面积"), _("%(area)s 平方米") % {"area": content["premises_area"]}),
        (_("办理方式"), content["procedure"]),
    ]
    return [(label, value) for label, value in facts if value]


def get_opinion_status(_paper: Paper) -> PaperStatus:
    """Return the standing of an opinion that isn't revoked: it has no term, and holds for the place as it was."""
    return PaperStatus(Standing.IN_FORCE, _("本意见书真实、有效。场所改变用途、重新装修或者扩大面积的，应当重新申请。"))
