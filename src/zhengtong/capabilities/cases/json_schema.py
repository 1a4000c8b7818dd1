"""A form as JSON Schema 2020-12: for other programs, for the browser's checks, and read back into the designer.

The schema is of the answers as a document: numbers are numbers, rows objects, what wasn't answered isn't there
(:func:`as_document`). What JSON Schema can't say stands beside it: ``x-zt-condition`` (when a field is asked),
``x-zt-formula`` (the parsed expression of ``kernel.expressions``), ``x-zt-messages`` (the sentences of
``form_words``). Django's forms decide; this says the same beforehand.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from zhengtong.capabilities.cases.calculating import complete, is_blank_row, read_date, read_number, rows_of
from zhengtong.capabilities.cases.dictionaries import list_entries
from zhengtong.capabilities.cases.domain import AllOf, AnyOf, AtLeast, Condition, Not, OneOf
from zhengtong.capabilities.cases.form_fields import read_point
from zhengtong.capabilities.cases.form_words import limits_of, sentences_of
from zhengtong.capabilities.cases.item_definition import FieldSpec, ItemDefinition
from zhengtong.core.identity.public import (
    InvalidIdentifier,
    parse_citizen_number,
    parse_credit_code,
    parse_phone,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
CONTROL_PATTERN = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f\\u202a-\\u202e\\u2066-\\u2069]*$"
# Formats of our own: check characters can't be said in a schema.
FORMATS: Final[Mapping[str, Callable[[str], object]]] = {
    "zt-citizen-number": parse_citizen_number,
    "zt-credit-code": parse_credit_code,
    "zt-phone": parse_phone,
}
_FORMAT_OF = {"id_number": "zt-citizen-number", "credit_code": "zt-credit-code", "phone": "zt-phone"}
Schema = dict[str, Any]


def is_of_format(name: str, value: object) -> bool:
    """Return whether ``value`` is of one of our formats; for a validator's format checker."""
    if not isinstance(value, str):
        return True
    try:
        FORMATS[name](value)
    except InvalidIdentifier:
        return False
    return True


def make_schema(definition: ItemDefinition) -> Schema:
    """Return the form as JSON Schema; conditions are both ``if``/``then`` and ``x-zt-condition``."""
    specs = [spec for spec in definition.fields() if spec.type != "upload"]
    schema = _object(specs)
    return {
        "$schema": DIALECT,
        "$id": f"urn:zhengtong:item:{definition.code}",
        "title": definition.name,
        **schema,
        "x-zt-sections": [
            {
                "key": section.key,
                "title": section.title,
                "help": section.help,
                "fields": [spec.key for spec in section.fields],
            }
            for section in definition.sections
        ],
        "x-zt-order": [spec.key for spec in definition.calculated],
        "x-zt-uploads": {spec.key: upload_of(spec) for spec in definition.list_uploads()},
    }


def upload_of(spec: FieldSpec) -> Schema:
    return {
        "title": spec.label,
        "description": spec.help,
        "x-zt-required": spec.is_required,
        "x-zt-kinds": list(spec.kinds),
        "x-zt-max-files": spec.max_files,
        **_condition_of(spec),
    }


def _object(specs: list[FieldSpec]) -> Schema:
    rules = [_rule(spec) for spec in specs if spec.condition is not None]
    return {
        "type": "object",
        "properties": {spec.key: _property(spec) for spec in specs},
        "required": [spec.key for spec in specs if spec.is_required and spec.condition is None],
        "additionalProperties": False,
        **({"allOf": rules} if rules else {}),
    }


def _rule(spec: FieldSpec) -> Schema:
    """Asked: as required as it is. Not asked: it isn't there."""
    assert spec.condition is not None
    then = {"then": {"required": [spec.key]}} if spec.is_required else {}
    return {"if": condition_schema(spec.condition), **then, "else": {"properties": {spec.key: False}}}


def condition_schema(condition: Condition) -> Schema:
    """Return a schema that the answers satisfy when the condition holds for them."""
    match condition:
        case OneOf(field=field, values=values):
            either: list[Schema] = [
                {"enum": list(values)},
                {"type": "array", "contains": {"enum": list(values)}},
            ]
            if {"on", "true", "是"} & set(values):
                either.append({"const": True})
            return {"properties": {field: {"anyOf": either}}, "required": [field]}
        case AtLeast(field=field, amount=amount):
            number = int(amount) if amount == int(amount) else float(amount)
            return {"properties": {field: {"type": "number", "minimum": number}}, "required": [field]}
        case AnyOf(parts=parts):
            return {"anyOf": [condition_schema(part) for part in parts]}
        case AllOf(parts=parts):
            return {"allOf": [condition_schema(part) for part in parts]}
        case Not(part=part):
            return {"not": condition_schema(part)}
    raise TypeError(f"{condition!r} is no condition of a form")


