"""Drawing the form of an item: the page, and what its script asks the server — to save, to check, to try it out."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.cases.public import (
    NOT_IN_ROWS,
    PREFILLS,
    TYPE_NAMES,
    Conflict,
    FormFinding,
    ItemDefinition,
    ItemDraft,
    RuleBroken,
    SectionForm,
    UnusableDefinition,
    UploadSlot,
    check_form,
    clean_form,
    compare_forms,
    get_definition,
    get_live_version,
    list_dictionaries,
    make_schema,
    parse_definition,
    read_schema,
    save_form,
    say,
)
from zhengtong.kernel.expressions import FUNCTIONS, ExpressionError, parse
from zhengtong.kernel.policy import Actor, visible
from zhengtong.screens.access import actor_of, for_staff

COMPILE = "items.compile"
LARGEST = 1_000_000
PREFILL_NAMES: Final = {
    "applicant.name": gettext_lazy("申请人姓名"),
    "applicant.id_number": gettext_lazy("申请人身份证号码"),
    "applicant.phone": gettext_lazy("申请人手机号码"),
    "applicant.address": gettext_lazy("申请人住址（人口登记）"),
    "enterprise.name": gettext_lazy("企业名称（市场主体登记）"),
    "enterprise.credit_code": gettext_lazy("统一社会信用代码"),
    "enterprise.legal_representative": gettext_lazy("法定代表人（市场主体登记）"),
    "enterprise.address": gettext_lazy("住所（市场主体登记）"),
}
Asked = Mapping[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(COMPILE)
def draw_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The designer; a POST is its script's question, a JSON object with ``act``."""
    actor = actor_of(request)
    draft = (
        visible(actor, COMPILE, ItemDraft.objects.all()).select_related("item", "organisation").filter(pk=pk).first()
    )
    if draft is None:
        raise Http404
    if request.method == "POST":
        return _answer(request, actor, draft)
    if request.GET.get("export") == "schema":
        return _export(draft)
    context = {
        "draft": draft,
        "designer": {
            "form": draft.definition.get("form") or [],
            "number": draft.number,
            "questions": draft.definition.get("questions") or [],
            "types": {kind: str(name) for kind, name in TYPE_NAMES.items()},
            "notInRows": sorted(NOT_IN_ROWS),
            "dictionaries": dict(list_dictionaries()),
            "prefills": {code: str(PREFILL_NAMES.get(code, code)) for code in sorted(PREFILLS)},
            "functions": sorted(FUNCTIONS),
            "findings": _show_findings(check_form(_text(draft, draft.definition.get("form") or []))),
            "words": _words(),
        },
        "has_live": draft.item_id is not None,
    }
    return render(request, "items_desk/form_designer.html", context)


def _text(draft: ItemDraft, form: Any) -> dict[str, Any]:
    text = {"code": draft.code, "name": draft.name, "materials": [], **draft.definition}
    return {**text, "form": form if isinstance(form, list) else []}


def _export(draft: ItemDraft) -> HttpResponse:
    definition = _read(draft, {"form": draft.definition.get("form")})
    if not isinstance(definition, ItemDefinition):
        return _problem(409, _("表单还有问题，不能导出。请先按提示改好再保存。"))
    response = HttpResponse(
        json.dumps(make_schema(definition), ensure_ascii=False, indent=2), content_type="application/schema+json"
    )
    response["Content-Disposition"] = f'attachment; filename="{draft.code}.schema.json"'
    return response


def _answer(request: HttpRequest, actor: Actor, draft: ItemDraft) -> HttpResponse:
    try:
        asked = json.loads(request.body) if len(request.body) <= LARGEST else None
    except ValueError:
        asked = None
    act = _ACTS.get(str(asked.get("act"))) if isinstance(asked, dict) else None
    if act is None or not isinstance(asked, dict):
        return _problem(400, _("没有看懂这个请求，请刷新页面后再试。"))
    return act(actor, draft, asked)


