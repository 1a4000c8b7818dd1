"""What is typed about a source: its kind says which fields there are."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.sources.public import SHAPES, SettingField, Source, list_own_organisations
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import Actor

PREFIX = "with_"


def _field(field: SettingField) -> forms.Field:
    common: dict[str, Any] = {
        "label": field.label,
        "required": field.is_required,
        "help_text": field.help,
        "initial": field.initial,
    }
    match field.kind:
        case "number":
            return forms.IntegerField(min_value=1, max_value=65_535, **common)
        case "flag":
            return forms.BooleanField(**common)
        case "choice":
            return forms.ChoiceField(choices=field.choices, **common)
        case "long" | "list" | "json":
            return forms.CharField(max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}), **common)
    return forms.CharField(max_length=500, **common)


def _typed(field: SettingField, value: Any) -> Any:
    """Return a kept setting as it is typed."""
    if field.kind == "json" and value:
        return json.dumps(value, ensure_ascii=False, indent=1)
    return "\n".join(value) if field.kind == "list" and value else value


class _BySettings(forms.Form):
    """A form with the fields of one kind; what it refuses by a setting's name stands at that field."""

    fields_of: tuple[SettingField, ...] = ()

    def gather(self, fields: tuple[SettingField, ...]) -> dict[str, Any]:
        return {field.name: self.cleaned_data.get(PREFIX + field.name) for field in fields}

    def refuse(self, error: Any) -> None:
        name = getattr(error, "field", "") or ""
        place = next((each for each in (name, PREFIX + name) if each in self.fields), None)
        self.add_error(place, str(getattr(error, "message", error)))


class AboutForm(_BySettings):
    """Amending a source: its name, its settings, what it is for."""

    name = forms.CharField(label=_("名称"), max_length=100)
    is_readable = forms.BooleanField(label=_("可以读取"), required=False, initial=True)
    is_writable = forms.BooleanField(label=_("可以写入"), required=False)
    bytes_a_second = forms.IntegerField(
        label=_("限速（字节/秒）"), required=False, min_value=1024, help_text=_("不限就留空")
    )

    def __init__(self, kind: str, *args: Any, source: Source | None = None, **options: Any) -> None:
        if source is not None:
            kept = {PREFIX + each.name: _typed(each, source.settings.get(each.name)) for each in SHAPES[kind].settings}
            about = ("name", "is_readable", "is_writable", "bytes_a_second")
            options["initial"] = {**kept, **{name: getattr(source, name) for name in about}}
        super().__init__(*args, **options)
        self.shape = SHAPES[kind]
        for field in self.shape.settings:
            self.fields[PREFIX + field.name] = _field(field)
        last = ("is_readable", "is_writable", "bytes_a_second")
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    def values(self) -> dict[str, Any]:
        names = ("name", "is_readable", "is_writable", "bytes_a_second")
        return {**{name: self.cleaned_data[name] for name in names}, "settings": self.gather(self.shape.settings)}


class RegisterForm(AboutForm):
    """A new source, with its secrets."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("所属单位"))
    code = forms.CharField(label=_("代码"), max_length=40, help_text=_("小写字母、数字和连字符，登记以后不能改"))

    def __init__(self, kind: str, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(kind, *args, **options)
        self.fields["organisation"].queryset = list_own_organisations(actor)  # type: ignore[attr-defined]  # of rows
        self.fields["organisation"].initial = actor.organisation
        for field in self.shape.secrets:
            self.fields[PREFIX + field.name] = _secret(field)
        last = ("is_readable", "is_writable", "bytes_a_second")
        first = ("organisation", "name", "code")
        middle = (name for name in self.fields if name not in (*first, *last))
        self.order_fields([*first, *middle, *last])

    def values(self) -> dict[str, Any]:
        return {
            **super().values(),
            "organisation": self.cleaned_data["organisation"],
            "code": self.cleaned_data["code"],
            "secrets": self.gather(self.shape.secrets),
        }


class _Unshown(forms.Textarea):
    """A field of several lines whose content isn't sent back."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


def _secret(field: SettingField) -> forms.Field:
    made = _field(field)
    # What was typed isn't sent back, not even with a mistake elsewhere on the page.
    made.widget = (
        _Unshown(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"})
        if field.kind == "long"
        else forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    return made


class SecretsForm(_BySettings):
    """New secrets. What isn't typed is forgotten."""

    def __init__(self, kind: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.shape = SHAPES[kind]
        for field in self.shape.secrets:
            self.fields[PREFIX + field.name] = _secret(field)

    def values(self) -> dict[str, Any]:
        return {"secrets": self.gather(self.shape.secrets)}
