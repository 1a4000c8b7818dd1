"""Rows of the registers of letters for the conformance tests."""

from datetime import date
from typing import Any

from tests.conformance.samples import Sample
from zhengtong.capabilities.letters.models import DispatchRule, LetterCategory, LetterLimit, Reception
from zhengtong.core.identity.public import Organisation, Region


def make_category(organisation: Organisation, number: int) -> LetterCategory:
    return LetterCategory.objects.create(code=f"sample-{number}", name=f"第{number}类")


def make_limit(organisation: Organisation, number: int) -> LetterLimit:
    return LetterLimit.objects.create(
        category=make_category(organisation, number + 500),
        days=number + 1,
        source="《热线办理办法》",
        effective_from=date(2026, 1, 1),
    )


def make_rule(organisation: Organisation, number: int) -> DispatchRule:
    category = make_category(organisation, number + 1000)
    return DispatchRule.objects.create(category=category, region=organisation.region, organisation=organisation)


def make_reception(organisation: Organisation, number: int) -> Reception:
    above = organisation.region
    code = f"{above.code}{number + 500:03d}"
    region = Region.objects.create(
        code=code, name=f"第{number}街道", level="town", parent=above, path=f"{above.path}.{code}"
    )
    return Reception.objects.create(region=region, organisation=organisation)


def _a_rule(organisation: Organisation) -> dict[str, Any]:
    return {"category": LetterCategory.objects.get(code="roads"), "organisation": organisation}


SAMPLES = {
    "letters.categories": Sample(
        make_category,
        create=lambda _organisation: {"code": "new-one", "name": "新类别", "help": "", "order": "50"},
        amend=lambda _row: {"name": "改名的类别", "help": "说明", "order": "60"},
        acts={"retire-category": lambda _row: {}, "restore-category": lambda _row: {}},
        before={
            "restore-category": lambda row: LetterCategory.objects.filter(pk=row.pk).update(is_active=False),
            "retire-category": lambda row: LetterCategory.objects.filter(pk=row.pk).update(is_active=True),
        },
    ),
    "letters.limits": Sample(
        make_limit,
        create=lambda _organisation: {
            "purpose": "answer",
            "kind": "consult",
            "days": "2",
            "extension_days": "1",
            "source": "《本市办理办法》",
            "article": "第五条",
            "effective_from": "2027-01-01",
        },
        acts={"verify-limit": lambda _row: {}},
    ),
    "letters.rules": Sample(
        make_rule,
        create=_a_rule,
        amend=lambda row: {"organisation": row.organisation, "note": "临时", "is_active": "on"},
    ),
    "letters.receptions": Sample(
        make_reception,
        create=lambda organisation: {"region": organisation.region, "organisation": organisation},
        amend=lambda row: {"organisation": row.organisation},
    ),
}
