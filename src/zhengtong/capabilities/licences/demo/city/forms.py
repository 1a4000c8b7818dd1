"""Answers to the form of any item, made from its definition alone: by the type of each field."""

import random
from datetime import date, timedelta
from typing import Any, NamedTuple

from zhengtong.capabilities.cases.public import FieldSpec, ItemDefinition, clean_form

# So many different ways in which an item's form is filled in; what identifies the applicant is put in for each case.
_VARIANTS = 48
_TRIES = 2000
_NAME, _CODE, _HEAD, _ID, _PHONE, _ADDRESS = range(6)
# Which of the applicant's own values answers a field; the numbers are places in ``Applicant``.
_BY_PREFILL = {
    "applicant.name": _HEAD,
    "applicant.id_number": _ID,
    "applicant.phone": _PHONE,
    "applicant.address": _ADDRESS,
    "enterprise.name": _NAME,
    "enterprise.credit_code": _CODE,
    "enterprise.legal_representative": _HEAD,
    "enterprise.address": _ADDRESS,
}
_BY_TYPE = {"credit_code": _CODE, "id_number": _ID, "phone": _PHONE, "address": _ADDRESS}
_SOMEBODY = (
    "安澜市样例餐饮管理有限公司",
    "91350100M000100Y43",
    "陈立诚",
    "11010519491231002X",
    "16900000001",
    "安澜市澄波区文澜路1号",
)
_SPARES = ("无", "按规定办理", "首次申请")


class FormKind(NamedTuple):
    """How the form of an item is filled in: checked answers, and the fields that are the applicant's own.

    ``names`` and ``numbers`` are the fields of which a case keeps the first that is answered (``cases.applicant_of``).
    """

    variants: tuple[tuple[dict[str, Any], str], ...]
    own: tuple[tuple[str, int], ...]
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    targets: tuple[tuple[str, str], ...]

    def fill(self, applicant: tuple[Any, ...], variant: int) -> tuple[dict[str, Any], str]:
        """Return the answers of ``applicant``, and how she takes what she applies for."""
        answers, delivery = self.variants[variant % len(self.variants)]
        return {**answers, **{key: applicant[place] for key, place in self.own if answers.get(key)}}, delivery

    def name(self, answers: dict[str, Any]) -> str:
        return next((str(answers[key]) for key in self.names if answers.get(key)), "")

    def number(self, answers: dict[str, Any]) -> str:
        return next((str(answers[key]) for key in self.numbers if answers.get(key)), "")


def make_form_kind(definition: ItemDefinition, today: date) -> FormKind:
    """Return ways to fill in the form, each of which the form itself accepts. Raises ValueError when it takes none."""
    rng = random.Random(f"form:{definition.code}")
    specs = list(definition.fields())
    own = tuple((spec.key, place) for spec in specs if (place := _own(spec)) is not None)
    variants: list[tuple[dict[str, Any], str]] = []
    errors: object = "no fields"
    for _ in range(_TRIES):
        answers: dict[str, Any] = {}
        for spec in specs:
            answers[spec.key] = _answer(spec, rng, today)
        answers |= {key: _SOMEBODY[place] for key, place in own if key in answers}
        cleaned, errors = clean_form(definition, answers)
        if not errors:
            variants.append((cleaned, definition.delivery_way(cleaned)))
        if len(variants) == _VARIANTS:
            break
    if not variants:
        raise ValueError(f"{definition.code}: no answers that its form takes: {errors}")
    by_prefill = {spec.prefill: spec.key for spec in specs if spec.prefill}
    targets = [(f"material:{spec.key}", spec.name) for spec in definition.materials if spec.is_required]
    targets += [(f"field:{spec.key}", spec.label) for spec in specs if spec.type in ("number", "address")]
    return FormKind(
        variants=tuple(variants),
        own=own,
        names=tuple(by_prefill[each] for each in ("enterprise.name", "applicant.name") if each in by_prefill),
        numbers=tuple(
            by_prefill[each] for each in ("enterprise.credit_code", "applicant.id_number") if each in by_prefill
        ),
        targets=tuple(targets),
    )


def _own(spec: FieldSpec) -> int | None:
    if spec.prefill:
        return _BY_PREFILL[spec.prefill]
    if spec.type == "text" and not spec.example and (spec.is_personal or "名称" in spec.label):
        return _HEAD if spec.is_personal else _NAME
    return _BY_TYPE.get(spec.type)


def _answer(spec: FieldSpec, rng: random.Random, today: date) -> Any:
    if not spec.is_required and rng.random() < 0.6:
        return False if spec.type == "boolean" else ""
    match spec.type:
        case "boolean":
            return True
        case "choice":
            return rng.choice(spec.options)
        case "multichoice":
            return rng.sample(spec.options, min(len(spec.options), rng.choice((1, 1, 2))))
        case "number":
            low = max(spec.minimum or 1, 1)
            high = min(spec.maximum or 300, low + 280)
            return str(round(low + (high - low) * rng.random() ** 2))
        case "date":
            return (today + timedelta(days=rng.randint(10, 60))).isoformat()
    return spec.example or rng.choice(_SPARES)
