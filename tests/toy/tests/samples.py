"""Wells for the conformance tests."""

from django.contrib.gis.geos import Point

from tests.conformance.samples import Sample
from tests.toy.models import Well, WellStatus
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Account, Organisation, make_credit_code


def dig(organisation: Organisation, number: int) -> Well:
    phone = f"1380000{number:04d}"
    Organisation.objects.filter(pk=organisation.pk, credit_code=None).update(
        credit_code=make_credit_code("11", organisation.region.code, f"{organisation.pk:08d}")
    )
    return Well.objects.create(
        code=f"SJ-{number:05d}",
        name=f"{number}号井",
        owner=organisation,
        region=organisation.region,
        keeper_phone=phone,
        keeper_digest=digest(phone),
        location=Point(119.6 + number / 1000, 28.9, srid=4490),
    )


def suspend(well: Well) -> None:
    Well.objects.filter(pk=well.pk).update(status=WellStatus.SUSPENDED)


def entrust(well: Well, account: Account) -> None:
    Well.objects.filter(pk=well.pk).update(keeper_account=account)


SAMPLES = {
    "wells.wells": Sample(
        make=dig,
        create=lambda organisation: {
            "code": "SJ-90001",
            "name": "新井",
            "owner": organisation.pk,
            "region": organisation.region.code,
        },
        amend=lambda well: {"name": "改名的井"},
        acts={
            "suspend-well": lambda well: {"reason": "检修"},
            "resume-well": lambda well: {},
            "seal-well": lambda well: {"reason": "报废"},
        },
        before={"resume-well": suspend},
    ),
    "wells.mine": Sample(
        make=dig,
        own=entrust,
        acts={"report-level": lambda well: {"read_date": "2026-01-05", "level": "3.20"}},
    ),
    "wells.register": Sample(make=dig),
}
