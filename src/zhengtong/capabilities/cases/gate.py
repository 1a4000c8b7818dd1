"""What is missing or wrong before an item may be published: one list, each finding with the section that mends it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.declarations import DraftCheck
from zhengtong.capabilities.cases.domain import (
    PromiseTooLong,
    UnreadableCondition,
    check_promise,
    list_deviations,
    read_condition,
    settle,
)
from zhengtong.capabilities.cases.form_checks import check_form
from zhengtong.capabilities.cases.item_definition import UnusableDefinition, list_form, parse_definition
from zhengtong.capabilities.cases.models import Audience, CaseKind, ItemDraft, LifeEvent, ServiceItem
from zhengtong.capabilities.cases.rules import get_rulebook
from zhengtong.capabilities.cases.services.gate import NoLivePower, check_power, list_fee_gaps
from zhengtong.capabilities.cases.staffing import list_unstaffed
from zhengtong.capabilities.workflow.public import get_graph, list_form_fields
from zhengtong.capabilities.workflow.public import get_live_version as get_live_process
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.modules import registry

GUIDE_PARTS = ("can_i", "what_do_i_need", "how_long", "how_much", "where")
# More than any guide has: what is longer isn't read by anybody and slows every page of it.
LONGEST_LIST = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """``section`` names the editor's section. One that isn't blocking is told and lets the draft pass."""

    section: str
    message: str
    is_blocking: bool = True


Check = Callable[[ItemDraft, Mapping[str, Any]], Iterator[Finding]]


def check_draft(draft: ItemDraft) -> list[Finding]:
    """Return all that stands between a draft and its publication, and what is only worth a second look."""
    text = draft.definition
    found = check_parts(draft, text, [section for section, _check in CHECKS])
    if not any(each.is_blocking for each in found):
        found += _check_whole(text)
    return found


def check_parts(draft: ItemDraft, text: Mapping[str, Any], sections: Collection[str]) -> list[Finding]:
    """Return what the checks of some sections find in ``text``."""
    found: list[Finding] = []
    for section, check in CHECKS:
        if section not in sections:
            continue
        try:
            found += check(draft, text)
        except (AttributeError, KeyError, TypeError, ValueError):
            # What an import or another program left misshapen: to be saved anew in its section.
            found.append(Finding(section, _("这一节的内容残缺，请打开后重新保存")))
    return found


def settle_today(raw: Any) -> Any:
    """Return ``raw`` with its thresholds as they are today. Raises LookupError."""
    return settle(raw, _amount_of)


def list_conditions(text: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield section, what it belongs to and the condition, for each condition of a text."""
    for section in text.get("form", ()):
        for each in section.get("fields", ()):
            if each.get("condition"):
                yield "form", each["label"], each["condition"]
    for each in text.get("materials", ()):
        if each.get("condition"):
            yield "materials", each.get("name", ""), each["condition"]
    for each in text.get("steps", ()):
        if each.get("condition"):
            yield "process", each.get("name", ""), each["condition"]


def _check_basic(draft: ItemDraft, text: Mapping[str, Any]) -> Iterator[Finding]:
    needed = {"name": _("名称"), "summary": _("一句话说明")}
    needed |= {"type": _("办件类型"), "level": _("行使层级")} if draft.kind == CaseKind.LICENCE else {}
    for key, title in needed.items():
        if not str(text.get(key, "")).strip():
            yield Finding("basic", _("没有填写%(what)s") % {"what": title})
    if text.get("audience") not in Audience.values:
        yield Finding("basic", _("没有选择办理对象"))
    try:
        check_power({**text, "kind": draft.kind}, timezone.localdate())
    except NoLivePower as error:
        yield Finding("basic", str(error))
    taken = ServiceItem.objects.filter(code=draft.code).exclude(pk=draft.item_id or 0)
    if taken.exists():
        yield Finding("basic", _("代码“%(code)s”已被另一个事项使用，请换一个") % {"code": draft.code})
    if draft.kind == CaseKind.LICENCE and not text.get("base_code"):
        yield Finding("basic", _("没有填写基本编码（GB/T 39554.1）"), is_blocking=False)
    if not text.get("life_events"):
        yield Finding("basic", _("没有选择人生事件，大厅按人生事件浏览时找不到它"), is_blocking=False)
    for each in text.get("life_events", ()):
        if each not in LifeEvent.values:
            yield Finding("basic", _("人生事件“%(event)s”不存在") % {"event": each})


def _check_basis(_draft: ItemDraft, text: Mapping[str, Any]) -> Iterator[Finding]:
    rows = text.get("legal_basis", ())
    if not rows:
        yield Finding("basis", _("没有填写办理依据"))
    for number, row in enumerate(rows, 1):
        if not row.get("title") or not row.get("article"):
            yield Finding("basis", _("第 %(n)d 条依据没有写明法规名称或者条款") % {"n": number})
    if not text.get("conditions"):
        yield Finding("conditions", _("没有填写办理条件"))


