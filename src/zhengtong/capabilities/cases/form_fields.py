"""The Django field for each type of a form's field, refusing in the sentences of ``form_words``."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.calculating import read_date, read_number
from zhengtong.capabilities.cases.dictionaries import list_entries
from zhengtong.capabilities.cases.form_words import EAST, NORTH, SOUTH, WEST, limits_of, sentences_of
from zhengtong.capabilities.cases.item_definition import FieldSpec
from zhengtong.capabilities.geography.public import get_extent
from zhengtong.core.identity.public import (
    InvalidIdentifier,
    parse_citizen_number,
    parse_credit_code,
    parse_phone,
)
from zhengtong.kernel.modules import registry
from zhengtong.screens.maps import BaseMap

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
PLACES = 6


class CleanCharField(forms.CharField):
    """Text without control characters and without marks that turn the direction of writing.

    Lines end as the browser shows them, so that both count the same length.
    """

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n")
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


class TextAnswer(CleanCharField):
    """Words, of a length and perhaps of a pattern. Sentences with a per cent sign of a label stay as they are."""

    def __init__(self, spec: FieldSpec, **options: Any) -> None:
        super().__init__(**options)
        self.spec, self.said = spec, sentences_of(spec)
        # A pattern of the text that can't be read refuses nobody; it is told when the text is checked.
        try:
            self.pattern = re.compile(spec.pattern, re.ASCII) if spec.pattern else None
        except re.error:
            self.pattern = None

    def run_validators(self, value: Any) -> None:
        if value in self.empty_values:
            return
        wrong = []
        if len(value) > self.spec.max_length:
            wrong.append(self.said["too_long"])
        if self.pattern and len(value) <= self.spec.max_length and not self.pattern.search(value):
            wrong.append(self.said["pattern"])
        if wrong:
            raise ValidationError([ValidationError(each) for each in wrong])


class NumberAnswer(forms.CharField):
    """A number as people write it, between its limits; cleans to a decimal."""

    def __init__(self, spec: FieldSpec, **options: Any) -> None:
        super().__init__(**options)
        self.spec, self.said = spec, sentences_of(spec)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        number = read_number(text)
        if number is None:
            raise ValidationError(self.said["number"])
        return number

    def run_validators(self, value: Any) -> None:
        if value is None:
            return
        low, high = limits_of(self.spec)
        checks = {
            "minimum": value < Decimal(str(low)),
            "maximum": value > Decimal(str(high)),
            "decimals": -value.normalize().as_tuple().exponent > self.spec.decimals,
        }
        if wrong := [ValidationError(self.said[name]) for name, is_wrong in checks.items() if is_wrong]:
            raise ValidationError(wrong)


class DateAnswer(forms.CharField):
    """A day; cleans to a date."""

    def __init__(self, spec: FieldSpec, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}), **options)
        self.said = sentences_of(spec)

    def prepare_value(self, value: Any) -> Any:
        return day.isoformat() if (day := read_date(value)) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        day = read_date(text)
        if day is None:
            raise ValidationError(self.said["date"])
        return day

    def run_validators(self, value: Any) -> None:
        """A day that was read is a day."""


class PointWidget(forms.MultiWidget):
    """Two numbers, and a map to click on where scripts run."""

    template_name = "cases/fields/map_point.html"
    is_point = True

    def __init__(self) -> None:
        box = {"inputmode": "decimal", "autocomplete": "off", "maxlength": "14"}
        super().__init__([forms.TextInput(attrs=box), forms.TextInput(attrs=box)])

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        base = next(registry.of(BaseMap), None)
        if base is not None:
            tiles = reverse(base.url_name, kwargs={"z": 0, "x": 0, "y": 0})
            context["widget"]["base"] = tiles.replace("/0/0/0", "/{z}/{x}/{y}")
            context["widget"]["worker"] = static("build/map-worker.js")
            sides = get_extent()
            context["widget"] |= dict(zip(("west", "south", "east", "north"), sides, strict=True))
        return context

    def decompress(self, value: Any) -> list[str]:
        parts = str(value or "").split(",")
        return parts if len(parts) == 2 else ["", ""]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the pair as it is kept, in one text; None when neither was in the page."""
        pair = super().value_from_datadict(data, files, name)
        if pair == [None, None]:
            return data.get(name)
        parts = [str(each or "").strip().replace(",", "") for each in pair]
        return ",".join(parts) if any(parts) else ""


class PointAnswer(forms.CharField):
    """A place as longitude and latitude (CGCS2000), kept as one text: ``87.601200,43.812300``."""

    def __init__(self, spec: FieldSpec, **options: Any) -> None:
        super().__init__(widget=PointWidget(), **options)
        self.said = sentences_of(spec)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        point = read_point(text)
        if point is None:
            raise ValidationError(self.said["point"])
        return ",".join(f"{each:.{PLACES}f}" for each in point)


def read_point(text: Any) -> tuple[Decimal, Decimal] | None:
    """Return longitude and latitude, None where ``text`` names no place in the country."""
    parts = str(text).split(",")
    if len(parts) != 2:
        return None
    east, north = read_number(parts[0]), read_number(parts[1])
    if east is None or north is None or not (WEST <= east <= EAST and SOUTH <= north <= NORTH):
        return None
    return east, north


class CalculatedWidget(forms.TextInput):
    """What the form calculates: shown, never typed."""

    def __init__(self) -> None:
        super().__init__(attrs={"readonly": True, "tabindex": "-1", "data-calculated": True})


def make_field(spec: FieldSpec) -> forms.Field:
    """Return the Django field for one field of the item's text, repeating groups and uploads excepted."""
    said = sentences_of(spec)
    common: dict[str, Any] = {
        "label": spec.label,
        "required": spec.is_required,
        "help_text": spec.help,
        "error_messages": {"required": said["required"]},
    }
    match spec.type:
        case "choice" | "multichoice":
            common["error_messages"]["invalid_choice"] = said["option"]
            common["error_messages"]["invalid_list"] = said["option"]
            choices = [(option, option) for option in spec.options]
            if spec.type == "choice":
                return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
        case "dictionary":
            common["error_messages"]["invalid_choice"] = said["option"]
            entries = [("", _("请选择")), *list_entries(spec.dictionary)]
            return forms.ChoiceField(choices=entries, widget=forms.Select(attrs={"data-searchable": True}), **common)
        case "date":
            return DateAnswer(spec, **common)
        case "number":
            return NumberAnswer(spec, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
        case "boolean":
            return forms.BooleanField(**common)
        case "id_number":
            typed = forms.TextInput(attrs={"maxlength": "40"})
            return IdentifierField(parse=lambda text: parse_citizen_number(text).value, widget=typed, **common)
        case "credit_code":
            typed = forms.TextInput(attrs={"maxlength": "40"})
            return IdentifierField(parse=lambda text: parse_credit_code(text).value, widget=typed, **common)
        case "phone":
            phone = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "maxlength": "40"})
            return IdentifierField(parse=lambda text: parse_phone(text).value, widget=phone, **common)
        case "map_point":
            return PointAnswer(spec, **common)
        case "calculated":
            return forms.CharField(widget=CalculatedWidget(), **common | {"required": False})
    widget: forms.Widget = forms.Textarea(attrs={"rows": 4}) if spec.type == "textarea" else forms.TextInput()
    return TextAnswer(spec, widget=widget, **common)