def _save(actor: Actor, draft: ItemDraft, asked: Asked) -> HttpResponse:
    number, form = asked.get("number"), asked.get("form")
    if not isinstance(number, int) or not _is_form(form):
        return _problem(400, _("没有看懂这个请求，请刷新页面后再试。"))
    try:
        saved = save_form(actor=actor, draft_id=draft.pk, number=number, form=form or [])
    except Conflict as error:
        return _problem(409, say(error))
    except RuleBroken as error:
        return _problem(422, say(error))
    findings = check_form(_text(draft, form))
    return JsonResponse(
        {"number": saved.number, "saved_at": saved.changed_at.isoformat(), "findings": _show_findings(findings)}
    )


def _is_form(form: Any) -> bool:
    """Return whether this has the shape of a form, whatever its fields say."""
    return isinstance(form, list) and all(
        isinstance(section, dict)
        and isinstance(section.get("fields", []), list)
        and all(isinstance(field, dict) for field in section.get("fields", []))
        for section in form
    )


def _check(_actor: Actor, draft: ItemDraft, asked: Asked) -> HttpResponse:
    return JsonResponse({"findings": _show_findings(check_form(_text(draft, asked.get("form"))))})


def _show_findings(findings: list[FormFinding]) -> list[dict[str, str]]:
    return [{"place": each.place, "message": each.message} for each in findings[:200]]


def _read(draft: ItemDraft, asked: Asked) -> ItemDefinition | list[FormFinding]:
    """Return the form as it is drawn, or what keeps it from being shown."""
    # The form by itself: materials and the rest may not be written yet.
    text = {key: value for key, value in _text(draft, asked.get("form")).items() if key not in ("outputs", "steps")}
    findings = check_form(text)
    try:
        return findings or parse_definition({**text, "materials": []})
    except (UnusableDefinition, KeyError, TypeError, AttributeError, ValueError) as error:
        return [FormFinding("", str(error))]


def _preview(_actor: Actor, draft: ItemDraft, asked: Asked) -> HttpResponse:
    """Return the form as people will see it, with the rules that its script checks by."""
    definition = _read(draft, asked)
    if not isinstance(definition, ItemDefinition):
        return JsonResponse({"findings": _show_findings(definition)}, status=422)
    answers = asked.get("answers") if isinstance(asked.get("answers"), dict) else {}
    slots = {spec.key: UploadSlot("", hint=spec.help) for spec in definition.list_uploads()}
    sections = []
    for section in definition.sections:
        form = SectionForm(section, initial=answers, slots=slots)
        fields = [{"key": spec.key, "bound": form[spec.key], "is_asked": spec.is_asked({})} for spec in section.fields]
        sections.append({"section": section, "fields": fields})
    html = render_to_string("items_desk/form_preview.html", {"sections": sections})
    return JsonResponse({"html": html, "rules": {"schema": make_schema(definition), "answers": {}}})


def _try(_actor: Actor, draft: ItemDraft, asked: Asked) -> HttpResponse:
    """Check answers that were typed into the preview as an application is checked."""
    definition = _read(draft, asked)
    if not isinstance(definition, ItemDefinition):
        return JsonResponse({"findings": _show_findings(definition)}, status=422)
    answers = asked.get("answers")
    cleaned, errors = clean_form(definition, answers if isinstance(answers, dict) else {})
    return JsonResponse(
        {"errors": [{"key": key, "message": text} for _section, key, text in errors], "cleaned": cleaned}
    )


def _formula(_actor: Actor, draft: ItemDraft, asked: Asked) -> HttpResponse:
    """Read a formula while it is typed: what is wrong with it, or which fields it uses."""
    try:
        expression = parse(str(asked.get("formula") or ""))
    except ExpressionError as error:
        return JsonResponse({"error": str(error)})
    place = str(asked.get("place") or "")
    findings = [each for each in check_form(_text(draft, asked.get("form"))) if each.place == place]
    wrong = next((each.message for each in findings), "")
    return JsonResponse({"error": wrong, "names": sorted(expression.names)})


