"""Rows of the screens of the catalogue for the conformance tests."""

from datetime import date
from typing import Any

from tests.conformance.samples import Sample
from zhengtong.capabilities.catalogue.models import CatalogueLimit, Classification
from zhengtong.core.identity.public import Organisation


def make_classification(organisation: Organisation, number: int) -> Classification:
    above = Classification.objects.get(code="3")
    return Classification.objects.create(code=f"3{number % 40 + 50}{number:03d}", name=f"第{number}目", parent=above)


def make_limit(organisation: Organisation, number: int) -> CatalogueLimit:
    return CatalogueLimit.objects.create(
        step="authority",
        days=number + 1,
        source="本市目录管理办法",
        effective_from=date(2020, 1, 1).replace(day=number % 28 + 1, month=number // 28 % 12 + 1),
    )


def _a_limit(_organisation: Organisation) -> dict[str, Any]:
    return {
        "step": "department",
        "days": "2",
        "source": "本市目录管理办法",
        "article": "第五条",
        "effective_from": "2027-01-01",
        "is_unverified": "on",
    }


SAMPLES = {
    "catalogue.classifications": Sample(
        make_classification,
        create=lambda _organisation: {"code": "340", "name": "新的一项"},
        amend=lambda _row: {"name": "改名的一项"},
        acts={"remove-classification": lambda _row: {}},
    ),
    "catalogue.limits": Sample(make_limit, create=_a_limit, acts={"verify-limit": lambda _row: {}}),
}
