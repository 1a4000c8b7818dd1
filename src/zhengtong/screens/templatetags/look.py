"""``{% load look %}``: the components as template tags, described in ``docs/reference/look.md``."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from zhengtong.screens import formats
from zhengtong.screens.formfields import describe_field, list_errors, list_field_errors
from zhengtong.screens.icons import draw_icon
from zhengtong.screens.tablerows import draw_options, draw_rows

register = template.Library()

for _filter in (
    formats.cn_date,
    formats.cn_datetime,
    formats.cn_time,
    formats.cn_days,
    formats.cn_size,
    formats.cn_money,
    formats.mask_phone,
    formats.mask_id,
    formats.mask_name,
):
    register.filter(_filter.__name__, _filter)

TONE_SHAPES = {
    "neutral": "ring",
    "info": "dot",
    "success": "check",
    "warning": "alert",
    "danger": "stop",
    "paused": "pause",
}
NOTICE_SHAPES = {**TONE_SHAPES, "info": "info", "neutral": "info"}
MESSAGE_TONES = {"debug": "neutral", "info": "info", "success": "success", "warning": "warning", "error": "danger"}
STARS = {
    1: gettext_noop("非常不满意"),
    2: gettext_noop("不满意"),
    3: gettext_noop("基本满意"),
    4: gettext_noop("满意"),
    5: gettext_noop("非常满意"),
}


def _read(item: object, name: str, default: Any = "") -> Any:
    """A key of a mapping or an attribute of anything else."""
    value = item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)
    return default if value is None else value


def _spread(item: object, names: Sequence[str]) -> dict[str, Any]:
    """A tuple by position, or a mapping or object by name; what is missing is empty."""
    if isinstance(item, tuple | list):
        return dict.fromkeys(names, "") | dict(zip(names, item, strict=False))
    return {name: _read(item, name) for name in names}


def _part(name: str, /, **context: Any) -> SafeString:
    return SafeString(render_to_string(f"screens/components/{name}.html", context))


@register.simple_tag
def icon(name: str, size: int = 20, label: str = "") -> SafeString:
    return draw_icon(name, size=size, label=label)


@register.simple_tag
def field(
    bound: BoundField,
    label: str = "",
    hint: str = "",
    prefilled: str = "",
    width: str = "",
    counter: bool = False,
    autocomplete: str = "",
    placeholder: str = "",
    required_mark: bool = True,
) -> SafeString:
    if bound.is_hidden:
        return SafeString(bound.as_hidden())
    if getattr(bound.field.widget, "draws_whole_field", False):
        return SafeString(bound.as_widget())
    context = describe_field(
        bound,
        label=label,
        hint=hint,
        prefilled=prefilled,
        width=width,
        counter=counter,
        autocomplete=autocomplete,
        placeholder=placeholder,
    )
    return _part("field", **context, required=bound.field.required and required_mark)


@register.simple_tag
def error_summary(source: object, title: str = "") -> SafeString:
    errors = list_errors(source)
    if not errors:
        return SafeString("")
    return _part("error_summary", errors=errors, title=title or _("有%(n)d处需要修改") % {"n": len(errors)})


@register.simple_tag
def chip(text: Any, tone: str = "neutral", icon: str = "") -> SafeString:
    tone = tone if tone in TONE_SHAPES else "neutral"
    shape = draw_icon(icon or TONE_SHAPES[tone], size=14)
    # Written by hand, as the deadline is: a list has a hundred of them.
    return mark_safe(f'<span class="chip chip-{tone}">{shape}<span>{conditional_escape(text)}</span></span>')


@register.simple_tag
def deadline(days: int | None, due: Any = None, state: str = "", warn: int = 2, unit: str = "") -> SafeString:
    """A clock as a word, a shape and a colour; ``unit`` is "" (个工作日), "short" (日) or "calendar" (日)."""
    tone, text = _say_deadline(days, state=state, warn=warn, unit=unit)
    shape = draw_icon("clock" if tone in ("info", "neutral") else TONE_SHAPES[tone], size=14)
    until = _("截止 %(date)s") % {"date": formats.cn_date(due)} if due else ""
    return mark_safe(
        f'<span class="chip chip-{tone}" title="{conditional_escape(until)}">{shape}'
        f"<span>{conditional_escape(text)}</span></span>"
    )


def _say_deadline(days: int | None, *, state: str, warn: int, unit: str) -> tuple[str, str]:
    if state == "done":
        return "success", _("已办结")
    if state == "paused":
        return "paused", _("暂停计时")
    if not isinstance(days, int):
        return "neutral", _("无时限")
    amount = _("%(n)s日") if unit else _("%(n)s个工作日")
    if days < 0:
        return "danger", _("超期%(amount)s") % {"amount": amount % {"n": -days}}
    if days == 0:
        return "warning", _("今日到期")
    return ("warning" if days <= warn else "info"), _("剩%(amount)s") % {"amount": amount % {"n": days}}


@register.simple_tag
def timeline(events: Iterable[object]) -> SafeString:
    names = ("title", "at", "who", "text", "state", "url")
    return _part("timeline", events=[_spread(event, names) for event in events])


@register.simple_tag
def steps(items: Sequence[object], current: int) -> SafeString:
    shown = []
    for number, item in enumerate(items, start=1):
        step = _spread(item, ("title", "url")) if isinstance(item, tuple | list) else {"title": item, "url": ""}
        state = "done" if number < current else "current" if number == current else "upcoming"
        shown.append({**step, "number": number, "state": state})
    at = shown[min(max(current, 1), len(shown)) - 1] if shown else None
    return _part("steps", steps=shown, at=at, total=len(shown))


@register.simple_tag
def summary_list(rows: Iterable[object], columns: int = 1, title: str = "") -> SafeString:
    names = ("label", "value", "url", "act", "note")
    return _part("summary_list", rows=[_spread(row, names) for row in rows], columns=columns, title=title)


@register.simple_block_tag
def card(
    content: str, title: str = "", url: str = "", icon: str = "", meta: str = "", level: int = 2, tone: str = ""
) -> SafeString:
    drawing = draw_icon(icon, size=24) if icon else ""
    heading = f"h{level if level in range(2, 7) else 2}"
    return _part("card", content=content, title=title, url=url, drawing=drawing, meta=meta, heading=heading, tone=tone)


def _with_query(context: template.Context, drop: Sequence[str], **values: str) -> str:
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is None:
        return "?" + "&".join(f"{name}={value}" for name, value in values.items())
    for name in drop:
        query.pop(name, None)
    for name, value in values.items():
        query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def table(
    context: template.Context,
    columns: Sequence[Sequence[Any]],
    rows: Iterable[object],
    sort: str = "",
    caption: str = "",
    empty: str = "",
    select: str = "",
    form: str = "",
) -> SafeString:
    heads = []
    for column in columns:
        key, title, *rest = column
        words = str(rest[0]).split() if rest else []
        direction = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
        heads.append(
            {
                "key": key,
                "title": title,
                "css": " ".join(f"cell-{word}" for word in words if word != "sort"),
                "sortable": "sort" in words,
                "direction": direction,
                "icon": {"ascending": "sort-up", "descending": "sort-down"}.get(direction, "sort-none"),
                "sort_url": _with_query(
                    context, ("after", "before"), sort=f"-{key}" if direction == "ascending" else str(key)
                ),
            }
        )
    lines = []
    for row in rows:
        cells = _read(row, "cells", ())
        line = {name: _read(row, name) for name in ("url", "key", "tone")}
        line["label"] = _read(row, "label") or line["key"]
        line["values"] = [cells.get(head["key"], "") for head in heads] if isinstance(cells, Mapping) else list(cells)
        lines.append(line)
    body = draw_rows(heads, lines, select=select, form=form)
    return _part("table", heads=heads, rows=body, caption=caption, empty=empty, select=select)


@register.simple_tag(takes_context=True)
def pagination(context: template.Context, page: object) -> SafeString:
    previous, following = _read(page, "previous"), _read(page, "next")
    drop = ("after", "before")
    return _part(
        "pagination",
        previous_url=_with_query(context, drop, before=str(previous)) if previous else "",
        next_url=_with_query(context, drop, after=str(following)) if following else "",
        total=_read(page, "total", None),
        capped=_read(page, "capped", False),
    )


@register.simple_tag
def empty_state(title: str, text: str = "", url: str = "", act: str = "", icon: str = "inbox") -> SafeString:
    return _part("empty_state", title=title, text=text, url=url, act=act, drawing=draw_icon(icon, size=40))


@register.simple_tag
def tabs(items: Iterable[object], label: str = "") -> SafeString:
    shown = []
    for item in items:
        if isinstance(item, tuple | list) and len(item) > 3:
            shown.append(_spread(item, ("title", "url", "current", "count")))
        else:
            shown.append({"count": "", **_spread(item, ("title", "url", "current"))} | _count(item))
    return _part("tabs", items=shown, label=label or _("分类"))


def _count(item: object) -> dict[str, Any]:
    return {} if isinstance(item, tuple | list) else {"count": _read(item, "count")}


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "") -> SafeString:
    tone = tone if tone in NOTICE_SHAPES else "info"
    return _part("notice", content=content, tone=tone, title=title, drawing=draw_icon(NOTICE_SHAPES[tone], size=22))


@register.simple_tag
def message_notice(message: Any) -> SafeString:
    """A notice for one of Django's messages, in the tone of its level."""
    tone = MESSAGE_TONES.get(str(message.level_tag), "info")
    drawing = draw_icon(NOTICE_SHAPES[tone], size=22)
    return _part("notice", content=str(message), tone=tone, title="", drawing=drawing, live=True)


