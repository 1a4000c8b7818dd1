"""The sections of the editor: how each reads the draft's text, and what it writes back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import CaseKind, ItemDraft, list_form, list_locked
from zhengtong.desks.items import forms
from zhengtong.desks.items.forms import PartForm
from zhengtong.kernel.modules import Text

Row = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """A section: single values (``form``), rows (``row``), or both. ``within``: the key that holds the single values.

    ``rows_key`` holds the rows; ``has_conditions``: each row may say when it applies.
    """

    key: str
    title: Text
    hint: Text = ""
    form: type[PartForm] | None = None
    within: str = ""
    row: type[PartForm] | None = None
    rows_key: str = ""
    row_title: Text = ""
    add_title: Text = ""
    has_conditions: bool = False
    template: str = "items/part.html"

    def read(self, draft: ItemDraft) -> Row:
        """Return the single values as the form begins with them."""
        text = draft.definition
        if self.key == "limits" and draft.kind == CaseKind.BUNDLE:
            return {"statutory": text.get("statutory"), "promised_days": text.get("promised_days")}
        if self.key == "basic":
            return {**text, "code": draft.code, "name": draft.name}
        found = text.get(self.within, {}) if self.within else text
        return dict(found) if isinstance(found, Mapping) else {}

    def read_rows(self, draft: ItemDraft) -> list[Row]:
        rows = draft.definition.get(self.rows_key) or []
        return [dict(each) if isinstance(each, Mapping) else {"value": each} for each in rows]

    def locked(self, draft: ItemDraft) -> frozenset[str]:
        """Return the names of the fields that the standard sets."""
        locked = list_locked(draft)
        prefix = f"{self.within}." if self.within else ""
        names = {key.removeprefix(prefix) for key in locked if key.startswith(prefix)} if prefix else set(locked)
        return frozenset(names | ({"code"} if draft.item_id else set()))

    def rows_locked(self, draft: ItemDraft) -> bool:
        return self.rows_key in list_locked(draft)

    def write(self, draft: ItemDraft, values: Mapping[str, Any] | None, rows: list[Row] | None) -> dict[str, Any]:
        """Return the changes of the draft's text."""
        changes: dict[str, Any] = {}
        if values is not None:
            plain = {key: _plain(value) for key, value in values.items()}
            if self.key == "limits" and draft.kind == CaseKind.BUNDLE:
                changes |= {key: plain[key] for key in ("statutory", "promised_days")}
            elif self.within:
                kept = draft.definition.get(self.within, {})
                whole = {**kept, **plain}
                changes[self.within] = {key: value for key, value in whole.items() if value not in (None, "")}
            else:
                changes |= {key: None if value in (None, "") else value for key, value in plain.items()}
        if rows is not None:
            changes[self.rows_key] = WRITERS.get(self.rows_key, _as_rows)(draft, rows)
        return changes


class LicencePart(Part):
    """What is printed on the licence: kept apart from its name and its term, which other parts of the platform read."""

    def read(self, draft: ItemDraft) -> Row:
        text = draft.definition
        said = text.get("licence") if isinstance(text.get("licence"), Mapping) else {}
        assert said is not None
        return {
            **{key: text.get(key, "") for key in ("licence_kind", "licence_name", "licence_term")},
            **{key: said.get(key, "") for key in ("holder", "note")},
            "number_pattern": said.get("number", ""),
            "fields_printed": list(said.get("fields", ())),
        }

    def locked(self, draft: ItemDraft) -> frozenset[str]:
        return frozenset(self.form.base_fields) if self.form and list_locked(draft) else frozenset()

    def write(self, draft: ItemDraft, values: Mapping[str, Any] | None, rows: list[Row] | None) -> dict[str, Any]:
        assert values is not None
        if not values["licence_kind"]:
            return dict.fromkeys(("licence_kind", "licence_name", "licence_term", "licence"))
        kept = draft.definition.get("licence") or {}
        said = {**kept, "number": values["number_pattern"], "fields": values["fields_printed"]}
        said |= {key: values[key] for key in ("holder", "note")}
        return {
            **{key: values[key] or None for key in ("licence_kind", "licence_name", "licence_term")},
            "licence": {key: value for key, value in said.items() if value != ""} if said["number"] else None,
        }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.pk if hasattr(value, "pk") else value


def _as_rows(_draft: ItemDraft, rows: list[Row]) -> list[Any]:
    return [{key: value for key, raw in row.items() if (value := _plain(raw)) not in (None, "", [])} for row in rows]


def _as_values(_draft: ItemDraft, rows: list[Row]) -> list[Any]:
    return [row["value"] for row in rows if row.get("value")]


def _as_materials(draft: ItemDraft, rows: list[Row]) -> list[Any]:
    return _keyed(_as_rows(draft, rows), "material", set(), prefer="document", always=("required", "kinds"), given=rows)