def _compare(_actor: Actor, draft: ItemDraft, asked: Asked) -> HttpResponse:
    """Say what differs from the version that is in force."""
    if draft.item is None:
        return JsonResponse({"html": format_html("<p>{}</p>", _("这是新事项，还没有现行版本。"))})
    definition = _read(draft, asked)
    if not isinstance(definition, ItemDefinition):
        return JsonResponse({"findings": _show_findings(definition)}, status=422)
    found = compare_forms(get_definition(get_live_version(draft.item).pk), definition)
    changes = [change for change in found if not change.kind.startswith("material_")]
    return JsonResponse({"html": render_to_string("cases/form_changes.html", {"changes": changes})})


def _import(_actor: Actor, _draft: ItemDraft, asked: Asked) -> HttpResponse:
    """Read a JSON Schema as a form; nothing is saved."""
    schema = asked.get("schema")
    try:
        form = read_schema(schema) if isinstance(schema, dict) else []
    except (ValueError, TypeError, AttributeError, RecursionError):
        form = []
    if not form:
        return _problem(422, _("这个文件不是 JSON Schema，或者里面没有字段（properties）。"))
    return JsonResponse({"form": form})


def _problem(status: int, detail: str) -> JsonResponse:
    body = {"type": "about:blank", "title": _("没有办成"), "status": status, "detail": detail}
    return JsonResponse(
        body, status=status, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )


_ACTS: Final[Mapping[str, Callable[[Actor, ItemDraft, Asked], HttpResponse]]] = {
    "save": _save,
    "check": _check,
    "preview": _preview,
    "try": _try,
    "formula": _formula,
    "compare": _compare,
    "import": _import,
}


def _words() -> dict[str, Any]:
    """What the script says."""
    return {
        "section": _("分组"),
        "newSection": _("新的分组"),
        "newOption": _("选项"),
        "up": _("上移"),
        "down": _("下移"),
        "remove": _("删除"),
        "copy": _("复制"),
        "drag": _("拖动"),
        "addField": _("添加字段"),
        "rows": _("每行的字段"),
        "type": _("类型"),
        "firstSection": _("基本情况"),
        "firstOptions": [_("是"), _("否")],
        "label": _("名称"),
        "key": _("代码"),
        "keyHelp": _("公式和条件里用它，发布后不要改"),
        "title": _("标题"),
        "help": _("填写说明"),
        "required": _("必填"),
        "personal": _("个人信息，默认遮盖"),
        "options": _("选项，一行一个"),
        "max_length": _("最多字数"),
        "pattern": _("格式（正则表达式）"),
        "message": _("格式不对时的提示"),
        "min": _("最小值"),
        "max": _("最大值"),
        "decimals": _("小数位数"),
        "element": _("数据元（几个事项同名的只问一次）"),
        "prefill": _("从登记信息带出"),
        "dictionary": _("字典"),
        "formula": _("公式"),
        "formulaHelp": _("用字段的代码计算，如 area * 12、sum(staff.wage)"),
        "formulaRight": _("公式可以用，取自：{names}"),
        "min_rows": _("最少行数"),
        "max_rows": _("最多行数"),
        "max_files": _("最多文件数"),
        "condition": _("什么时候显示"),
        "always": _("一直显示"),
        "allOf": _("满足全部条件时"),
        "anyOf": _("满足任一条件时"),
        "is": _("是"),
        "isNot": _("不是"),
        "atLeast": _("不小于"),
        "addCondition": _("再加一个条件"),
        "values": _("取值，用顿号隔开"),
        "handMade": _("这个条件是导入的复杂条件，在这里只能清除"),
        "clear": _("清除"),
        "none": _("不用"),
        "chooseOne": _("点左边的字段，在这里设置"),
        "unsaved": _("有没有保存的改动"),
        "saved": _("已于 {time} 保存"),
        "nothingWrong": _("没有发现问题"),
        "findings": _("{n} 处需要修改"),
        "empty": _("还没有字段，从左边选一种类型添加"),
        "allRight": _("填写的内容全部正确"),
        "moved": _("“{name}”已移到第 {n} 位"),
        "imported": _("已读入，还没有保存"),
        "notJson": _("这个文件不是 JSON"),
        "offline": _("没有连上服务器，改动还在这个页面上，请稍后再保存"),
    }
