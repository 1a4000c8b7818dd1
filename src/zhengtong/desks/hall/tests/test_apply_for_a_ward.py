"""A mother applies for her child: the case is the child's, and she sees it while she may act for it."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast, answers, photo
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import public as identity
from zhengtong.core.messages.public import Message
from zhengtong.desks.hall.tests.pages import Visitor
from zhengtong.kernel.policy import SYSTEM, Actor

FOOD = "food-business-licence"


@pytest.fixture
def ward(cast: Cast) -> identity.Representation:
    cases.ServiceItem.objects.update(audience=cases.Audience.PERSON)
    number = identity.make_citizen_number("990102", date(timezone.localdate().year - 7, 1, 1), 31)
    made = identity.register_ward(
        actor=cast.citizen, guardian=cast.accounts["citizen"].citizen, name="李小满", id_number=number
    )
    identity.mark_representation_verified(actor=SYSTEM, representation=made)
    made.refresh_from_db()
    return made


def acting(cast: Cast, ward: identity.Representation) -> Actor:
    actor = identity.get_representing_actor(cast.accounts["citizen"], ward.pk)
    assert actor is not None
    return actor


def switch(visitor: Visitor, value: str) -> None:
    visitor.client.post("/account/capacity/", {"capacity": value})


def test_the_case_is_the_childs(cast: Cast, citizen: Visitor, ward: identity.Representation) -> None:
    switch(citizen, f"representation-{ward.pk}")
    page = citizen.client.get(reverse("hall:apply", args=[FOOD])).content.decode()
    assert "李小满" in page
    assert "经办人 李秋" in page
    begun = citizen.client.post(reverse("hall:apply", args=[FOOD]), {"office": cast.office.pk})
    assert begun.status_code == 302
    case = cases.Case.objects.get()
    assert case.account_id == ward.principal.account_id
    assert case.applied_by == cast.accounts["citizen"]
    assert case.form["contact_phone"] == "13900005678"  # the child has none: questions go to her mother
    written = AuditRecord.objects.get(action="cases.start_draft")
    assert (written.actor_name, written.principal) == ("李秋（代李小满）", ward.principal.account.public_id)


def test_it_is_seen_in_that_capacity_only_and_while_it_lasts(
    cast: Cast, citizen: Visitor, ward: identity.Representation
) -> None:
    case = cases.start_draft(actor=acting(cast, ward), office=cast.office, form={})
    page = f"/hall/cases/{case.public_id}/"
    asked = citizen.client.get(page).content.decode()
    assert "请切换身份" in asked
    assert "李小满" in asked
    switch(citizen, f"representation-{ward.pk}")
    shown = citizen.client.get(page, follow=True)
    assert shown.status_code == 200
    assert "您正在代“李小满”办理" in shown.content.decode()
    identity.revoke_representation(actor=cast.citizen, representation=ward)
    assert citizen.client.get(page).status_code == 404
    assert cases.Case.objects.get().account_id == ward.principal.account_id


def test_her_own_draft_is_another_one(cast: Cast, ward: identity.Representation) -> None:
    own = cases.start_draft(actor=cast.citizen, office=cast.office, form={})
    childs = cases.start_draft(actor=acting(cast, ward), office=cast.office, form={})
    assert own.pk != childs.pk
    assert cases.start_draft(actor=acting(cast, ward), office=cast.office, form={}).pk == childs.pk
    assert own.applied_by is None


def test_she_is_told_what_her_child_is_told(cast: Cast, ward: identity.Representation) -> None:
    actor = acting(cast, ward)
    case = cases.start_draft(actor=actor, office=cast.office, form={}, reused=[("business_licence", "法人库")])
    cases.save_draft(actor=actor, case_id=case.pk, answers=answers())
    for key in ("premises_plan", "safety_rules", "health_certificates"):
        cases.attach_file(actor=actor, case_id=case.pk, key=key, upload=photo(f"{key}.jpg"))
    cases.submit_case(actor=actor, case_id=case.pk)
    told = Message.objects.filter(template="cases.submitted")
    assert {each.recipient for each in told} == {ward.principal.account, cast.accounts["citizen"]}
    told.delete()
    identity.revoke_representation(actor=cast.citizen, representation=ward)
    cases.accept_case(actor=cast.counter, case_id=case.pk)
    assert [each.recipient for each in Message.objects.filter(template="cases.accepted")] == [ward.principal.account]