def _as_questions(draft: ItemDraft, rows: list[Row]) -> list[Any]:
    form = {"form": draft.definition.get("form") or []}
    taken = {each["key"] for section in list_form(form) for each in section["fields"]}
    return _keyed(_as_rows(draft, rows), "question", taken, always=(), given=rows)


def _keyed(
    rows: list[Row], stem: str, taken: set[str], *, always: tuple[str, ...], given: list[Row], prefer: str = ""
) -> list[Row]:
    """Give each row a key of its own that it keeps: conditions and cases refer to it."""
    used = taken | {row["key"] for row in rows if row.get("key")}
    for row, raw in zip(rows, given, strict=True):
        row.update({key: raw.get(key, [] if key == "kinds" else False) for key in always})
        if not row.get("key"):
            wanted = str(row.get(prefer, "")).replace("-", "_") if prefer else ""
            number = 1
            while not wanted or wanted in used:
                wanted, number = f"{stem}_{number}", number + 1
            row["key"] = wanted
            used.add(wanted)
    return rows


WRITERS: dict[str, Callable[[ItemDraft, list[Row]], list[Any]]] = {
    "conditions": _as_values,
    "materials": _as_materials,
    "questions": _as_questions,
}

BASIC = Part("basic", _("基本信息"), form=forms.BasicForm)
BUNDLE_BASIC = Part("basic", _("基本信息"), form=forms.BundleBasicForm)
BASIS = Part(
    "basis",
    _("办理依据"),
    _("设定和实施这个事项的法律法规，逐条写明条款和原文。"),
    row=forms.BasisRow,
    rows_key="legal_basis",
    row_title=_("依据"),
    add_title=_("添加一条依据"),
)
CONDITIONS = Part(
    "conditions",
    _("办理条件"),
    _("一条一个条件，用群众看得懂的话。"),
    row=forms.ConditionRow,
    rows_key="conditions",
    row_title=_("条件"),
    add_title=_("添加一个条件"),
)
LIMITS = Part("limits", _("期限"), form=forms.LimitsForm, within="limits")
LICENCE = LicencePart(
    "licence",
    _("证照"),
    _("准予以后发的电子证照：叫什么、怎样编号、印哪些内容、有效多久。"),
    form=forms.LicenceForm,
)
FEE = Part(
    "fee",
    _("收费"),
    form=forms.FeeForm,
    within="fee",
    row=forms.FeeRow,
    rows_key="fees",
    row_title=_("收费项目"),
    add_title=_("添加一个收费项目"),
)
# A bundle charges nothing of its own: its items do.
BUNDLE_FEE = Part("fee", _("收费"), form=forms.FeeForm, within="fee")
CHANNELS = Part(
    "channels",
    _("渠道和窗口"),
    form=forms.ChannelsForm,
    within="channels",
    row=forms.OfficeRow,
    rows_key="offices",
    row_title=_("实施机构"),
    add_title=_("添加一个实施机构"),
)
MATERIALS = Part(
    "materials",
    _("材料"),
    _("先搜索：别的事项已有的材料直接选用，名称、代码、格式都带过来。"),
    row=forms.MaterialRow,
    rows_key="materials",
    row_title=_("材料"),
    add_title=_("添加一份新材料"),
    has_conditions=True,
    template="items/materials.html",
)
QUESTIONS = Part(
    "questions",
    _("情形导办"),
    _("办之前问群众的几个问题。回答决定要交哪些材料、填哪些字段、走哪些步骤。"),
    row=forms.QuestionRow,
    rows_key="questions",
    row_title=_("问题"),
    add_title=_("添加一个问题"),
)
GUIDE = Part("guide", _("指南文字"), form=forms.GuideForm, within="guide")
FAQ = Part("faq", _("常见问题"), row=forms.FaqRow, rows_key="faq", row_title=_("问答"), add_title=_("添加一个问答"))
PROCESS = Part(
    "process",
    _("流程和步骤"),
    _("步骤写给群众看；流程决定内部怎样流转。"),
    form=forms.ProcessForm,
    row=forms.StepRow,
    rows_key="steps",
    row_title=_("步骤"),
    add_title=_("添加一个步骤"),
    has_conditions=True,
)
BUNDLE_STEPS = Part(
    "process", _("办理步骤"), row=forms.StepRow, rows_key="steps", row_title=_("步骤"), add_title=_("添加一个步骤")
)
ITEM_PARTS = (BASIC, BASIS, CONDITIONS, LIMITS, FEE, CHANNELS, MATERIALS, QUESTIONS, GUIDE, FAQ, PROCESS, LICENCE)
BUNDLE_PARTS = (BUNDLE_BASIC, QUESTIONS, LIMITS, BUNDLE_FEE, CHANNELS, CONDITIONS, BASIS, GUIDE, FAQ, BUNDLE_STEPS)


def parts_of(draft: ItemDraft) -> tuple[Part, ...]:
    return BUNDLE_PARTS if draft.kind == CaseKind.BUNDLE else ITEM_PARTS
