"""Writes from a declaration: the form of a service's signature, the call, and its refusals in words.

A form holds what it was made from (digests of the row's values, the moment, a token), so that what somebody else
changed meanwhile is seen, and sending it twice does it once.
"""

import inspect
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.errors import UniqueViolation

from zhengtong.kernel.policy import Actor, Denied
from zhengtong.screens.columns import BoundColumn, Field, bind_of, find_path
from zhengtong.screens.declaration import Act, ModelScreens
from zhengtong.screens.formbuilding import choice_of, field_of, make_field

ACTOR = "actor"
# Parameters that no model has and that mean the same everywhere.
COMMON = {
    "reason": gettext_lazy("原因"),
    "opinion": gettext_lazy("意见"),
    "remark": gettext_lazy("说明"),
}
CLEAR = "__clear"


@dataclass(frozen=True)
class Signature:
    """What a service takes besides the actor: ``row`` is the parameter that is the row ("" for a create),
    ``asked`` are those that its form asks for, with whether they may be left out."""

    row: str
    row_is_key: bool
    asked: Mapping[str, bool]
    types: Mapping[str, Any]


@cache
def read_signature(screens: ModelScreens, act: Act) -> Signature:
    """Read the service's parameters. Raises TypeError for a service that can't be called by name with an ``actor``."""
    taken = inspect.signature(act.service).parameters
    types = get_type_hints(act.service)
    if ACTOR not in taken:
        raise TypeError(f"{act.service.__qualname__} takes no actor")
    unnamed = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL)
    if wrong := [name for name, each in taken.items() if each.kind in unnamed]:
        raise TypeError(f"{act.service.__qualname__}: {wrong[0]} can't be given by its name")
    row = act.row
    if not row and act is not screens.create:
        row = next((name for name, kind in types.items() if name in taken and kind is screens.model), "")
        if not row:
            raise TypeError(f"{act.service.__qualname__} has no parameter for a {screens.model.__name__}")
    # ``**values`` are what a declared form has besides.
    asked = {
        name: each.default is not each.empty
        for name, each in taken.items()
        if name not in (ACTOR, row) and each.kind is not each.VAR_KEYWORD
    }
    return Signature(row, bool(row) and types.get(row) is not screens.model, asked, types)


class ActForm(forms.Form):
    """A form made from a signature. What it hands to the service is ``arguments``."""

    def __init__(self, *args: Any, row: Any = None, personal: Mapping[str, BoundColumn], **options: Any) -> None:
        super().__init__(*args, **options)
        self.row, self.personal = row, personal

    @property
    def arguments(self) -> dict[str, Any]:
        """What was typed; a personal value that was left empty stays as it is, one that was cleared is empty."""
        given = {name: value for name, value in self.cleaned_data.items() if not name.endswith(CLEAR)}
        for name, column in self.personal.items():
            if self.row is not None and not given.get(name):
                is_cleared = self.cleaned_data.get(f"{name}{CLEAR}")
                given[name] = "" if is_cleared else column.raw(self.row)
        return given


