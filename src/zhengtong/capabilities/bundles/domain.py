"""One form out of several items' forms: how a bundle (一件事) is compiled, and which of its items the answers call for.

Rules, after 国发〔2024〕3号 (高效办成一件事: 多表合一、一表申请，一套材料、一次提交; verify): what several items ask
under one data element is asked once, what they want as one document is handed in once, and what one part of the bundle
produces is never asked for by a later one. Everything here works on texts as the items' and bundles' files hold them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhengtong.capabilities.cases.public import SITUATION, list_form
from zhengtong.kernel.expressions import rename_values

Raw = Mapping[str, Any]
Said = dict[str, Any] | bool  # a condition of a text, or what it always is


class UnusableBundle(ValueError):
    """A bundle's text doesn't fit its items. The message names the place."""


@dataclass(frozen=True, slots=True)
class PartPlan:
    """An item that an application leads to: its code, which of the others it waits for, and why it applies."""

    code: str
    after: tuple[str, ...]
    why: str


@dataclass
class _Merged:
    """A field or a material under its key in the bundle, and the conditions under which somebody asks for it."""

    text: dict[str, Any]
    asked: list[Said]
    place: str


@dataclass
class _Item:
    """One item of the bundle with the text of its newest version."""

    code: str
    text: Raw
    when: Said
    after: tuple[str, ...]
    why: str
    answers: Raw
    version: int
    fields: dict[str, str] = field(default_factory=dict)
    materials: dict[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        return self.code.replace("-", "_")


# Conditions as the texts state them


def both(*conditions: Said) -> Said:
    """Return the condition that holds when all of ``conditions`` do."""
    if any(each is False for each in conditions):
        return False
    stated = [each for each in conditions if not isinstance(each, bool)]
    return stated[0] if len(stated) == 1 else {"all": stated} if stated else True


def either(conditions: Sequence[Said]) -> Said:
    """Return the condition that holds when one of ``conditions`` does."""
    if any(each is True for each in conditions):
        return True
    stated: list[dict[str, Any]] = []
    for each in conditions:
        if not isinstance(each, bool) and each not in stated:
            stated.append(each)
    return stated[0] if len(stated) == 1 else {"any": stated} if stated else False


def unless(condition: Said) -> Said:
    """Return the condition that holds when ``condition`` doesn't."""
    return not condition if isinstance(condition, bool) else {"not": condition}


def translate(condition: Raw | None, names: Mapping[str, str], fixed: Raw) -> Said:
    """Return an item's own condition in the bundle's names; an answer that the bundle fixes is settled here."""
    if not condition:
        return True
    if "any" in condition:
        return either([translate(each, names, fixed) for each in condition["any"]])
    if "all" in condition:
        return both(*(translate(each, names, fixed) for each in condition["all"]))
    if "not" in condition:
        return unless(translate(condition["not"], names, fixed))
    key = condition["field"]
    if key not in fixed:
        return {**condition, "field": names.get(key, key)}
    if "at_least" in condition:
        return float(fixed[key]) >= float(condition["at_least"])
    answers = fixed[key] if isinstance(fixed[key], list) else [fixed[key]]
    return any(value in answers for value in condition["values"])


# Compiling


