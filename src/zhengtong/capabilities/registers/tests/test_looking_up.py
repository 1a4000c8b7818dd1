"""Looking somebody up in the registers: with a purpose, with permission, and always with a record."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from zhengtong.capabilities.registers import public as registers
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import (
    Account,
    Citizen,
    Organisation,
    Region,
    get_citizen_actor,
    make_citizen_number,
    make_credit_code,
)
from zhengtong.kernel.policy import Actor, ActorKind, Denied, Grant

pytestmark = pytest.mark.django_db

NUMBER = make_citizen_number("990102", date(1991, 4, 18), 24)
OTHER = make_citizen_number("990102", date(1984, 11, 2), 33)
CODE = make_credit_code("91", "990102", "MAD00001")


def looks() -> QuerySet[AuditRecord]:
    """Return what the journal says of looks into the registers."""
    return AuditRecord.objects.filter(action__startswith="registers.")


@pytest.fixture
def region() -> Region:
    return Region.objects.create(code="990102", name="澄波区", level="county", path="990102")


@pytest.fixture
def resident(region: Region) -> registers.Resident:
    household = registers.Household.objects.create(number="1", region=region, address="文澜路18号")
    return registers.Resident.objects.create(
        id_number=NUMBER,
        id_digest=digest(NUMBER),
        name="王晓岚",
        sex=registers.Sex.FEMALE,
        birth_date=date(1991, 4, 18),
        household=household,
        relation=registers.Relation.HEAD,
        region=region,
    )


@pytest.fixture
def clerk() -> Actor:
    grant = Grant("clerk", frozenset({registers.VIEW_RESIDENT}), frozenset({1}))
    return Actor(kind=ActorKind.STAFF, name="周敏", grants=(grant,))


def test_clerk_finds_a_resident_and_the_journal_knows_why(resident: registers.Resident, clerk: Actor) -> None:
    found = registers.get_resident(actor=clerk, id_number=NUMBER, purpose="核对申请人身份")
    assert found == resident
    assert found.household.address == "文澜路18号"
    entry = looks().get()
    assert (entry.actor_name, entry.purpose, entry.object_id) == ("周敏", "核对申请人身份", str(resident.pk))
    assert NUMBER not in str(vars(entry))


def test_looking_for_somebody_who_isnt_there_is_recorded_too(resident: registers.Resident, clerk: Actor) -> None:
    assert registers.get_resident(actor=clerk, id_number=OTHER, purpose="核对") is None
    entry = looks().get()
    assert entry.object_id.startswith("?")
    assert OTHER not in str(vars(entry))


def test_without_purpose_nothing_is_shown(resident: registers.Resident, clerk: Actor) -> None:
    with pytest.raises(registers.PurposeMissing, match="必须填写用途"):
        registers.get_resident(actor=clerk, id_number=NUMBER, purpose="  ")
    assert not looks().exists()


def test_staff_without_the_permission_are_refused(resident: registers.Resident, clerk: Actor) -> None:
    outsider = replace(clerk, grants=())
    looks: tuple[Callable[[], object], ...] = (
        lambda: registers.get_resident(actor=outsider, id_number=NUMBER, purpose="好奇"),
        lambda: registers.list_household_members(actor=outsider, household=resident.household, purpose="好奇"),
    )
    for look in looks:
        with pytest.raises(Denied):
            look()


def test_household_is_one_look(resident: registers.Resident, clerk: Actor) -> None:
    members = registers.list_household_members(actor=clerk, household=resident.household, purpose="核对户口")
    assert members == [resident]
    assert looks().get().action == "registers.look_up_household"


def make_citizen(number: str, *, is_verified: bool) -> Actor:
    account = Account.objects.create(username="citizen")
    Citizen.objects.create(
        account=account,
        phone="16900000001",
        phone_digest=digest("16900000001"),
        id_number=number,
        id_digest=digest(number),
        verified_at=timezone.now() if is_verified else None,
    )
    return get_citizen_actor(account)


def test_verified_citizen_sees_her_own_entry_only_after_she_is_verified(resident: registers.Resident) -> None:
    actor = make_citizen(NUMBER, is_verified=False)
    assert registers.get_own_resident(actor=actor) is None
    Citizen.objects.update(verified_at=timezone.now())
    assert registers.get_own_resident(actor=actor) == resident
    assert looks().get().purpose == "本人查询"


def test_name_and_number_are_checked_together(resident: registers.Resident, clerk: Actor) -> None:
    check = registers.is_registered_person
    assert check(actor=clerk, name=" 王晓岚 ", id_number=NUMBER)
    assert not check(actor=clerk, name="王晓兰", id_number=NUMBER)
    assert not check(actor=clerk, name="王晓岚", id_number=OTHER)
    assert list(looks().values_list("purpose", flat=True)) == ["实名核验"] * 3


def test_number_is_sealed_in_the_database(resident: registers.Resident) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM registers_resident")
        assert NUMBER.encode() not in bytes(cursor.fetchone()[0])
    assert registers.Resident.objects.get().id_number == NUMBER


def test_representative_of_a_living_enterprise_is_known(region: Region) -> None:
    bureau = Organisation.objects.create(
        name="澄波区市场监督管理局", short_name="澄波市监局", kind="department", region=region
    )
    enterprise = registers.Enterprise.objects.create(
        credit_code=CODE,
        name="安澜市立诚餐饮管理有限公司",
        kind=registers.EnterpriseKind.LIMITED,
        representative_name="陈立诚",
        representative_digest=digest(OTHER),
        address="书院街6号",
        region=region,
        established_date=date(2020, 1, 2),
        business_scope="餐饮服务",
        registrar=bureau,
    )
    assert registers.get_enterprise(CODE) == enterprise
    assert enterprise.is_active
    assert registers.get_enterprise(CODE[:-1] + "0") is None
    assert registers.is_representative(credit_code=CODE, name="陈立诚", id_number=OTHER)
    assert not registers.is_representative(credit_code=CODE, name="陈立诚", id_number=NUMBER)
    assert not registers.is_representative(credit_code=CODE, name="王晓岚", id_number=OTHER)
    registers.Enterprise.objects.update(status=registers.EnterpriseStatus.CANCELLED)
    assert not registers.is_representative(credit_code=CODE, name="陈立诚", id_number=OTHER)