def make_form(
    screens: ModelScreens,
    act: Act,
    actor: Actor,
    row: Any = None,
    *,
    data: Any = None,
    files: Any = None,
    is_bulk: bool = False,
) -> forms.BaseForm:
    """Return the form of ``act``: the declared one, or one field for each of the service's parameters."""
    initial = dict(act.initial(row)) if act.initial and not is_bulk else {}
    if act.form is not None:
        wanted = inspect.signature(act.form.__init__).parameters
        options: dict[str, Any] = {name: value for name, value in ((ACTOR, actor), ("row", row)) if name in wanted}
        return act.form(data, files, initial=initial, **options)
    is_amendment = act is screens.amend and row is not None
    fields: dict[str, forms.Field] = {}
    personal: dict[str, BoundColumn] = {}
    signature = read_signature(screens, act)
    types = signature.types
    for name, is_optional in signature.asked.items():
        target = find_field(screens.model, name)
        given = act.asks.get(name)
        if isinstance(given, forms.Field):
            made = deepcopy(given)
        else:
            if given is not None:
                made = choice_of(screens, name, given, actor, act)
            else:
                made = field_of(screens, target, actor, act) if target else _plain(screens, act, name)
            made.required = made.required and not is_optional
            if types.get(name) is str and isinstance(made, forms.CharField):
                # A null column has None for an empty text; a service that takes a text is given one.
                made.empty_value = ""
        fields[name] = made
        if not is_amendment or target is None:
            continue
        column = bind_of(screens, target.name)
        if not column.is_personal:
            initial.setdefault(name, target.value_from_object(row))
            continue
        personal[name] = column
        if column.raw(row):
            made.required = False
            made.help_text = _("已登记 %(masked)s，不改就留空") % {"masked": column.shown(row)}
            if target.blank:
                fields[f"{name}{CLEAR}"] = forms.BooleanField(
                    label=_("清除已登记的%(label)s") % {"label": made.label}, required=False
                )
    made_class: type[ActForm] = type("MadeForm", (ActForm,), fields)
    return made_class(data, files, initial=initial, row=row, personal=personal)


def find_field(model: type[Model], name: str) -> Field | None:
    """Return the model's own field that a parameter is named after, by its column's name too."""
    try:
        return find_path(model, name)[0] if "__" not in name else None
    except FieldDoesNotExist:
        return None


def _plain(screens: ModelScreens, act: Act, name: str) -> forms.Field:
    """A field for a parameter that the model doesn't have: its label is one of the common ones."""
    if name not in COMMON:
        raise TypeError(f"{act.service.__qualname__}: {name} is no field of the model; declare a form")
    kind = read_signature(screens, act).types.get(name, str)
    return make_field(kind, COMMON[name])


def has_fields(screens: ModelScreens, act: Act) -> bool:
    """Return whether ``act`` asks for anything."""
    return bool(act.form.base_fields) if act.form else bool(read_signature(screens, act).asked)


def perform(screens: ModelScreens, act: Act, actor: Actor, row: Any, form: forms.BaseForm) -> Any:
    """Call the service with what the valid ``form`` holds and return what it returns."""
    signature = read_signature(screens, act)
    given = dict(form.arguments if isinstance(form, ActForm) else form.cleaned_data)
    for name, value in given.items():
        # A parameter named after the column takes the key: owner_id.
        if isinstance(value, Model) and name.endswith("_id"):
            given[name] = value.pk
    if signature.row:
        given[signature.row] = row.pk if signature.row_is_key else row
    return act.service(actor=actor, **given)


Refusal = tuple[str, str]


def explain(error: Exception, screens: ModelScreens) -> list[Refusal] | None:
    """Return a refusal as pairs of field ("" for all) and sentence; None for what is a fault of the program."""
    if isinstance(error, ValidationError):
        if hasattr(error, "error_dict"):
            named = error.message_dict.items()
            return [("" if name == "__all__" else name, text) for name, texts in named for text in texts]
        return [("", text) for text in error.messages]
    if isinstance(error, Denied):
        return [("", _("您没有权限这样办理。请核对所选的单位是不是在您的职责范围内。"))]
    if isinstance(error, IntegrityError) and isinstance(error.__cause__, UniqueViolation):
        return [_say_taken(error.__cause__, screens)]
    message = getattr(error, "message", None)
    return [(str(getattr(error, "field", "") or ""), str(message))] if message is not None else None


def _say_taken(violation: UniqueViolation, screens: ModelScreens) -> Refusal:
    name = violation.diag.constraint_name or ""
    for field in screens.model._meta.concrete_fields:
        if field.unique and f"_{field.column}_" in name:
            return field.name, _("已经有相同的%(label)s") % {"label": field.verbose_name}
    return "", _("已经有相同的记录")


def add_refusals(form: forms.BaseForm, refusals: list[Refusal]) -> None:
    """Put each refusal beside its field, or above the form when it has no such field."""
    for name, text in refusals:
        form.add_error(name if name in form.fields else None, text)
