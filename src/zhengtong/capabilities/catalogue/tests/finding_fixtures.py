"""Two offices for the tests of finding."""

import pytest

from zhengtong.core.identity.public import Organisation, OrganisationKind, Region


def found_office(name: str, number: int) -> Organisation:
    region = Region.objects.get_or_create(
        code="990100", defaults={"name": "安澜市", "level": "city", "path": "99.990100"}
    )[0]
    return Organisation.objects.create(
        name=name, short_name=name[-5:], kind=OrganisationKind.DEPARTMENT, region=region, path=f"{900_000 + number}"
    )


@pytest.fixture
def offices_of_catalogue(db: None) -> tuple[Organisation, Organisation]:
    return found_office("安澜市市场监督管理局", 1), found_office("安澜市公安局", 2)