def compile_bundle(raw: Raw, texts: Mapping[str, Raw], versions: Mapping[str, int]) -> dict[str, Any]:
    """Return the text of the bundle as an item's: one form, one list of materials, and under ``bundle`` what each part
    takes of them.

    ``texts`` are the items' newest texts by code, ``versions`` their numbers: cases are filed under
    these. Raises UnusableBundle, naming the place: an unknown item, a circle, two items that ask for one element in
    different ways.
    """
    items = _read_items(raw, texts, versions)
    questions = {each["key"]: dict(each) for each in raw["questions"]}
    answered = {each["element"]: key for key, each in questions.items() if each.get("element")}
    fields: dict[str, _Merged] = {}
    sections: dict[str, tuple[dict[str, Any], list[str]]] = {
        each["key"]: (dict(each), []) for each in raw.get("sections", ())
    }
    materials: dict[str, _Merged] = {}
    for item in items.values():
        _name_fields(item, answered)
        for section in _list_form(item):
            _said, keys = sections.setdefault(
                section["key"], ({k: v for k, v in section.items() if k not in ("fields", "condition")}, [])
            )
            for each in section["fields"]:
                # What a section asks under a condition, each of its fields does: in the bundle it may stand elsewhere.
                own = {**each, **_within(section, each)}
                _merge_field(own, item, items, fields, keys, set(questions))
        for each in item.text["materials"]:
            _merge_material(each, item, items, materials)
    situation = {"key": SITUATION, "title": raw.get("situation", "您的情况"), "fields": list(questions.values())}
    form = [situation]
    for said, keys in sections.values():
        asked = [text for key in keys if (text := _settled(fields[key])) is not None]
        if asked:
            form.append({**said, "fields": asked})
    kept = {k: v for k, v in raw.items() if k not in ("questions", "items", "sections")}
    return {
        **kept,
        "kind": "bundle",
        "limits": {"statutory": raw["statutory"], "promised_days": raw["promised_days"]},
        "fee": {"amount": sum(item.text.get("fee", {}).get("amount", 0) for item in items.values())},
        "channels": raw.get("channels", {"online": True, "window": True, "visits": 0}),
        "publish_grants": False,
        **_delivery(items),
        "form": form,
        "materials": [text for each in materials.values() if (text := _settled(each)) is not None],
        "bundle": {
            "items": [
                {
                    "code": item.code,
                    "name": item.text["name"],
                    "version": item.version,
                    "when": item.when,
                    "after": list(item.after),
                    "why": item.why,
                    "answers": dict(item.answers),
                    "fields": item.fields,
                    "materials": item.materials,
                }
                for item in items.values()
            ]
        },
    }


def _read_items(raw: Raw, texts: Mapping[str, Raw], versions: Mapping[str, int]) -> dict[str, _Item]:
    asked = {each["key"] for each in raw["questions"]}
    items: dict[str, _Item] = {}
    for each in raw["items"]:
        code = each["code"]
        if code in items:
            raise UnusableBundle(f"items.{code} is there twice")
        if code not in texts:
            raise UnusableBundle(f"items.{code}: no such item is published")
        when: Said = dict(each["when"]) if each.get("when") else True
        if not isinstance(when, bool) and (unknown := set(_names_in(when)) - asked):
            raise UnusableBundle(f"items.{code}.when: {', '.join(sorted(unknown))} is no question of the bundle")
        items[code] = _Item(
            code,
            texts[code],
            when,
            tuple(each.get("after", ())),
            each.get("why", ""),
            each.get("answers", {}),
            versions[code],
        )
    for item in items.values():
        for code in item.after:
            if code not in items:
                raise UnusableBundle(f"items.{item.code}.after: {code} is no item of the bundle")
        if item.code in _before(item, items):
            raise UnusableBundle(f"items.{item.code}.after: it would wait for itself")
    return items


def _list_form(item: _Item) -> list[Raw]:
    """Return the item's sections; its own questions keep a section apart from the bundle's."""
    return [
        {**section, "key": f"{item.prefix}_{SITUATION}"} if section["key"] == SITUATION else section
        for section in list_form(item.text)
    ]


def _names_in(condition: Raw) -> Iterator[str]:
    for each in (*condition.get("any", ()), *condition.get("all", ())):
        yield from _names_in(each)
    if "not" in condition:
        yield from _names_in(condition["not"])
    if "field" in condition:
        yield condition["field"]


def _before(item: _Item, items: Mapping[str, _Item]) -> set[str]:
    """Return the codes of all that has to be granted before ``item``, directly or not."""
    found: set[str] = set()
    waiting = list(item.after)
    while waiting:
        code = waiting.pop()
        if code in items and code not in found:
            found.add(code)
            waiting += items[code].after
    return found


def _name_fields(item: _Item, answered: Mapping[str, str]) -> None:
    """Decide under which key of the bundle each field of ``item`` is answered; fixed ones under none."""
    for section in _list_form(item):
        for each in section["fields"]:
            if each["key"] in item.answers:
                continue
            element = each.get("element", "")
            item.fields[each["key"]] = answered.get(element) or element or f"{item.prefix}_{each['key']}"


