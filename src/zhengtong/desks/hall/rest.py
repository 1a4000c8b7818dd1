"""What the hall tells programs: items and their guides, progress, published results, whether a paper is genuine."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from allauth.core import ratelimit
from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from ninja import Path, Query, Router, Schema
from pydantic import ConfigDict, Field

from zhengtong.capabilities.bundles.public import is_bundle, list_part_texts, list_parts
from zhengtong.capabilities.cases.public import (
    CaseKind,
    ItemDefinition,
    ItemVersion,
    ServiceItem,
    get_case_for_progress,
    get_definition,
    get_item,
    get_live_version,
    get_rulebook,
    list_items,
    list_offices,
    list_published_grants,
)
from zhengtong.core.papers.public import MistypedCode, Standing, describe, get_paper_by_code
from zhengtong.desks.hall.answers import problem
from zhengtong.desks.hall.selectors import find_items, list_live_definitions, list_shown_grants
from zhengtong.desks.hall.standing import ShownPart, get_bundle_status, get_joined_timeline, show_parts
from zhengtong.desks.hall.status import get_status, get_timeline, is_ended
from zhengtong.kernel.policy import ANONYMOUS

router = Router()

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
# Longer than any rate of ``case_progress``, so that whoever waits this long is let in.
_RETRY_AFTER_SECONDS: Final = 600

Limit = Annotated[int, Query(ge=1, le=100, description="一页的条数")]
Words = Annotated[str, Query(max_length=100, description="要找的词，以空格分开")]
ItemCode = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,60}$", description="事项代码")]


# What is answered


class ItemBrief(Schema):
    code: str
    name: str
    name_en: str
    kind: Literal["licence", "bundle"] = Field(description="licence 单个事项，bundle 一件事：几个部门的事项一次申请")
    audience: str = Field(description="person 个人，enterprise 企业")
    aliases: list[str] = Field(description="俗称")
    summary: str
    promised_working_days: int = Field(description="承诺时限，自受理起的工作日")
    fee: float = Field(description="费用，元")
    page: str = Field(description="办事指南的网址")


class ItemPage(Schema):
    items: list[ItemBrief]
    next: str | None


class LegalLimit(Schema):
    days: int
    unit: str = Field(description="working_days 工作日，calendar_days 自然日")
    extension: int = Field(description="经批准可以延长的天数")
    law: str
    article: str
    is_unverified: bool = Field(description="条款待与公报文本核对")


class LegalBasis(Schema):
    title: str
    article: str
    text: str


class Material(Schema):
    key: str
    name: str
    is_required: bool
    condition: str = Field(description="什么情况下需要；空为都需要")
    file_types: list[str]
    max_files: int
    source: str
    help: str
    is_checked_in_register: bool = Field(description="能在共享的登记信息里核对的，不用上传")


class Step(Schema):
    name: str
    text: str


class Question(Schema):
    question: str
    answer: str


class GuidePart(Schema):
    code: str
    name: str
    why: str = Field(description="为什么要办")
    after: list[str] = Field(description="要等哪些事项办成才开始，事项代码")
    is_always: bool = Field(description="不论什么情况都要办；否则看申请人的回答")


class ItemGuide(ItemBrief):
    version: int = Field(description="指南的版本，随每次发布加一")
    published_at: datetime
    conditions: list[str]
    materials: list[Material]
    statutory_limit: LegalLimit
    fee_basis: str
    legal_basis: list[LegalBasis]
    guide: dict[str, str]
    steps: list[Step]
    questions: list[Question]
    parts: list[GuidePart] = Field(description="一件事包含的事项；单个事项为空")


class Office(Schema):
    region_code: str
    region: str
    organisation: str
    window: str
    address: str
    hours: str
    phone: str
    supervision_phone: str


class ProgressQuery(Schema):
    """Strict, so that a misspelt name isn't taken for a missing one."""

    model_config = ConfigDict(extra="forbid", strict=True)

    number: str = Field(pattern=r"^[A-Za-z0-9-]{5,20}$", description="办件编号", examples=["AL-2026-000123"])
    phone_tail: str = Field(pattern=r"^[0-9]{4}$", description="申请时所留手机号的后 4 位", examples=["1234"])


class ProgressStep(Schema):
    title: str
    at: datetime | None
    state: Literal["done", "current", "upcoming"]


class ProgressPart(Schema):
    number: str | None = Field(description="还没有启动的没有编号")
    item: str
    organisation: str
    state: str = Field(description="办件的状态；还没有办件的为 waiting 等待，stopped 没有启动")
    headline: str
    text: str = Field(description="在等什么，或者为什么没有启动")
    due_at: datetime | None
    is_granted: bool


class Progress(Schema):
    number: str
    kind: Literal["licence", "bundle"]
    bundle: str | None = Field(description="所属一件事的编号")
    item: str
    organisation: str
    state: str
    headline: str
    text: str
    submitted_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    due_at: datetime | None = Field(description="现在这一步的最后时刻")
    is_paused: bool
    is_provisional: bool = Field(description="期限经过节假日安排尚未公布的年份，公布后重新计算")
    timeline: list[ProgressStep]
    parts: list[ProgressPart] = Field(description="一件事的各个事项，按顺序；单个事项为空")