def condition_data(condition: Condition) -> Schema:
    """Return the condition as the texts state it."""
    match condition:
        case OneOf(field=field, values=values):
            return {"field": field, "values": list(values)}
        case AtLeast(field=field, amount=amount):
            return {"field": field, "at_least": float(amount)}
        case AnyOf(parts=parts):
            return {"any": [condition_data(part) for part in parts]}
        case AllOf(parts=parts):
            return {"all": [condition_data(part) for part in parts]}
        case Not(part=part):
            return {"not": condition_data(part)}
    raise TypeError(f"{condition!r} is no condition of a form")


def _condition_of(spec: FieldSpec) -> Schema:
    return {"x-zt-condition": condition_data(spec.condition)} if spec.condition else {}


def _property(spec: FieldSpec) -> Schema:
    more: Schema = {
        "title": spec.label,
        **({"description": spec.help} if spec.help else {}),
        "x-zt-type": spec.type,
        "x-zt-required": spec.is_required,
        "x-zt-messages": sentences_of(spec),
        **_condition_of(spec),
        **({"x-zt-prefill": spec.prefill} if spec.prefill else {}),
        **({"x-zt-element": spec.element} if spec.element else {}),
        **({"x-zt-personal": True} if spec.is_personal else {}),
    }
    return {**_shape(spec), **more}


def _shape(spec: FieldSpec) -> Schema:
    match spec.type:
        case "number":
            low, high = limits_of(spec)
            step: Schema = {"multipleOf": float(f"1e-{spec.decimals}") if spec.decimals else 1}
            return {"type": "number", "minimum": low, "maximum": high, **step, "x-zt-decimals": spec.decimals}
        case "boolean":
            return {"const": True} if spec.is_required else {"type": "boolean"}
        case "choice":
            return {"enum": list(spec.options)}
        case "dictionary":
            names = dict(list_entries(spec.dictionary))
            return {"enum": list(names), "x-zt-dictionary": spec.dictionary, "x-zt-names": names}
        case "multichoice":
            fewest = {"minItems": 1} if spec.is_required else {}
            return {"type": "array", "items": {"enum": list(spec.options)}, **fewest}
        case "date":
            return {"type": "string", "format": "date"}
        case "id_number" | "credit_code" | "phone":
            return {"type": "string", "format": _FORMAT_OF[spec.type]}
        case "map_point":
            # Longitude first, as in GeoJSON.
            return {
                "type": "array",
                "prefixItems": [
                    {"type": "number", "minimum": 73, "maximum": 136},
                    {"type": "number", "minimum": 3, "maximum": 54},
                ],
                "items": False,
                "minItems": 2,
            }
        case "calculated":
            assert spec.formula is not None
            return {
                "type": ["number", "string"],
                "readOnly": True,
                "x-zt-formula": spec.formula.as_data(),
                "x-zt-formula-text": spec.formula.text,
                "x-zt-decimals": spec.decimals,
            }
        case "repeat":
            least = max(spec.min_rows, 1 if spec.is_required else 0)
            return {
                "type": "array",
                "items": _object(list(spec.fields)),
                "maxItems": spec.max_rows,
                # A group that needn't be filled in is there with its fewest rows, or not at all.
                **({"minItems": least} if least else {}),
            }
    pattern = [{"pattern": spec.pattern}] if spec.pattern else []
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": spec.max_length,
        "allOf": [{"pattern": CONTROL_PATTERN}, *pattern],
    }


def as_document(definition: ItemDefinition, form: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers, as typed or as kept, as the document that the schema is of.

    What can't be read as what it should be stays as it was typed, and the schema refuses it.
    """
    full = complete(definition, form)
    document: dict[str, Any] = {}
    for section in definition.list_asked(full):
        document |= _document_of(section.fields, full)
    return document


def _document_of(specs: tuple[FieldSpec, ...], form: Mapping[str, Any]) -> dict[str, Any]:
    values = ((spec.key, _document_value(spec, form.get(spec.key))) for spec in specs if spec.type != "upload")
    return {key: value for key, value in values if value is not None}


def _document_value(spec: FieldSpec, value: Any) -> Any:
    """Return one answer for the document, None where nothing was answered."""
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").strip() if spec.type not in ("choice", "dictionary") else value
    if value in (None, "", []):
        return None
    match spec.type:
        case "boolean":
            return True if value in (True, "on", "true") else None
        case "number" | "calculated":
            number = read_number(value)
            return value if number is None else int(number) if number == int(number) else float(number)
        case "date":
            day = read_date(value)
            return day.isoformat() if day else value
        case "map_point":
            point = read_point(value)
            return [float(each) for each in point] if point else value
        case "repeat":
            rows = [_document_of(spec.list_asked_in(row), row) for row in rows_of(value) if not is_blank_row(spec, row)]
            return rows or None
    return value