def _check_limits(_draft: ItemDraft, text: Mapping[str, Any]) -> Iterator[Finding]:
    limits = text.get("limits", {})
    promised = limits.get("promised_days")
    if not isinstance(promised, int) or promised < 1:
        yield Finding("limits", _("没有填写承诺期限"))
    if not limits.get("statutory"):
        yield Finding("limits", _("没有选择法定期限"))
        return
    try:
        limit = get_rulebook().limit(limits["statutory"], timezone.localdate())
    except LookupError:
        yield Finding("limits", _("法定期限“%(code)s”现在没有生效的规定") % {"code": limits["statutory"]})
        return
    try:
        check_promise(promised or 1, limit, limit.unit)
    except PromiseTooLong:
        said = {"promised": promised, "limit": limit.budget, "title": limit.title}
        yield Finding("limits", _("承诺 %(promised)s 日，超过“%(title)s”规定的 %(limit)s 日") % said)


def _check_fee(draft: ItemDraft, text: Mapping[str, Any]) -> Iterator[Finding]:
    fee = text.get("fee", {})
    if "amount" not in fee:
        yield Finding("fee", _("没有填写是否收费"))
    elif fee["amount"] and not str(fee.get("basis", "")).strip():
        yield Finding("fee", _("收费没有写明依据"))
    for gap in list_fee_gaps({**text, "kind": draft.kind}, timezone.localdate()):
        yield Finding("fee", gap)


def _check_channels(_draft: ItemDraft, text: Mapping[str, Any]) -> Iterator[Finding]:
    channels = text.get("channels", {})
    if not channels.get("online") and not channels.get("window"):
        yield Finding("channels", _("网上和窗口至少要开通一种"))
    offices = text.get("offices", ())
    if not offices and not text.get("is_standard"):
        yield Finding("channels", _("没有实施机构和窗口：发布后没有人受理"))
    known = {
        row.pk: row
        for row in Organisation.objects.filter(
            pk__in=[value for each in offices for value in (each.get("organisation"), each.get("window")) if value]
        )
    }
    regions: list[int] = []
    for number, each in enumerate(offices, 1):
        organ, window = known.get(each.get("organisation")), known.get(each.get("window"))
        if organ is None or window is None:
            yield Finding("channels", _("第 %(n)d 个实施机构没有选择机关或者窗口") % {"n": number})
            continue
        for row in (organ, window):
            if not row.is_active:
                yield Finding("channels", _("“%(organ)s”已经撤销，请换成承接的机构") % {"organ": row.name})
        if organ.region_id in regions:
            yield Finding("channels", _("“%(organ)s”所在的地区有两个实施机构") % {"organ": organ.name})
        regions.append(organ.region_id)
        missing = [key for key in ("address", "hours", "phone", "supervision_phone") if not each.get(key)]
        if missing:
            yield Finding("channels", _("“%(organ)s”的地点、时间或者电话没有填全") % {"organ": organ.name})


def _check_materials(_draft: ItemDraft, text: Mapping[str, Any]) -> Iterator[Finding]:
    rows = text.get("materials")
    if rows is None:
        yield Finding("materials", _("没有编制材料目录；不需要材料的，打开材料一节保存一次"))
        return
    if len(rows) > LONGEST_LIST:
        yield Finding("materials", _("材料超过 %(n)d 份") % {"n": LONGEST_LIST})
    seen: set[str] = set()
    for row in rows:
        name = row.get("name", "")
        if not row.get("kinds"):
            yield Finding("materials", _("材料“%(name)s”没有选择文件格式") % {"name": name})
        if not row.get("source"):
            yield Finding("materials", _("材料“%(name)s”没有写明来源") % {"name": name})
        if row.get("key") in seen:
            yield Finding("materials", _("材料“%(name)s”重复") % {"name": name})
        seen.add(row.get("key", ""))


def _check_questions(_draft: ItemDraft, text: Mapping[str, Any]) -> Iterator[Finding]:
    questions = text.get("questions", ())
    used = set()
    for _section, _label, raw in list_conditions(text):
        try:
            used |= set(read_condition(settle(raw, _amount_of)).fields())
        except (UnreadableCondition, ArithmeticError, LookupError):
            continue
    for each in questions:
        if each.get("type") in ("choice", "multichoice") and len(each.get("options", ())) < 2:
            yield Finding("questions", _("问题“%(label)s”的选项少于两个") % {"label": each.get("label", "")})
        if each.get("key") not in used:
            message = _("问题“%(label)s”的回答没有用到：材料、字段和步骤都不取决于它")
            yield Finding("questions", message % {"label": each.get("label", "")}, is_blocking=False)


def _check_conditions(_draft: ItemDraft, text: Mapping[str, Any]) -> Iterator[Finding]:
    known = {each["key"] for section in list_form({"form": [], **text}) for each in section["fields"]}
    for section, label, raw in list_conditions(text):
        try:
            if section == "form":
                settle(raw, _amount_of)  # all else about the form is asked by its own check
                continue
            names = list(read_condition(settle(raw, _amount_of)).fields())
        except LookupError:
            yield Finding(section, _("“%(label)s”的条件引用的法定界限现在没有生效的规定") % {"label": label})
            continue
        except (UnreadableCondition, ArithmeticError):
            yield Finding(section, _("“%(label)s”的条件不完整") % {"label": label})
            continue
        for name in names:
            if name not in known:
                message = _("“%(label)s”的条件引用了不存在的问题或字段“%(name)s”")
                yield Finding(section, message % {"label": label, "name": name})