@register.simple_tag
def breadcrumbs(items: Iterable[object]) -> SafeString:
    return _part("breadcrumbs", items=[_spread(item, ("title", "url")) for item in items])


_FILE = ("id", "name", "size", "url", "kind", "delete_url", "note", "preview_url")


@register.simple_tag
def upload(
    name: str,
    url: str = "",
    label: str = "",
    hint: str = "",
    accept: str = "",
    files: Iterable[object] = (),
    multiple: bool = True,
    max_mb: int = 0,
    required: bool = False,
    errors: Iterable[str] = (),
) -> SafeString:
    return _part(
        "upload",
        name=name,
        url=url,
        label=label or _("上传文件"),
        hint=hint,
        accept=accept,
        files=[_spread(file, _FILE) for file in files or ()],
        multiple=multiple,
        max_mb=max_mb,
        required=required,
        errors=[str(error) for error in errors or ()],
    )


@register.simple_tag
def file_list(files: Iterable[object]) -> SafeString:
    return _part("file_list", files=[_spread(file, _FILE) for file in files])


@register.simple_tag
def preview(files: Iterable[object]) -> SafeString:
    shown = []
    for item in files:
        file = _spread(item, _FILE)
        picture = file["preview_url"] or (file["url"] if str(file["kind"]).startswith("image/") else "")
        shown.append({**file, "picture": picture})
    first = next((file for file in shown if file["picture"]), None)
    return _part("preview", files=shown, first=first)