def _unproduced(item: _Item, items: Mapping[str, _Item], element: str = "", licence: str = "") -> Said:
    """Return the condition under which no earlier part produces ``element``, or the licence of kind ``licence``."""
    conditions: list[Said] = []
    for code in sorted(_before(item, items)):
        earlier = items[code]
        gives = {each["element"] for each in earlier.text.get("outputs", ())}
        if (element and element in gives) or (licence and licence == earlier.text.get("licence_kind")):
            conditions.append(unless(earlier.when))
    return both(*conditions)


def _merge_field(
    each: Raw,
    item: _Item,
    items: Mapping[str, _Item],
    fields: dict[str, _Merged],
    keys: list[str],
    questions: set[str],
) -> None:
    if each["key"] in item.answers or item.fields[each["key"]] in questions:
        return
    key, place = item.fields[each["key"]], f"{item.code}.{each['key']}"
    own = translate(each.get("condition"), item.fields, item.answers)
    asked = both(item.when, own, _unproduced(item, items, element=each.get("element", "")))
    found = fields.get(key)
    if found is None:
        formula = {"formula": _translate_formula(each, item)} if each["type"] == "calculated" else {}
        fields[key] = _Merged({**each, "key": key, **formula}, [asked], place)
        keys.append(key)
        return
    for name in ("type", "options", "dictionary", "fields"):
        if found.text.get(name) != each.get(name):
            raise UnusableBundle(f"{found.place} and {place} ask for {key!r} with another {name}")
    found.asked.append(asked)
    found.text["required"] = found.text.get("required", True) or each.get("required", True)
    for name in ("prefill", "help"):
        found.text.setdefault(name, each.get(name, ""))


def _merge_material(each: Raw, item: _Item, items: Mapping[str, _Item], materials: dict[str, _Merged]) -> None:
    key, place = each.get("document") or f"{item.prefix}_{each['key']}", f"{item.code}.materials.{each['key']}"
    item.materials[each["key"]] = key
    own = translate(each.get("condition"), item.fields, item.answers)
    asked = both(item.when, own, _unproduced(item, items, licence=each.get("e_licence", "")))
    found = materials.get(key)
    if found is None:
        materials[key] = _Merged({**each, "key": key, "wanted_by": [item.text["name"]]}, [asked], place)
        return
    kinds = [kind for kind in found.text["kinds"] if kind in each["kinds"]]
    if not kinds:
        raise UnusableBundle(f"{found.place} and {place} take no common kind of file")
    found.asked.append(asked)
    found.text |= {
        "kinds": kinds,
        "required": found.text.get("required", True) or each.get("required", True),
        "max_files": min(found.text.get("max_files", 5), each.get("max_files", 5)),
        "wanted_by": [*found.text["wanted_by"], item.text["name"]],
    }


def _within(section: Raw, each: Raw) -> dict[str, Any]:
    """Return the condition of a field together with that of its section; nothing when neither has one."""
    stated = [one["condition"] for one in (section, each) if one.get("condition")]
    return {"condition": {"all": stated} if len(stated) > 1 else stated[0]} if stated else {}


def _translate_formula(each: Raw, item: _Item) -> str:
    """Return a field's formula in the bundle's names, answers that the bundle fixes as constants."""
    return rename_values(str(each.get("formula", "")), item.fields, item.answers)


def _settled(merged: _Merged) -> dict[str, Any] | None:
    """Return the text with the condition under which anybody asks for it; None when nobody ever does."""
    asked = either(merged.asked)
    text = {key: value for key, value in merged.text.items() if key != "condition"}
    if asked is False:
        return None
    return text if asked is True else text | {"condition": asked}


def _delivery(items: Mapping[str, _Item]) -> dict[str, Any]:
    for item in items.values():
        if rule := item.text.get("delivery"):
            return {"delivery": {**rule, "field": item.fields.get(rule["field"], rule["field"])}}
    return {}


# Applying


def answers_of_part(part: Raw, form: Raw, produced: Raw) -> dict[str, Any]:
    """Return the answers of a part's own form: fixed by the bundle, produced by earlier parts, given by the applicant.

    ``part`` is one of ``bundle.items``; ``produced`` are values by element.
    """
    answers = {own: form[key] for own, key in part["fields"].items() if form.get(key) not in (None, "")}
    made = {own: produced[key] for own, key in part["fields"].items() if produced.get(key) not in (None, "")}
    return {**answers, **made, **part["answers"]}
