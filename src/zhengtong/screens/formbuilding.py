"""Form fields with the house's widgets: what a service's parameter asks a person for."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Text, registry
from zhengtong.kernel.policy import Actor
from zhengtong.screens.choosing import SHORT, Chosen, is_tree
from zhengtong.screens.columns import Field, is_encrypted
from zhengtong.screens.declaration import STAFF, Act, Choice, ModelScreens

LONGEST_SECRET = 200
MOMENT = "%Y-%m-%dT%H:%M"


class Chooser(forms.TextInput):
    """A text with a list of what it may be: fetched as one types, checked when it is sent, usable without scripts."""

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(**options)
        self.url = url

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        list_id = f"{(attrs or {}).get('id', f'id_{name}')}_options"
        more = {
            **(attrs or {}),
            "list": list_id,
            "autocomplete": "off",
            "placeholder": _("代码或名称"),
            "hx-get": self.url,
            "hx-trigger": "focus once, input changed delay:200ms",
            "hx-target": f"#{list_id}",
            "hx-swap": "innerHTML",
            "hx-vals": f'{{"chooser": "{name}"}}',
        }
        return format_html(
            "{}<datalist{}></datalist>", super().render(name, value, more, renderer), flatatt({"id": list_id})
        )


class ChosenField(forms.CharField):
    """A row of another model, typed or picked; cleans to the row."""

    def __init__(self, chosen: Chosen, **options: Any) -> None:
        super().__init__(**options)
        self.chosen = chosen

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, models.Model):
            return self.chosen.label(value)
        if isinstance(value, int):
            row = self.chosen.rows.filter(pk=value).first()
            return self.chosen.label(row) if row else ""
        return value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return self.chosen.find(text)
        except LookupError as error:
            raise ValidationError(str(error)) from None

    def run_validators(self, value: Any) -> None:
        """What was found is a row, and no text has to be checked any more."""


def field_of(screens: ModelScreens, target: Field, actor: Actor, act: Act) -> forms.Field:
    """Return the form field for a parameter that is named after the model's field ``target``."""
    label, hint, is_required = target.verbose_name, target.help_text, not target.blank
    if isinstance(target.related_model, type):
        return _foreign(screens, target.name, target, actor, act, label=label, help_text=hint, required=is_required)
    if is_encrypted(target):
        return forms.CharField(label=label, help_text=hint, required=is_required, max_length=LONGEST_SECRET)
    if isinstance(target, models.DateTimeField):
        return _moment(label=label, help_text=hint, required=is_required)
    made = target.formfield()
    if made is None:
        raise TypeError(f"{target} can't be asked for; declare a form")
    if isinstance(made.widget, forms.Textarea):
        made.widget.attrs["rows"] = 3
    if isinstance(made, forms.TypedChoiceField):
        made.choices = [("", _("请选择")), *(choice for choice in target.flatchoices if choice[0] != "")]
        # What the database fills in when nothing is said isn't said for people.
        made.initial = None
    _word_errors(made)
    return made


def choice_of(screens: ModelScreens, name: str, choice: Choice, actor: Actor, act: Act) -> forms.Field:
    """Return the form field for a parameter that is a row of another model."""
    return _foreign(screens, name, choice.target, actor, act, label=choice.title, help_text=choice.help)


def _foreign(screens: ModelScreens, name: str, target: Any, actor: Actor, act: Act, **options: Any) -> forms.Field:
    chosen = Chosen(screens, target, actor)
    rows = chosen.rows
    if _owns(screens, target) and screens.audience == STAFF:
        rows = rows.filter(pk__in=actor.reach(act.permission))
    if (not is_tree(chosen.model) or _owns(screens, target)) and rows.order_by()[: SHORT + 1].count() <= SHORT:
        return forms.ModelChoiceField(
            rows, empty_label=_("请选择"), error_messages={"invalid_choice": _("请从列表里选")}, **options
        )
    url = reverse(f"screens:{screens.key}.options", kwargs={"field": name})
    return ChosenField(chosen, widget=Chooser(url), max_length=200, **options)


def _owns(screens: ModelScreens, target: Any) -> bool:
    """Return whether ``target`` is the organisation by which rows are protected."""
    rule = next((rule for rule in registry.of(Protected) if rule.model is screens.model), None)
    return rule is not None and rule.organisation == target.attname


def _moment(**options: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
        error_messages={"invalid": _("时间不存在，请按 2026-11-21 14:30 的样子填写")},
        **options,
    )


def make_field(kind: Any, label: Text) -> forms.Field:
    """Return the form field for a parameter of a plain type. Raises TypeError for another type."""
    options: dict[str, Any] = {"label": label}
    if isinstance(kind, type) and issubclass(kind, models.Choices):
        return forms.TypedChoiceField(choices=[("", _("请选择")), *kind.choices], coerce=kind, **options)
    makers: dict[Any, Any] = {
        str: lambda: forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=500, **options),
        int: lambda: forms.IntegerField(**options),
        Decimal: lambda: forms.DecimalField(**options),
        bool: lambda: forms.BooleanField(required=False, **options),
        date: lambda: forms.DateField(**options),
        datetime: lambda: _moment(**options),
    }
    if kind not in makers:
        raise TypeError(f"no form field for {kind!r}; declare a form")
    made: forms.Field = makers[kind]()
    _word_errors(made)
    return made


def _word_errors(made: forms.Field) -> None:
    """Say what would be right, where Django only says that it is wrong."""
    words = {
        forms.DateField: _("日期不存在，请按 2026-11-21 的样子填写"),
        forms.IntegerField: _("请填写整数"),
        forms.DecimalField: _("请填写数字"),
    }
    if said := words.get(type(made)):
        made.error_messages["invalid"] = said