def _amount_of(code: str) -> Any:
    return get_rulebook().threshold(code, timezone.localdate()).amount


def _check_guide(_draft: ItemDraft, text: Mapping[str, Any]) -> Iterator[Finding]:
    guide = text.get("guide", {})
    titles = (_("我能办吗"), _("要准备什么"), _("要多久"), _("要花多少钱"), _("到哪里办"))
    for key, title in zip(GUIDE_PARTS, titles, strict=True):
        if not str(guide.get(key, "")).strip():
            yield Finding("guide", _("指南没有回答“%(what)s”") % {"what": title})
    if not text.get("steps"):
        yield Finding("process", _("没有写明办理步骤"))


def _check_process(draft: ItemDraft, text: Mapping[str, Any]) -> Iterator[Finding]:
    code = str(text.get("process", ""))
    if not code:
        return
    version = get_live_process(code)
    if version is None:
        yield Finding("process", _("流程“%(code)s”还没有发布，或者已经停用") % {"code": code})
        return
    asked = {each["key"] for section in list_form({"form": [], **text}) for each in section["fields"]}
    for key in sorted(list_form_fields(version) - asked):
        message = _("流程“%(code)s”的条件要看字段“%(key)s”，表单里没有。请在表单里添加它，或者修改流程")
        yield Finding("process", message % {"code": code, "key": key})
    chosen = [each.get("organisation") for each in text.get("offices", ())]
    offices = Organisation.objects.filter(pk__in=[pk for pk in chosen if pk]).select_related("region__parent", "parent")
    sentences = [each for organ in offices for each in list_unstaffed(get_graph(version), organ)]
    for sentence in dict.fromkeys(sentences):
        yield Finding("process", sentence)


def _check_form(_draft: ItemDraft, text: Mapping[str, Any]) -> Iterator[Finding]:
    """Read the form as its designer does: what it finds there is found here too."""
    sections = list_form({"form": [], **text})
    if not any(section.get("fields") for section in text.get("form", ())):
        yield Finding("form", _("表单没有字段"))
        return
    try:
        settled = settle(dict(text), _amount_of)
    except LookupError:  # told with the condition that names the threshold
        return
    for each in check_form(settled):
        yield Finding("form", each.message)
    questions = {str(each.get("key")) for each in text.get("questions", ())}
    for each in (field for section in text["form"] for field in section.get("fields", ())):
        if each.get("key") in questions:
            message = _("字段“%(label)s”的代码“%(key)s”和情形导办的一个问题相同，请改掉一个")
            yield Finding("form", message % {"label": each.get("label", ""), "key": each["key"]})
    sources = {each.get("prefill") for section in sections for each in section.get("fields", ())}
    wanted = "enterprise.name" if text.get("audience") == Audience.ENTERPRISE else "applicant.name"
    if not sources & {wanted, "applicant.name"}:
        what = _("企业名称") if wanted == "enterprise.name" else _("申请人姓名")
        message = _("表单没有问%(what)s：请添加一个“从登记信息带出”%(what)s的字段，否则文书上不知道是谁申请的")
        yield Finding("form", message % {"what": what})


def _check_declared(_draft: ItemDraft, text: Mapping[str, Any]) -> Iterator[Finding]:
    for each in registry.of(DraftCheck):
        for sentence in each.find(text):
            yield Finding(each.section, sentence)


def _check_standard(draft: ItemDraft, text: Mapping[str, Any]) -> Iterator[Finding]:
    if draft.standard is None or draft.standard_version is None:
        return
    if not draft.standard.is_published:
        yield Finding("basic", _("上级标准“%(name)s”已经取消，不能再按它发布") % {"name": draft.standard.name})
        return
    if list_deviations(draft.standard_version.definition, text):
        yield Finding("basic", _("标准规定的内容与上级标准不一致，请重新采用上级标准"))
    newest = draft.standard.versions.order_by("-number").values_list("pk", flat=True).first()
    if newest != draft.standard_version_id:
        yield Finding("basic", _("上级标准已更新，请先采用新的标准"))


def _check_whole(text: Mapping[str, Any]) -> Iterator[Finding]:
    """Read the text as it will be read: what no check above names is told as the reader has it."""
    try:
        parse_definition(settle(dict(text), _amount_of))
    except (UnusableDefinition, LookupError, KeyError, TypeError, ValueError, AttributeError) as error:
        yield Finding("form", _("内容有误，不能发布：%(error)s") % {"error": error})


CHECKS: list[tuple[str, Check]] = [
    ("basic", _check_basic),
    ("basic", _check_standard),
    ("basis", _check_basis),
    ("limits", _check_limits),
    ("fee", _check_fee),
    ("channels", _check_channels),
    ("materials", _check_materials),
    ("questions", _check_questions),
    ("materials", _check_conditions),
    ("guide", _check_guide),
    ("process", _check_process),
    ("form", _check_form),
    ("licence", _check_declared),
]
