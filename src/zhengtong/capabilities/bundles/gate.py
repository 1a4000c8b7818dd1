"""What is missing or wrong before a bundle (一件事) may be published, found while its author still arranges it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from zhengtong.capabilities.bundles.domain import UnusableBundle
from zhengtong.capabilities.bundles.services.publishing import compile_newest
from zhengtong.capabilities.cases.public import (
    Finding,
    ItemDraft,
    ItemVersion,
    UnreadableCondition,
    UnusableDefinition,
    check_parts,
    parse_definition,
    read_condition,
    settle_today,
)


def check_bundle_draft(draft: ItemDraft) -> list[Finding]:
    """Return all that stands between the draft of a bundle and its publication, and what is worth a second look."""
    text = draft.definition
    limits = {"statutory": text.get("statutory", ""), "promised_days": text.get("promised_days")}
    found = check_parts(draft, {**text, "limits": limits}, ("basic", "limits", "fee", "channels", "guide"))
    found += check_arrangement(text)
    if not any(each.is_blocking for each in found):
        try:
            parse_definition(settle_today(compile_newest({**text, "code": draft.code})))
        except (UnusableBundle, UnusableDefinition, LookupError, TypeError, ValueError) as error:
            found.append(Finding("items", _("这些事项合不到一起：%(error)s") % {"error": error}))
    return found


def check_arrangement(text: Mapping[str, Any]) -> list[Finding]:
    """Return what is wrong with the items of a bundle and their order: shown live while they are moved."""
    rows: Sequence[Mapping[str, Any]] = text.get("items") or []
    codes = [str(row.get("code", "")) for row in rows]
    texts = _newest_texts(codes)
    names = {code: texts[code]["name"] if code in texts else code for code in codes}
    after = {str(row.get("code", "")): [str(each) for each in row.get("after", ())] for row in rows}
    return [
        *_check_items(codes, texts),
        *_check_order(codes, after, names),
        *_check_conditions(rows, text.get("questions") or [], names),
        *_check_answers(rows, texts, names),
        *_check_outputs(after, texts, names),
    ]


def _newest_texts(codes: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    found = ItemVersion.objects.filter(item__code__in=codes, item__is_published=True).order_by("number")
    return dict(found.values_list("item__code", "definition"))


def _check_items(codes: Sequence[str], texts: Mapping[str, Any]) -> Iterator[Finding]:
    if len(codes) < 2:
        yield Finding("items", _("一件事至少要有两个事项"))
    for code in dict.fromkeys(codes):
        if codes.count(code) > 1:
            yield Finding("items", _("“%(code)s”放了两次") % {"code": code})
        if code not in texts:
            yield Finding("items", _("“%(code)s”没有已发布的事项：可能写错了代码，或者还没有发布") % {"code": code})
        elif texts[code].get("kind") == "bundle":
            yield Finding("items", _("“%(name)s”自己就是一件事，不能放进来") % {"name": texts[code]["name"]})


def _check_order(
    codes: Sequence[str], after: Mapping[str, Sequence[str]], names: Mapping[str, str]
) -> Iterator[Finding]:
    for code, earlier in after.items():
        for each in earlier:
            if each not in codes:
                said = {"name": names[code], "other": each}
                yield Finding("items", _("“%(name)s”等待的“%(other)s”不在这件事里") % said)
            elif each != code and codes.index(each) > codes.index(code):
                said = {"name": names[code], "other": names[each]}
                yield Finding("items", _("“%(name)s”等待“%(other)s”，却排在它前面，请调整顺序") % said)
        if circle := _find_circle(code, after):
            path = " → ".join(names.get(each, each) for each in circle)
            yield Finding("items", _("互相等待，永远办不完：%(path)s") % {"path": path})
            return


def _find_circle(start: str, after: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the way from ``start`` back to itself, empty when there is none."""
    waiting = [[start]]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        for each in after.get(path[-1], ()):
            if each == start:
                return [*path, each]
            if each not in seen:
                seen.add(each)
                waiting.append([*path, each])
    return []


def _check_conditions(
    rows: Sequence[Mapping[str, Any]], questions: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> Iterator[Finding]:
    asked = {each["key"] for each in questions}
    used: set[str] = set()
    for row in rows:
        if not row.get("when"):
            continue
        try:
            fields = set(read_condition(settle_today(row["when"])).fields())
        except (UnreadableCondition, LookupError, ArithmeticError):
            yield Finding("items", _("“%(name)s”的条件不完整") % {"name": names.get(row["code"], "")})
            continue
        used |= fields
        for key in sorted(fields - asked):
            said = {"name": names.get(row["code"], ""), "key": key}
            yield Finding("items", _("“%(name)s”的条件引用了不存在的问题“%(key)s”") % said)
    if not questions:
        yield Finding("questions", _("没有情形问题：群众不用回答就全部都办"), is_blocking=False)
    for each in questions:
        if each["key"] not in used and not each.get("element"):
            message = _("问题“%(label)s”的回答没有用到") % {"label": each.get("label", "")}
            yield Finding("questions", message, is_blocking=False)


def _fields_of(text: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for section in text.get("form", ()):
        yield from section["fields"]


def _check_answers(
    rows: Sequence[Mapping[str, Any]], texts: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]
) -> Iterator[Finding]:
    for row in rows:
        if row.get("code") not in texts:
            continue
        keys = {each["key"] for each in _fields_of(texts[row["code"]])}
        for key in row.get("answers", {}):
            if key not in keys:
                said = {"name": names[row["code"]], "key": key}
                yield Finding("items", _("“%(name)s”的表单没有字段“%(key)s”，不能替群众预先填写") % said)


def _check_outputs(
    after: Mapping[str, Sequence[str]], texts: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]
) -> Iterator[Finding]:
    """Whoever waits for another should get something from it: an element of its form, a licence among its materials."""
    for code, earlier in after.items():
        for each in earlier:
            if code not in texts or each not in texts:
                continue
            gives = {output["element"] for output in texts[each].get("outputs", ())}
            asks = {field.get("element") for field in _fields_of(texts[code])}
            licences = {material.get("e_licence") for material in texts[code].get("materials", ())}
            if not gives & asks and texts[each].get("licence_kind") not in licences - {None, ""}:
                said = {"name": names[code], "other": names[each]}
                message = _("“%(name)s”等待“%(other)s”，但不用它产出的任何数据或者证照：确实有先后关系的可以保留")
                yield Finding("items", message % said, is_blocking=False)
