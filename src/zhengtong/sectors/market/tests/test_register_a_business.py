"""From the application to the business licence, and from there into the register, by the people who do it."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from tests.cast import BUSINESS, PERSON, PHONE, Cast, fresh, photo
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.licences.public import Licence, LicenceIssued
from zhengtong.capabilities.registers.public import Enterprise, EnterpriseKind, get_enterprise, is_representative
from zhengtong.core.identity.public import parse_credit_code
from zhengtong.core.papers.public import describe
from zhengtong.kernel.policy import Denied
from zhengtong.sectors.market.domain import SEQUENCE_MAX, EntityKind, make_business_code
from zhengtong.sectors.market.receivers import enter

SELF_EMPLOYED = {
    "entity_kind": "个体工商户",
    "operator_name": "澄波区澜水面馆",
    "legal_representative": "王晓岚",
    "legal_representative_id": PERSON,
    "operator_residence": "安澜市澄波区望江街道听潮社区3幢501室",
    "premises": "澄波区滨江路66号1-3号商铺",
    "premises_tenure": "租赁",
    "staff_count": "4",
    "business_scope": "许可项目：餐饮服务。",
    "contact_name": "王晓岚",
    "contact_phone": PHONE,
    "delivery_method": "只要电子证",
    "is_truthful": "on",
}
COMPANY = SELF_EMPLOYED | {
    "entity_kind": "有限责任公司",
    "operator_name": "安澜市澜水餐饮管理有限公司",
    "registered_capital": "50.5",
    "shareholders": "王晓岚，50.5万元，货币，2030-12-31",
    "officers": "王晓岚，执行董事兼经理",
}
OF_A_COMPANY = ("articles_of_association", "shareholder_identity", "appointments")


def apply(cast: Cast, answers: dict[str, Any], *files: str) -> cases.Case:
    case = cases.start_draft(actor=cast.citizen, office=cast.offices[BUSINESS], form={})
    cases.save_draft(actor=cast.citizen, case_id=case.pk, answers=answers)
    for key in files:
        cases.attach_file(actor=cast.citizen, case_id=case.pk, key=key, upload=photo(f"{key}.jpg"))
    return cases.submit_case(actor=cast.citizen, case_id=case.pk)


def grant(cast: Cast, case: cases.Case) -> Licence:
    cases.accept_case(actor=cast.counter, case_id=case.pk)
    task = cases.get_open_task(case, cases.TaskNode.REVIEW)
    assert task is not None
    cases.claim_task(actor=cast.reviewer, task_id=task.pk)
    cases.recommend(actor=cast.reviewer, case_id=case.pk, outcome="grant", opinion="材料齐全，符合法定形式")
    cases.grant_case(actor=cast.approver, case_id=case.pk, reasons="符合法定形式，予以登记")
    return Licence.objects.get(case=case)


def test_a_self_employed_business_gets_its_code_and_stands_in_the_register(cast: Cast) -> None:
    licence = grant(cast, apply(cast, SELF_EMPLOYED, "premises_proof"))
    code = parse_credit_code(licence.number)
    assert uscc.is_valid(licence.number)
    assert (code.registrar, code.division) == ("92", "990102")
    assert licence.valid_until is None
    assert describe(licence.paper).status.is_valid
    enterprise = get_enterprise(licence.number)
    assert enterprise is not None
    assert enterprise.is_active
    assert (enterprise.name, enterprise.kind) == ("澄波区澜水面馆", EnterpriseKind.SELF_EMPLOYED)
    assert enterprise.established_date == timezone.localdate()
    assert enterprise.registrar == cast.offices[BUSINESS].organisation
    assert enterprise.registered_capital is None
    assert is_representative(credit_code=licence.number, name="王晓岚", id_number=PERSON)


def test_a_company_brings_its_capital_and_its_own_papers(cast: Cast) -> None:
    with pytest.raises(cases.IncompleteApplication) as caught:
        apply(cast, COMPANY, "premises_proof")
    assert {key for _section, key, _sentence in caught.value.errors} == set(OF_A_COMPANY)
    draft = cases.Case.objects.get(account=cast.citizen.owner_id, state="draft")
    for key in OF_A_COMPANY:
        cases.attach_file(actor=cast.citizen, case_id=draft.pk, key=key, upload=photo(f"{key}.jpg"))
    licence = grant(cast, cases.submit_case(actor=cast.citizen, case_id=draft.pk))
    enterprise = Enterprise.objects.get(credit_code=licence.number)
    assert licence.number.startswith("91990102")
    assert str(enterprise.registered_capital) == "50.50"
    assert enterprise.kind == EnterpriseKind.LIMITED


def test_a_company_is_asked_for_its_shareholders_and_a_household_for_where_its_owner_lives(cast: Cast) -> None:
    definition = cases.get_definition(cases.get_live_version(cast.offices[BUSINESS].item).pk)

    def asked(kind: str) -> set[str]:
        return {spec.key for section in definition.list_asked({"entity_kind": kind}) for spec in section.fields}

    assert asked("有限责任公司") - asked("个体工商户") == {"registered_capital", "shareholders", "officers"}
    assert asked("个体工商户") - asked("有限责任公司") == {"operator_residence"}


def test_telling_twice_registers_once(cast: Cast) -> None:
    licence = grant(cast, apply(cast, SELF_EMPLOYED, "premises_proof"))
    enter(LicenceIssued(cast.approver, licence))
    assert Enterprise.objects.filter(credit_code=licence.number).count() == 1


def test_a_food_licence_registers_nobody(cast: Cast) -> None:
    before = Enterprise.objects.count()
    cast.granted()
    assert Enterprise.objects.count() == before


def test_what_cannot_be_registered_is_not_granted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    case = apply(cast, SELF_EMPLOYED, "premises_proof")
    monkeypatch.setitem(case.form, "legal_representative_id", "990102199005170000")
    cases.Case.objects.filter(pk=case.pk).update(form=case.form)
    with pytest.raises(ValueError, match="身份证"):
        grant(cast, case)
    assert not Licence.objects.filter(case=case).exists()
    assert fresh(case).decided_at is None


def test_another_county_grants_nothing_here(cast: Cast) -> None:
    case = apply(cast, SELF_EMPLOYED, "premises_proof")
    cases.accept_case(actor=cast.counter, case_id=case.pk)
    with pytest.raises(Denied):
        cases.grant_case(actor=cast.outsider, case_id=case.pk, reasons="符合")


@given(st.sampled_from(list(EntityKind)), st.integers(0, 999_999), st.integers(1, SEQUENCE_MAX))
def test_every_code_made_is_valid_and_says_where_it_comes_from(kind: EntityKind, place: int, sequence: int) -> None:
    division = f"{place:06d}"
    code = parse_credit_code(make_business_code(kind, division, sequence))
    assert (code.registrar, code.division) == (kind.value, division)
    assert len(code.value) == 18


@given(st.integers(0, 9999), st.integers(1, 2000), st.integers(0, 9999), st.integers(1, 2000))
def test_counties_of_a_province_never_meet(one: int, first: int, other: int, second: int) -> None:
    same = (one, first) == (other, second)
    codes = {
        parse_credit_code(make_business_code(EntityKind.LIMITED, f"99{place:04d}", number)).organisation_code
        for place, number in ((one, first), (other, second))
    }
    assert (len(codes) == 1) == same


@pytest.mark.parametrize(("division", "sequence"), [("99010", 1), ("9901O2", 1), ("990102", 0), ("990102", 923_521)])
def test_no_code_outside_the_ranges(division: str, sequence: int) -> None:
    with pytest.raises(ValueError, match="no credit code"):
        make_business_code(EntityKind.LIMITED, division, sequence)


def test_the_day_of_issue_is_the_day_of_establishment(cast: Cast) -> None:
    licence = grant(cast, apply(cast, SELF_EMPLOYED, "premises_proof"))
    assert date.fromisoformat(licence.paper.content["established_on"]) == licence.issued_date
