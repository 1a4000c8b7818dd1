"""From what was found straight to asking for it: who may ask has a button, who may not has none."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.conformance.samples import sign_in
from zhengtong.capabilities.catalogue.public import Resource, catch_up
from zhengtong.capabilities.catalogue.tests.finding_samples import enter, make_demand
from zhengtong.core.identity.public import Organisation

pytestmark = pytest.mark.django_db
FIND, APPLY = "catalogue.find_resource", "contracts.apply"


@pytest.fixture
def provider(cast: Cast) -> Organisation:
    provider = Organisation.objects.get(name="澄波区市场监督管理局")
    enter(provider, 1, "企业登记信息", fields=("统一社会信用代码",))
    enter(provider, 2, "重点人员名册", share_type="withheld", withheld_basis="反恐怖主义法第五十一条")
    catch_up()
    return provider


@pytest.fixture
def consumer(provider: Organisation) -> Organisation:
    return Organisation.objects.get(name="澄波区城市管理局")


def shared() -> Resource:
    return Resource.objects.get(name="企业登记信息")


def withheld() -> Resource:
    return Resource.objects.get(name="重点人员名册")


def address_of(resource: Resource) -> str:
    return reverse("contracts_desk:ask", args=[resource.code])


def read(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_button_leads_to_the_form_with_the_entry_filled_in(consumer: Organisation) -> None:
    client = sign_in("asker", consumer, FIND, APPLY)
    for page in (
        read(client, "catalogue_desk:find"),
        read(client, "catalogue_desk:found", shared().pk),
    ):
        assert f'href="{address_of(shared())}"' in page
        assert "申请使用" in page
    form = client.get(address_of(shared()))
    assert form.status_code == 200
    assert "企业登记信息" in form.content.decode()
    assert "统一社会信用代码" in form.content.decode()


def test_who_may_not_ask_sees_no_button(consumer: Organisation, provider: Organisation) -> None:
    for name, office, permissions in (
        ("finder", consumer, (FIND,)),
        ("own_asker", provider, (FIND, APPLY)),  # an office doesn't ask itself
    ):
        client = sign_in(name, office, *permissions)
        for page in (read(client, "catalogue_desk:find"), read(client, "catalogue_desk:found", shared().pk)):
            assert address_of(shared()) not in page
            assert "申请使用" not in page


def test_in_place_of_the_button_stands_by_which_law_it_is_withheld(consumer: Organisation) -> None:
    client = sign_in("asker", consumer, FIND, APPLY)
    for page in (read(client, "catalogue_desk:find"), read(client, "catalogue_desk:found", withheld().pk)):
        assert "不予共享。依据：反恐怖主义法第五十一条" in page
        assert address_of(withheld()) not in page


def test_a_retired_entry_offers_nothing_to_its_reader(consumer: Organisation) -> None:
    client = sign_in("asker", consumer, FIND, APPLY, "catalogue.view_entry")
    Resource.objects.filter(pk=shared().pk).update(state="retired")
    assert address_of(shared()) not in client.get(reverse("catalogue_desk:entry", args=[shared().pk])).content.decode()


def test_the_public_is_offered_nothing(provider: Organisation) -> None:
    for page in (read(Client(), "catalogue_desk:open"), read(Client(), "catalogue_desk:open_entry", shared().pk)):
        assert "申请使用" not in page


def test_a_demand_that_was_met_leads_to_asking(consumer: Organisation) -> None:
    client = sign_in("demander", consumer, "catalogue.view_demand", APPLY)
    demand = make_demand(consumer, 1)
    detail = reverse("screens:catalogue.demands.detail", args=[demand.pk])
    assert "还没有可以使用的资源" in client.get(detail).content.decode()
    demand.resource, demand.state = shared(), "matched"
    demand.save()
    page = client.get(detail).content.decode()
    assert f'href="{address_of(shared())}"' in page
    watcher = sign_in("watcher", consumer, "catalogue.view_demand")
    seen = watcher.get(detail).content.decode()
    assert address_of(shared()) not in seen
    demand.resource = withheld()
    demand.save()
    assert "反恐怖主义法第五十一条" in client.get(detail).content.decode()


def test_where_nothing_is_found_the_need_can_be_raised(consumer: Organisation) -> None:
    raised = reverse("screens:catalogue.demands.new")
    where = reverse("catalogue_desk:find") + "?q=算命"
    assert raised in sign_in("demander", consumer, FIND, "catalogue.raise_demand").get(where).content.decode()
    assert raised not in sign_in("finder", consumer, FIND).get(where).content.decode()