class Grant(Schema):
    number: str = Field(description="决定文书号")
    item: str
    applicant: str = Field(description="企业为名称，个人只留姓")
    organisation: str
    decided_at: datetime
    verification_code: str


class GrantPage(Schema):
    grants: list[Grant]
    next: str | None


class Fact(Schema):
    label: str
    value: str


class Verification(Schema):
    code: str
    title: str
    number: str
    issuer: str
    issued_at: datetime
    standing: Standing
    is_valid: bool
    sentence: str
    facts: list[Fact]
    page: str


# Items


@router.get("/items", response=ItemPage, operation_id="list_items", tags=["items"], summary="政务服务事项")
def list_public_items(
    request: HttpRequest,
    q: Words = "",
    audience: Annotated[Literal["", "person", "enterprise"], Query(description="办理对象")] = "",
    after: Annotated[str, Query(pattern=r"^[a-z0-9-]{0,60}$", description="上一页的 next")] = "",
    limit: Limit = 20,
) -> dict[str, Any]:
    """Published items by code. With words, the 200 that fit best."""
    found = list_items(audience)
    if q.strip():
        found = found.filter(pk__in=[item.pk for item in find_items(ANONYMOUS, q, limit=200)])
    rows = list(found.filter(code__gt=after).order_by("code")[: limit + 1])
    page = rows[:limit]
    shown = [_describe(item, definition) for item, definition in list_live_definitions(page)]
    return {"items": shown, "next": page[-1].code if len(rows) > limit else None}


@router.get("/items/{code}", response=ItemGuide, operation_id="get_item", tags=["items"], summary="办事指南")
def get_guide(request: HttpRequest, code: ItemCode) -> dict[str, Any]:
    """The guide of one item as it is published now."""
    item, version = _get_published(code)
    definition = get_definition(version.pk)
    text = definition.text
    limit = get_rulebook().limit(version.statutory_limit, timezone.localdate())
    raw = {each["key"]: each for each in text["materials"]}
    return _describe(item, definition) | {
        "version": version.number,
        "published_at": version.published_at,
        "conditions": text.get("conditions", []),
        "materials": [
            {
                "key": spec.key,
                "name": spec.name,
                "is_required": spec.is_required,
                "condition": raw[spec.key].get("condition_text", ""),
                "file_types": spec.kinds,
                "max_files": spec.max_files,
                "source": spec.source,
                "help": spec.help,
                "is_checked_in_register": bool(spec.e_licence),
            }
            for spec in definition.materials
        ],
        "statutory_limit": {
            "days": limit.budget,
            "unit": limit.unit.value,
            "extension": limit.extension,
            "law": limit.law,
            "article": limit.article,
            "is_unverified": limit.is_unverified,
        },
        "fee_basis": text.get("fee", {}).get("basis", ""),
        "legal_basis": text.get("legal_basis", []),
        "guide": {key: value.strip() for key, value in text.get("guide", {}).items()},
        "steps": text.get("steps", []),
        "questions": text.get("faq", []),
        "parts": [
            {
                "code": part.code,
                "name": part.name,
                "why": part.why,
                "after": part.after,
                "is_always": part.when is True,
            }
            for part in (list_part_texts(definition) if item.kind == CaseKind.BUNDLE else ())
        ],
    }


@router.get(
    "/items/{code}/offices",
    response=list[Office],
    operation_id="list_offices",
    tags=["items"],
    summary="事项在各地由谁办理",
)
def list_item_offices(request: HttpRequest, code: ItemCode) -> list[dict[str, Any]]:
    """The organs that handle an item, by region."""
    item, _version = _get_published(code)
    return [
        {
            "region_code": office.region.code,
            "region": office.region.name,
            "organisation": office.organisation.name,
            "window": office.window.name,
            "address": office.address,
            "hours": office.hours,
            "phone": office.phone,
            "supervision_phone": office.supervision_phone,
        }
        for office in list_offices(item)
    ]


def _get_published(code: str) -> tuple[ServiceItem, ItemVersion]:
    item = get_item(code)
    if item is None:
        raise Http404
    try:
        return item, get_live_version(item)
    except ItemVersion.DoesNotExist:
        raise Http404 from None


def _describe(item: ServiceItem, definition: ItemDefinition) -> dict[str, Any]:
    text = definition.text
    return {
        "code": item.code,
        "name": item.name,
        "name_en": item.name_en,
        "kind": item.kind,
        "audience": item.audience,
        "aliases": item.aliases,
        "summary": text.get("summary", ""),
        "promised_working_days": text["limits"]["promised_days"],
        "fee": text.get("fee", {}).get("amount", 0),
        "page": _address("hall:item", item.code),
    }


# Progress


