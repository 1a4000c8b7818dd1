"""Wells for the conformance tests."""

from tests.conformance.samples import Sample
from tests.toy.models import Well, WellStatus
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Organisation


def dig(organisation: Organisation, number: int) -> Well:
    phone = f"1380000{number:04d}"
    return Well.objects.create(
        code=f"SJ-{number:05d}",
        name=f"{number}号井",
        owner=organisation,
        region=organisation.region,
        keeper_phone=phone,
        keeper_digest=digest(phone),
    )


def suspend(well: Well) -> None:
    Well.objects.filter(pk=well.pk).update(status=WellStatus.SUSPENDED)


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
    "wells.register": Sample(make=dig),
}
