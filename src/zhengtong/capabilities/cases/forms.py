"""Django forms made from an item's text, one a section; used wherever an application is filled in."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.item_definition import FieldSpec, ItemDefinition, SectionSpec
from zhengtong.core.identity.public import (
    InvalidIdentifier,
    parse_citizen_number,
    parse_credit_code,
    parse_phone,
)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


class CleanCharField(forms.CharField):
    """Text without control characters and without marks that turn the direction of writing."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if _CONTROL.search(text):
            raise ValidationError(_("含有不能保存的控制字符，请删除后重新输入"))
        return text


class IdentifierField(CleanCharField):
    """A number with a check character, normalised (full-width digits, lower-case x)."""

    def __init__(self, *, parse: Callable[[str], object], **options: Any) -> None:
        self.parse = parse
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return text
        try:
            return str(self.parse(text))
        except InvalidIdentifier as error:
            raise ValidationError(error.message) from error


class SectionForm(forms.Form):
    """The fields of one section."""

    def __init__(self, section: SectionSpec, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.section = section
        for spec in section.fields:
            self.fields[spec.key] = make_field(spec)

    def kept(self) -> dict[str, Any]:
        """Return what was typed, right or wrong, as it goes into a draft."""
        typed = {}
        for spec in self.section.fields:
            value = self.fields[spec.key].widget.value_from_datadict(self.data, self.files, self.add_prefix(spec.key))
            if isinstance(value, str):
                value = value.replace("\x00", "")[: spec.max_length * 2]
            elif isinstance(value, list):
                value = [str(each).replace("\x00", "")[:200] for each in value[:100]]
            if value is not None:
                typed[spec.key] = value
        return typed


def make_field(spec: FieldSpec) -> forms.Field:
    """Return the Django field for one field of the item's text."""
    missing = _("请选择%(label)s") if spec.type in {"choice", "multichoice", "date"} else _("请填写%(label)s")
    common: dict[str, Any] = {
        "label": spec.label,
        "required": spec.is_required,
        "help_text": spec.help,
        "error_messages": {"required": missing % {"label": spec.label}},
    }
    choices = [(option, option) for option in spec.options]
    match spec.type:
        case "choice":
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
        case "multichoice":
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
        case "date":
            common["error_messages"]["invalid"] = _("日期不存在，请按 2026-11-21 的样子填写")
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
        case "number":
            common["error_messages"]["invalid"] = _("请填写数字")
            return forms.DecimalField(
                min_value=spec.minimum if spec.minimum is not None else 0,
                max_value=spec.maximum if spec.maximum is not None else 10**8,
                max_digits=12,
                decimal_places=2,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
                **common,
            )
        case "boolean":
            return forms.BooleanField(**common)
        case "id_number":
            return IdentifierField(parse=lambda text: parse_citizen_number(text).value, max_length=40, **common)
        case "credit_code":
            return IdentifierField(parse=lambda text: parse_credit_code(text).value, max_length=40, **common)
        case "phone":
            phone = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
            return IdentifierField(parse=lambda text: parse_phone(text).value, max_length=40, widget=phone, **common)
    too_long = MaxLengthValidator(
        spec.max_length,
        _("%(label)s最多 %(limit)s 字")
        % {
            "label": spec.label,
            "limit": spec.max_length,
        },
    )
    widget: forms.Widget = forms.Textarea(attrs={"rows": 4}) if spec.type == "textarea" else forms.TextInput()
    checks: list[Any] = [too_long]
    if spec.pattern:
        checks.append(RegexValidator(spec.pattern, spec.message or _("格式不对")))
    return CleanCharField(validators=checks, widget=widget, **common)


def plain(value: Any) -> Any:
    """Return a cleaned value as JSON can hold it."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | list | bool | int) or value is None else str(value)


def clean_form(
    definition: ItemDefinition, form: Mapping[str, Any]
) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """Check the answers of a whole application.

    Returns the cleaned answers (only those that the definition asks for) and the errors as triples of
    section key, field key and sentence.
    """
    cleaned: dict[str, Any] = {}
    errors: list[tuple[str, str, str]] = []
    for section in definition.list_asked(form):
        bound = bind_section(section, form)
        if bound.is_valid():
            cleaned |= {key: plain(value) for key, value in bound.cleaned_data.items()}
        else:
            for key, messages in bound.errors.items():
                errors.extend((section.key, key, str(message)) for message in messages)
    return cleaned, errors


def clean_fields(
    specs: Sequence[FieldSpec], values: Mapping[str, Any]
) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """Check what was filled in at a node of a process; as :func:`clean_form`."""
    section = SectionSpec("node", "", "", tuple(specs))
    bound = bind_section(section, values)
    if bound.is_valid():
        return {key: plain(value) for key, value in bound.cleaned_data.items()}, []
    errors = [("node", key, str(message)) for key, messages in bound.errors.items() for message in messages]
    return {}, errors


def bind_section(section: SectionSpec, answers: Mapping[str, Any]) -> SectionForm:
    """Return the section with stored answers as if they were just typed: bound, so that it tells what is wrong."""
    return SectionForm(section, data=_as_posted(section, answers))


def _as_posted(section: SectionSpec, form: Mapping[str, Any]) -> Any:
    posted = QueryDict(mutable=True)
    for spec in section.fields:
        value = form.get(spec.key)
        if isinstance(value, list):
            posted.setlist(spec.key, [str(each) for each in value])
        elif value not in (None, "", False):
            posted[spec.key] = "on" if value is True else str(value)
    return posted