@router.post("/progress", response=Progress, operation_id="get_progress", tags=["progress"], summary="办件进度")
@sensitive_variables("query")
def get_progress(request: HttpRequest, query: ProgressQuery) -> dict[str, Any] | HttpResponse:
    """A case by number and the phone's last digits; limited as the page is, with which it shares the count.

    A wrong number and wrong digits get one and the same answer. POST keeps the digits out of logs of addresses.
    """
    number = query.number.upper()
    if not ratelimit.consume(request, action="case_progress", key=number):
        limited = problem(429, "too-many-requests", _("查询太频繁，请稍后再试。"))
        limited.headers["Retry-After"] = str(_RETRY_AFTER_SECONDS)
        return limited
    case = get_case_for_progress(number, query.phone_tail)
    if case is None:
        return problem(404, "case-not-found", _("没有找到这个办件。请核对编号和手机号后 4 位，两项都对才能查到。"))
    parts = list_parts(case.pk) if is_bundle(case) else []
    status = get_bundle_status(case, parts) if parts else get_status(case)
    headline = "" if is_ended(case) else status.headline
    timeline = get_joined_timeline(case, parts, headline) if parts else get_timeline(case, status)
    return {
        "number": case.number,
        "kind": case.kind,
        "bundle": case.parent.number if case.parent else None,
        "item": case.item_name,
        "organisation": case.organisation.name,
        "state": case.state,
        "headline": status.headline,
        "text": status.text,
        "submitted_at": case.submitted_at,
        "accepted_at": case.accepted_at,
        "decided_at": case.decided_at,
        "due_at": status.due,
        "is_paused": status.is_paused,
        "is_provisional": status.is_provisional,
        # Who did it stays out: whoever has a receipt in her hand needn't learn a name.
        "timeline": [
            {"title": event["title"], "at": event.get("at"), "state": event.get("state", "done")} for event in timeline
        ],
        "parts": [_describe_part(part) for part in show_parts(parts)],
    }


def _describe_part(shown: ShownPart) -> dict[str, Any]:
    case = shown.case
    return {
        "number": case.number if case else None,
        "item": shown.part.item.name,
        "organisation": shown.part.office.organisation.name,
        "state": case.state if case else shown.part.state,
        "headline": shown.status.headline if shown.status else shown.word,
        "text": shown.status.text if shown.status else shown.waits,
        "due_at": shown.status.due if shown.status else None,
        "is_granted": shown.is_granted,
    }


# Results


@router.get("/grants", response=GrantPage, operation_id="list_grants", tags=["results"], summary="许可结果公示")
def list_grants(
    request: HttpRequest,
    q: Words = "",
    after: Annotated[str, Query(pattern=r"^([0-9]{1,16}-[0-9]{1,18})?$", description="上一页的 next")] = "",
    limit: Limit = 20,
) -> dict[str, Any]:
    """Granted licences, the newest first (行政许可法 第四十条)."""
    found = list_published_grants(q)
    if after:
        at, pk = _read_cursor(after)
        found = found.filter(Q(decided_at__lt=at) | Q(decided_at=at, id__lt=pk))
    rows = list(found[: limit + 1])
    page = rows[:limit]
    return {
        "grants": [
            {
                "number": grant.number,
                "item": grant.item,
                "applicant": grant.applicant,
                "organisation": grant.organ,
                "decided_at": grant.decided_at,
                "verification_code": grant.code,
            }
            for grant in list_shown_grants(page)
        ],
        "next": _write_cursor(page[-1].decided_at, page[-1].pk) if len(rows) > limit else None,
    }


def _write_cursor(at: datetime, pk: int) -> str:
    return f"{(at - _EPOCH) // _MICROSECOND}-{pk}"


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    """Read what :func:`_write_cursor` wrote; 16 digits of microseconds end in the year 2286."""
    at, pk = cursor.split("-")
    return _EPOCH + int(at) * _MICROSECOND, int(pk)


@router.get(
    "/verify/{code}", response=Verification, operation_id="verify_paper", tags=["results"], summary="核验文书和证照"
)
def verify_paper(
    request: HttpRequest,
    response: HttpResponse,
    code: Annotated[str, Path(min_length=1, max_length=120, description="核验码，连字符和大小写随意")],
) -> dict[str, Any] | HttpResponse:
    """Whether a paper is genuine and in force, and what a stranger may know of it."""
    try:
        paper = get_paper_by_code(code)
    except MistypedCode:
        return problem(
            404, "mistyped-code", _("核验码输入有误：应为 16 位字母和数字，且校验位相符。请对照文书重新输入。")
        )
    if paper is None:
        return problem(404, "never-issued", _("没有签发过这个核验码的文书。手里的文书可能是伪造的。"))
    add_never_cache_headers(response)
    found = describe(paper)
    return {
        "code": found.code,
        "title": found.title,
        "number": found.number,
        "issuer": found.issuer_name,
        "issued_at": found.issued_at,
        "standing": found.status.standing,
        "is_valid": found.status.is_valid,
        "sentence": found.status.sentence,
        "facts": [{"label": label, "value": value} for label, value in found.public_facts],
        "page": _address("hall:verify_code", paper.code),
    }


def _address(name: str, *args: str) -> str:
    return settings.PUBLIC_URL + reverse(name, args=args)
