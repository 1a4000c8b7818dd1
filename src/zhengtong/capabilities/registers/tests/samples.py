"""Enterprises and residents for the conformance tests."""

from datetime import date

from tests.conformance.samples import Sample
from zhengtong.capabilities.registers.models import Enterprise, Household, Resident
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Organisation, make_citizen_number, make_credit_code

BORN = date(1990, 5, 17)


def enter_enterprise(organisation: Organisation, number: int) -> Enterprise:
    Organisation.objects.filter(pk=organisation.pk, credit_code=None).update(
        credit_code=make_credit_code("11", organisation.region.code, f"{organisation.pk:08d}")
    )
    return Enterprise.objects.create(
        credit_code=make_credit_code("91", organisation.region.code, f"MA{number:06d}"),
        name=f"第{number}面馆",
        kind="limited",
        representative_name="王晓岚",
        representative_digest=digest(make_citizen_number("990102", BORN, 12)),
        address=f"滨江路{number}号",
        region=organisation.region,
        established_date=date(2020, 1, 1),
        business_scope="餐饮服务",
        registrar=organisation,
        registered_capital=number,
    )


def enter_resident(organisation: Organisation, number: int) -> Resident:
    citizen_number = make_citizen_number(organisation.region.code[:6], BORN, number)
    household = Household.objects.create(
        number=f"H{organisation.pk}-{number}", region=organisation.region, address=f"安澜市澄波区滨江路{number}号"
    )
    return Resident.objects.create(
        id_number=citizen_number,
        id_digest=digest(citizen_number),
        name=f"王晓{number}",
        sex="2",
        birth_date=BORN,
        household=household,
        relation="02",
        phone=f"1380000{number:04d}",
        region=organisation.region,
    )


SAMPLES = {
    "registers.enterprises": Sample(
        make=enter_enterprise,
        create=lambda organisation: {
            "credit_code": make_credit_code("91", organisation.region.code, "MA900001"),
            "name": "新面馆",
            "kind": "limited",
            "representative_name": "李秋",
            "representative_number": make_citizen_number("990102", BORN, 14),
            "address": "滨江路1号",
            "region": organisation.region.code,
            "established_date": "2026-01-05",
            "business_scope": "餐饮服务",
            "registrar": organisation.pk,
        },
        amend=lambda row: {"address": "滨江路2号"},
        acts={"change-enterprise-status": lambda row: {"status": "suspended", "reason": "经营者申请歇业"}},
    ),
    "registers.published-enterprises": Sample(make=enter_enterprise),
    "registers.residents": Sample(make=enter_resident),
}
