"""Rows of the library of materials for the tests of declared screens."""

from collections.abc import Mapping
from typing import Any

from tests.conformance.samples import Sample
from zhengtong.capabilities.cases.public import LibraryMaterial
from zhengtong.core.identity.public import Organisation


def make_material(organisation: Organisation, number: int) -> LibraryMaterial:
    return LibraryMaterial.objects.create(
        organisation=organisation,
        name=f"房屋租赁合同{number}",
        document=f"lease-{number}",
        kinds=["pdf", "jpg"],
        source="申请人自备",
    )


def _typed(organisation: Organisation) -> Mapping[str, Any]:
    return {
        "organisation": organisation,
        "name": "身份证",
        "document": "identity-card",
        "kinds": ["pdf"],
        "source": "政府部门核发",
    }


def _amended(_row: LibraryMaterial) -> Mapping[str, Any]:
    return {"name": "房屋租赁合同", "kinds": ["pdf"], "source": "申请人自备"}


SAMPLES = {
    "items_desk.materials": Sample(
        make=make_material, create=_typed, amend=_amended, acts={"retire-library-material": lambda _row: {}}
    )
}
