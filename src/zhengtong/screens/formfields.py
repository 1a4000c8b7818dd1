"""Turns bound form fields and forms into what the field and error-summary templates print."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext as _

Anchored = tuple[str, str]


def _kind(widget: forms.Widget) -> str:
    match widget:
        case forms.CheckboxSelectMultiple() | forms.RadioSelect():
            return "choices"
        case forms.CheckboxInput():
            return "check"
        case forms.FileInput():
            return "file"
        case forms.Textarea():
            return "textarea"
        case forms.Select():
            return "select"
        case forms.MultiWidget():
            return "several"
        case _:
            return "input"


def first_control(bound: BoundField) -> str:
    """The id that a link in the error summary jumps to: the control, or the first of a group."""
    if _kind(bound.field.widget) == "choices":
        return f"{bound.auto_id}_0"
    return bound.id_for_label or str(bound.auto_id)


def describe_field(
    bound: BoundField,
    *,
    label: str,
    hint: str,
    prefilled: str,
    width: str,
    counter: bool,
    autocomplete: str,
    placeholder: str,
) -> dict[str, Any]:
    """The context of ``screens/components/field.html``; dates become the browser's own date control."""
    widget = bound.field.widget
    kind = _kind(widget)
    if isinstance(widget, forms.DateInput) and widget.input_type == "text":
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    hint = hint or str(bound.help_text or "")
    max_length = getattr(bound.field, "max_length", None)
    parts = {
        "hint": bool(hint),
        "prefilled": bool(prefilled),
        "error": bool(bound.errors),
        "counter": bool(counter and max_length),
    }
    described = " ".join(f"{bound.auto_id}_{part}" for part, present in parts.items() if present)
    attrs: dict[str, Any] = {"class": " ".join(filter(None, (str(widget.attrs.get("class", "")), _CLASSES[kind])))}
    if described and kind not in ("choices", "several"):
        attrs["aria-describedby"] = described
    if parts["counter"]:
        attrs["data-counter"] = f"{bound.auto_id}_counter"
    if autocomplete:
        attrs["autocomplete"] = autocomplete
    if placeholder:
        attrs["placeholder"] = placeholder
    is_group = kind in ("choices", "several")
    return {
        "bound": bound,
        "kind": kind,
        "is_group": is_group,
        "errors": list_field_errors(bound),
        "label": label or bound.label,
        "hint": hint,
        "prefilled": prefilled,
        "width": width,
        "max_length": max_length if parts["counter"] else None,
        "described": described,
        "control": None if kind == "choices" else bound.as_widget(attrs=attrs),
        "choices": list(bound.subwidgets) if kind == "choices" else [],
    }


_CLASSES = {
    "input": "input",
    "several": "input",
    "textarea": "textarea",
    "select": "select",
    "check": "check-input",
    "choices": "check-input",
    "file": "file-input",
}


def list_field_errors(bound: BoundField) -> list[str]:
    """The errors of a field in words that say what to do: Django's own "required" becomes 请填写, 请选择 or 请上传."""
    asked = {
        "choices": _("请选择%(label)s"),
        "select": _("请选择%(label)s"),
        "check": _("请勾选：%(label)s"),
        "file": _("请上传%(label)s"),
    }.get(_kind(bound.field.widget), _("请填写%(label)s"))
    standard = str(forms.Field.default_error_messages["required"])
    return [asked % {"label": bound.label} if str(error) == standard else str(error) for error in bound.errors]


def _form_errors(form: forms.BaseForm) -> list[Anchored]:
    """In the order of the fields, then of the whole form; the label goes before an error that doesn't name it."""
    found: list[Anchored] = []
    for bound in form:
        label = str(bound.label)
        for error in list_field_errors(bound):
            text = error if label in error else _("%(label)s：%(error)s") % {"label": label, "error": error}
            found.append(("" if bound.is_hidden else first_control(bound), text))
    return found + [("", str(error)) for error in form.non_field_errors()]


def list_errors(source: object) -> list[Anchored]:
    """(anchor, text) of every error in a form, a formset, a list of forms, or a list that already is of that shape."""
    if isinstance(source, forms.BaseForm):
        return _form_errors(source) if source.is_bound else []
    if isinstance(source, BaseFormSet):
        whole = [("", str(error)) for error in source.non_form_errors()]
        return whole + [error for form in source.forms for error in list_errors(form)]
    found: list[Anchored] = []
    for item in source if isinstance(source, Iterable) else ():
        if isinstance(item, forms.BaseForm | BaseFormSet):
            found += list_errors(item)
        elif isinstance(item, str):
            found.append(("", item))
        else:
            anchor, text = item
            found.append((str(anchor).removeprefix("#"), str(text)))
    return found