@register.simple_block_tag(takes_context=True)
def confirm(
    context: template.Context,
    content: str,
    id: str,
    act: str,
    title: str,
    action: str,
    tone: str = "danger",
    confirm: str = "",
    look: str = "secondary",
    value: str = "",
) -> SafeString:
    return _part(
        "confirm",
        content=content,
        id=id,
        act=act,
        title=title,
        action=action,
        tone=tone,
        confirm=confirm or act,
        look=look,
        value=value,
        csrf_token=context.get("csrf_token", ""),
    )


@register.simple_block_tag
def menu(content: str, label: str, icon: str = "", look: str = "secondary") -> SafeString:
    return _part("menu", content=content, label=label, drawing=draw_icon(icon) if icon else "", look=look)


@register.simple_tag
def rating(source: BoundField | str, legend: str = "", value: str | int = "") -> SafeString:
    bound = source if isinstance(source, BoundField) else None
    name = bound.html_name if bound else str(source)
    chosen = str((bound.value() if bound else value) or "")
    words = {star: _(word) for star, word in STARS.items()}
    return _part(
        "rating",
        name=name,
        id=(bound.auto_id if bound else "") or f"id_{name}",
        legend=legend or (bound.label if bound else "") or _("您对这次服务满意吗"),
        stars=[(star, word, str(star) == chosen) for star, word in words.items()],
        errors=list_field_errors(bound) if bound else [],
    )


@register.simple_tag
def figure(value: object, label: str, url: str = "", unit: str = "", note: str = "", tone: str = "") -> SafeString:
    return _part("figure", value=value, label=label, url=url, unit=unit, note=note, tone=tone)


@register.simple_tag
def autosave_status(saved_at: Any = None) -> SafeString:
    return _part("autosave_status", saved_at=saved_at)


@register.simple_tag
def options(choices: Iterable[tuple[object, Any]], chosen: object = "") -> SafeString:
    """The options of a select after its first: pairs of value and title, the one whose value is ``chosen`` selected."""
    return draw_options(choices, str(chosen))


@register.simple_tag
def script_words() -> SafeString:
    """The words that scripts show, translated here so that there is one catalogue."""
    return _write_script_words(get_language())


@cache
def _write_script_words(language: str | None) -> SafeString:
    """Every page has them, and they are the same in every page of ``language``, the one that is active."""
    words = {
        "saving": _("正在保存…"),
        "saved": _("已于 {time} 保存"),
        "keptHere": _("没有连上服务器，填写的内容已存在这台设备上，连上后会自动保存"),
        "keptSignIn": _("登录已失效，填写的内容已存在这台设备上。请重新登录，内容会自动恢复"),
        "signIn": _("重新登录"),
        "restored": _("已恢复您在 {time} 填写、还没有保存的内容"),
        "submitting": _("正在提交…"),
        "failed": _("操作没有成功，请稍后再试"),
        "refused": _("没有权限进行这项操作"),
        "offline": _("网络不通，请检查网络后再试"),
        "uploading": _("正在上传 {percent}%"),
        "checking": _("正在检查文件…"),
        "uploaded": _("已上传"),
        "stillUploading": _("文件还在上传，传完再提交"),
        "uploadFailed": _("上传没有成功，请重新选择文件"),
        "tooLarge": _("文件超过 {max} MB，请压缩或分开后再传"),
        "remove": _("删除"),
        "retry": _("重试"),
        "left": _("还可以输入 {n} 字"),
        "over": _("超出 {n} 字"),
        "copied": _("已复制"),
        "close": _("关闭"),
        "loading": _("正在加载"),
        "cut": _("没有连上服务器，这一步没有完成。请检查网络后重试"),
        "down": _("系统暂时没有办成这一步，您的内容没有丢失。请重试"),
        "busy": _("操作太频繁，请稍等几分钟再重试"),
        "required": _("必填"),
        "filterOptions": _("输入几个字，缩小下面的选择范围"),
    }
    return format_html('<meta name="look-words" content="{}">', json.dumps(words, ensure_ascii=False))
