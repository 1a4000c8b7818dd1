"""A JSON Schema as the text of a form: our own comes back as it went out, another's as far as it can be said."""

import re
from collections.abc import Mapping
from typing import Any

from zhengtong.capabilities.cases.item_definition import FIELD_TYPES

Text = dict[str, Any]


def read_schema(schema: Mapping[str, Any]) -> list[Text]:
    """Return the sections that the schema describes. Raises ValueError when it describes no object with fields."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        raise ValueError("no properties")
    required = schema.get("required")
    needed = {str(each) for each in required} if isinstance(required, list) else set()
    fields = {str(key): _field(str(key), each, needed) for key, each in properties.items() if isinstance(each, Mapping)}
    uploads = schema.get("x-zt-uploads")
    for key, each in uploads.items() if isinstance(uploads, Mapping) else ():
        fields[str(key)] = _upload(str(key), each)
    sections = []
    for section in schema.get("x-zt-sections") or ():
        if isinstance(section, Mapping):
            keys = [str(key) for key in section.get("fields") or () if str(key) in fields]
            found = {
                "key": str(section.get("key")),
                "title": str(section.get("title")),
                "help": str(section.get("help") or ""),
            }
            sections.append({**found, "fields": [fields.pop(key) for key in keys if key in fields]})
    if fields:
        title = str(schema.get("title") or "")
        sections.append({"key": "form", "title": title, "help": "", "fields": list(fields.values())})
    return sections


def _upload(key: str, raw: Mapping[str, Any]) -> Text:
    return _short(
        {
            "key": key,
            "label": str(raw.get("title") or key),
            "type": "upload",
            "help": raw.get("description"),
            "required": bool(raw.get("x-zt-required", True)),
            "kinds": raw.get("x-zt-kinds"),
            "max_files": raw.get("x-zt-max-files"),
            "condition": raw.get("x-zt-condition"),
        }
    )


def _field(key: str, raw: Mapping[str, Any], needed: set[str]) -> Text:
    kind = str(raw.get("x-zt-type") or _guess(raw))
    text: Text = {
        "key": re.sub(r"[^a-z0-9_]", "_", key.lower()) if "x-zt-type" not in raw else key,
        "label": str(raw.get("title") or key),
        "type": kind if kind in FIELD_TYPES else "text",
        "required": bool(raw.get("x-zt-required", key in needed)),
        "help": raw.get("description"),
        "prefill": raw.get("x-zt-prefill"),
        "element": raw.get("x-zt-element"),
        "personal": raw.get("x-zt-personal"),
        "condition": raw.get("x-zt-condition"),
    }
    match kind:
        case "choice":
            text["options"] = [str(each) for each in raw.get("enum") or ()]
        case "multichoice":
            items = raw.get("items")
            text["options"] = [str(each) for each in (items.get("enum") or () if isinstance(items, Mapping) else ())]
        case "number":
            text |= {"min": raw.get("minimum"), "max": raw.get("maximum"), "decimals": raw.get("x-zt-decimals")}
        case "dictionary":
            text["dictionary"] = raw.get("x-zt-dictionary")
        case "calculated":
            text |= {"formula": raw.get("x-zt-formula-text"), "decimals": raw.get("x-zt-decimals")}
            del text["required"]
        case "repeat":
            items = raw.get("items")
            columns = items.get("properties") if isinstance(items, Mapping) else None
            wanted = set(items.get("required") or ()) if isinstance(items, Mapping) else set()
            text["fields"] = [
                _field(str(name), each, wanted)
                for name, each in (columns.items() if isinstance(columns, Mapping) else ())
                if isinstance(each, Mapping)
            ]
            text |= {"min_rows": raw.get("minItems", 0), "max_rows": raw.get("maxItems")}
        case "text" | "textarea" | "address":
            rules = raw.get("allOf")
            own = rules[1].get("pattern") if isinstance(rules, list) and len(rules) > 1 else raw.get("pattern")
            said = raw.get("x-zt-messages")
            words = said.get("pattern") if isinstance(said, Mapping) and own else None
            text |= {"max_length": raw.get("maxLength"), "pattern": own, "message": words}
    return _short(text)


def _guess(raw: Mapping[str, Any]) -> str:
    """Return the type of a field of somebody else's schema."""
    if raw.get("enum"):
        return "choice"
    match raw.get("type"):
        case "number" | "integer":
            return "number"
        case "boolean":
            return "boolean"
        case "array":
            items = raw.get("items")
            inner = items if isinstance(items, Mapping) else {}
            return "multichoice" if inner.get("enum") else "repeat" if inner.get("properties") else "textarea"
        case "string" if raw.get("format") == "date":
            return "date"
    return "text" if (raw.get("maxLength") or 0) <= 200 else "textarea"


def _short(text: Text) -> Text:
    return {key: value for key, value in text.items() if value not in (None, "", [])}
