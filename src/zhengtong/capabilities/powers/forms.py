"""The form in which a power is compiled: legal bases as rows that are added and removed, lists as lines."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.powers.domain import Basis
from zhengtong.capabilities.powers.models import Level, PowerEntry, PowerKind, PowerList, PowerVersion

MOST_BASES, MOST_LINES = 60, 60


class BasisWidget(forms.MultiWidget):
    """Rows of law, article and words. One empty row is always there, so that it works without scripts."""

    parts = ("title", "article", "text")
    # Without widgets of Django's it would count as hidden.
    is_hidden = False

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__([], dict(attrs or {}))

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Basis]:
        def sent(part: str) -> list[str]:
            if isinstance(data, MultiValueDict):
                return [str(each) for each in data.getlist(f"{name}_{part}")]
            return [str(data[f"{name}_{part}"])] if f"{name}_{part}" in data else []

        rows = zip(*(sent(part) for part in self.parts), strict=False)
        cleaned = (Basis(*(" ".join(cell.split()) for cell in row)) for row in rows)
        return [row for row in cleaned if row.title or row.text]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return f"{name}_text" not in data

    def decompress(self, value: Any) -> list[Any]:
        return list(value or ())

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return id_

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        rows = list(value or ())
        context = {"name": name, "id": (attrs or {}).get("id", f"id_{name}"), "rows": [*rows, None]}
        return SafeString(render_to_string("powers/basis_rows.html", context))


class BasisField(forms.Field):
    widget = BasisWidget

    def clean(self, value: Any) -> list[Basis]:
        rows: Sequence[Basis] = value or ()
        if len(rows) > MOST_BASES:
            raise ValidationError(gettext("设定依据最多 %(n)s 条") % {"n": MOST_BASES})
        cleaned = []
        for row in rows:
            if not row.title or not row.text:
                raise ValidationError(gettext("每一条设定依据都要写明法律法规的名称和条文"))
            cleaned.append(Basis(row.title.strip("《》").strip(), row.article.strip("：: "), row.text))
        return cleaned


class LinesField(forms.CharField):
    """A list, an entry a line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 5}), required=False, max_length=6000, **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        lines = [" ".join(line.split()) for line in str(super().clean(value)).splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > MOST_LINES:
            raise ValidationError(gettext("最多 %(n)s 行") % {"n": MOST_LINES})
        return lines


def _choices(kind: type[PowerKind] | type[Level]) -> list[tuple[str, Any]]:
    return [("", _("请选择")), *kind.choices]


class PowerForm(forms.Form):
    """What a version says."""

    name = forms.CharField(label=_("名称"), max_length=200)
    kind = forms.ChoiceField(label=_("类别"), choices=_choices(PowerKind))
    organ = forms.CharField(
        label=_("行使机关"), max_length=60, help_text=_("写机关的名称，不带地名，如“市场监督管理局”")
    )
    level = forms.ChoiceField(label=_("层级"), choices=_choices(Level))
    inquiry_phone = forms.CharField(label=_("咨询电话"), max_length=40, required=False)
    basis = BasisField(label=_("设定依据"), required=False)
    procedure = LinesField(label=_("行使流程"), help_text=_("一行一步，如：受理、审查、决定、送达"))
    responsibilities = LinesField(label=_("责任事项"), help_text=_("一行一项，与流程的各步对应"))
    accountability = forms.CharField(
        label=_("追责情形"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    reason = forms.CharField(
        label=_("调整依据"),
        max_length=500,
        required=False,
        help_text=_("这次新增或者变更所依据的法律法规、文件名称和文号，送审前写明"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    effective_from = forms.DateField(
        label=_("拟生效日期"), required=False, help_text=_("不填就是发布当日；法制机构发布时可以改")
    )


class NewPowerForm(PowerForm):
    """A power that is in no list yet."""

    field_order = ("power_list", "code")
    power_list = forms.ModelChoiceField(PowerList.objects.all(), label=_("清单"), empty_label=_("请选择"))
    code = forms.RegexField(
        r"[0-9A-Za-z][0-9A-Za-z._-]{0,59}",
        label=_("编码"),
        max_length=60,
        help_text=_("如 MR-XK-01，发布以后不能改"),
        error_messages={"invalid": _("编码由字母、数字、点、横线组成，以字母或者数字开头")},
    )


class MoveForm(forms.Form):
    """To which organ and level a power goes."""

    organ = forms.CharField(label=_("承接机关"), max_length=60, help_text=_("写机关的名称，不带地名"))
    level = forms.ChoiceField(label=_("承接层级"), choices=_choices(Level))
    reason = forms.CharField(label=_("调整依据"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    effective_from = forms.DateField(label=_("拟生效日期"), required=False, help_text=_("不填就是发布当日"))


def text_of_version(version: PowerVersion) -> dict[str, Any]:
    """Return a version as the form shows it first."""
    text = version.text
    return {
        **text.plain(),
        "basis": list(text.basis),
        "reason": version.reason,
        "effective_from": version.effective_from,
    }


def text_of_entry(entry: PowerEntry) -> dict[str, Any]:
    """Return what the newest published version says, for a change of it; the newest of all where none is."""
    newest = entry.versions.prefetch_related("basis").order_by("status", "number")
    published = [each for each in newest if each.status == "published"]
    version = published[-1] if published else entry.versions.prefetch_related("basis").order_by("number").last()
    return {**text_of_version(version), "reason": "", "effective_from": None} if version else {}
