"""Pages of one's own materials, and an agent who was asked to do some things only."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast, answers, photo
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.models import CaseMaterial, KeptMaterial, ServiceItem
from zhengtong.core.identity import services
from zhengtong.core.identity.public import Citizen, Refused, get_citizen_actor, get_representing_actor
from zhengtong.desks.hall.tests.pages import Visitor, text_of
from zhengtong.kernel.policy import Actor

PAGE = "/hall/materials/"


def test_she_uses_again_what_she_handed_in(cast: Cast, owner: Visitor) -> None:
    first = cast.submitted()
    words = text_of(owner.get(PAGE))
    assert str(first.number) in words
    assert "已随申请提交，是办件档案，不能删除" in words
    draft = cases.start_draft(actor=cast.owner, office=cast.office, form={}, name="另一次申请")
    page = owner.get(f"/hall/drafts/{draft.public_id}/materials/").content.decode()
    file = first.materials.get(key="premises_plan").file
    assert f'value="premises_plan:{file.pk}"' in page
    answer = owner.post(f"/hall/drafts/{draft.public_id}/reuse/", {"reuse": f"premises_plan:{file.pk}"})
    assert answer.status_code == 302
    assert draft.materials.get().file == file
    assert owner.post(f"/hall/drafts/{draft.public_id}/reuse/", {"reuse": "premises_plan:999999"}).status_code == 404
    assert owner.post(f"/hall/drafts/{draft.public_id}/reuse/", {"reuse": "nonsense"}).status_code == 302


def test_she_adds_names_and_deletes_a_material(cast: Cast, citizen: Visitor, owner: Visitor) -> None:
    assert "还没有材料" in text_of(citizen.get(PAGE))
    assert citizen.post(PAGE, {"name": "", "file": photo("a.jpg")}).status_code == 422
    assert citizen.post(PAGE, {"name": "房屋租赁合同", "file": photo("a.jpg")}).status_code == 302
    kept = KeptMaterial.objects.get()
    place = f"{PAGE}{kept.file.pk}/"
    assert citizen.get(place).status_code == 200
    assert owner.get(place).status_code == 404
    assert owner.post(f"{place}delete/").status_code == 404
    tomorrow = timezone.localdate() + timedelta(days=1)
    citizen.post(f"{place}describe/", {"name": "租赁合同", "valid_until": str(tomorrow)})
    assert "租赁合同" in text_of(citizen.get(PAGE))
    assert "没有找到" in text_of(citizen.get(f"{PAGE}?q=不存在"))
    citizen.post(f"{place}delete/")
    assert not KeptMaterial.objects.exists()


@pytest.fixture
def item(cast: Cast) -> ServiceItem:
    """Something that a person applies for."""
    made = ServiceItem.objects.get(code=cast.office.item.code)
    ServiceItem.objects.filter(pk=made.pk).update(audience="person")
    made.refresh_from_db()
    return made


def appoint(cast: Cast, *matters: str) -> int:
    """The owner asks the citizen."""
    made = services.appoint_agent(
        actor=cast.owner,
        principal=Citizen.objects.get(account=cast.accounts["owner"]),
        name="李秋",
        contact="13900005678",
        end_date=timezone.localdate() + timedelta(days=30),
        matters=matters,
    )
    return made.pk


def test_an_agent_does_and_sees_only_what_she_was_asked(cast: Cast, citizen: Visitor, item: ServiceItem) -> None:
    other = next(each for code, each in cast.offices.items() if code != item.code and each.item.kind == "licence")
    ServiceItem.objects.filter(pk=other.item_id).update(audience="person")
    agent = get_representing_actor(cast.accounts["citizen"], appoint(cast, item.code))
    assert agent is not None
    assert agent.matters == {item.code}
    mine = cases.start_draft(actor=agent, office=cast.office, form={})
    assert (mine.account, mine.applied_by) == (cast.accounts["owner"], cast.accounts["citizen"])
    with pytest.raises(cases.Unacceptable):
        cases.start_draft(actor=agent, office=other, form={})
    principal = owner_herself(cast)
    hidden = cases.start_draft(actor=principal, office=other, form={})
    assert set(cases.list_own_cases(agent)) == {mine}
    assert set(cases.list_own_cases(principal)) == {mine, hidden}
    assert cases.get_case_by_public_id(agent, hidden.public_id) is None
    citizen.post("/account/capacity/", {"capacity": f"representation-{agent.representation}"})
    assert "没有委托您办这件事" in text_of(citizen.get(f"/hall/items/{other.item.code}/apply/"))
    assert "没有委托您办这件事" not in text_of(citizen.get(f"/hall/items/{item.code}/apply/"))
    # The principal's library and licences aren't hers to look through.
    cases.keep_material(actor=principal, name="租赁合同", upload=photo("p.jpg"))
    assert "租赁合同" not in text_of(citizen.get(PAGE))


def owner_herself(cast: Cast) -> Actor:
    """The owner for herself, not for her shop."""
    return get_citizen_actor(cast.accounts["owner"])


def test_she_chooses_what_the_agent_may_do_on_a_page_and_takes_it_back(cast: Cast, item: ServiceItem) -> None:
    owner, agent = Visitor(cast, "owner"), Visitor(cast, "citizen")
    page = "/account/representations/"
    asked = owner.get(f"{page}?matter={item.code}").content.decode()
    assert re.search(rf'value="{item.code}"[^>]*checked', asked)
    end = timezone.localdate() + timedelta(days=30)
    given = {
        "act": "agent",
        "agent-name": "李秋",
        "agent-contact": "13900005678",
        "agent-end_date": str(end),
        "agent-matters": [item.code],
    }
    assert owner.post(page, {**given, "agent-matters": ["nonsense"]}).status_code == 422
    assert owner.post(page, given).status_code == 302
    assert f"只办：{item.name}" in text_of(owner.get(page))
    assert f"只办：{item.name}" in text_of(agent.get(page))
    representation = Citizen.objects.get(account=cast.accounts["owner"]).represented_by.get()
    assert get_representing_actor(cast.accounts["citizen"], representation.pk) is not None
    owner.post(f"{page}{representation.pk}/revoke/")
    assert get_representing_actor(cast.accounts["citizen"], representation.pk) is None


def test_nobody_is_asked_for_what_isnt_in_the_list(cast: Cast) -> None:
    with pytest.raises(Refused):
        appoint(cast, "no-such-item")


def test_nothing_of_the_library_is_there_for_a_stranger(cast: Cast, stranger: object) -> None:
    assert stranger.get(PAGE).status_code == 302  # type: ignore[attr-defined]  # a client
    assert not CaseMaterial.objects.exists()


def test_papers_name_both(cast: Cast, item: ServiceItem) -> None:
    agent = get_representing_actor(cast.accounts["citizen"], appoint(cast, item.code))
    assert agent is not None
    case = cases.start_draft(actor=agent, office=cast.office, form={}, reused=[("business_licence", "法人库")])
    cases.save_draft(actor=agent, case_id=case.pk, answers=answers())
    for key in ("premises_plan", "safety_rules", "health_certificates"):
        cases.attach_file(actor=agent, case_id=case.pk, key=key, upload=photo(f"{key}.jpg"))
    submitted = cases.submit_case(actor=agent, case_id=case.pk)
    receipt = submitted.documents.get().paper
    assert receipt.content["applicant_name"] == f"{submitted.applicant_name}（由李秋代为申请）"
