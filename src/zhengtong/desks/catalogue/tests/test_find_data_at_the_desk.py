"""The pages: staff search, read an entry, take the list away; the public reads what is public; the drawing."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.conformance.samples import sign_in
from zhengtong.capabilities.catalogue.public import Demand, Mount, Resource, catch_up
from zhengtong.capabilities.catalogue.tests.finding_samples import enter, own_source
from zhengtong.core.identity.public import Organisation
from zhengtong.desks.catalogue.finding.flows import Pair, draw

pytestmark = pytest.mark.django_db
FIND = "catalogue.find_resource"


@pytest.fixture
def office(cast: Cast) -> Organisation:
    office = Organisation.objects.get(name="澄波区市场监督管理局")
    resource = enter(office, 1, "企业登记<b>信息</b>", fields=("统一社会信用代码",))
    enter(office, 2, "重点人员名册", share_type="withheld", withheld_basis="反恐怖主义法")
    Mount.objects.create(resource=resource, source=own_source(office), kind="table", place="secret_table_7")
    catch_up()
    return office


def read(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    body = b"".join(answer) if answer.streaming else answer.content
    return body.decode()


def test_staff_search_read_and_take_the_list_away(office: Organisation) -> None:
    client = sign_in("finder", office, FIND)
    shown = read(client, reverse("catalogue_desk:find") + "?q=企业登记")
    assert "<mark>企业登记</mark>&lt;b&gt;" in shown
    assert "重点人员名册" not in shown
    assert "重点人员名册" in read(client, reverse("catalogue_desk:find"))
    resource = Resource.objects.get(code__endswith="000001")
    entry = read(client, reverse("catalogue_desk:found", args=[resource.pk]))
    assert "统一社会信用代码" in entry
    assert "secret_table_7" not in entry
    listed = read(client, reverse("catalogue_desk:find_export") + "?q=企业登记")
    assert listed.count("\n") == 2
    assert "统一社会信用代码" in listed


@pytest.mark.parametrize(
    "query",
    ["?provider=x&share=y&after=z", "?provider=999999999999", "?after=1.2.3", "?q=%25"],
)
def test_odd_addresses_are_read_as_far_as_they_can_be(office: Organisation, query: str) -> None:
    read(sign_in("finder", office, FIND), reverse("catalogue_desk:find") + query)
    read(Client(), reverse("catalogue_desk:open") + query)


def test_nothing_found_says_what_to_do(office: Organisation) -> None:
    assert "没有找到这样的数据" in read(Client(), reverse("catalogue_desk:open") + "?q=算命")


def test_the_public_reads_what_is_public_and_no_place_of_it(office: Organisation) -> None:
    shown = read(Client(), reverse("catalogue_desk:open"))
    assert "企业登记" in shown
    assert "重点人员名册" not in shown
    open_one, withheld = Resource.objects.order_by("code")
    entry = read(Client(), reverse("catalogue_desk:open_entry", args=[open_one.pk]))
    assert "统一社会信用代码" in entry
    assert "secret_table_7" not in entry
    read(Client(), reverse("catalogue_desk:open_entry", args=[withheld.pk]), 404)
    read(Client(), reverse("catalogue_desk:open_entry", args=[10**9]), 404)


def test_who_may_not_find_is_refused(office: Organisation) -> None:
    stranger = sign_in("stranger", office, "cases.accept_case")
    for name in ("find", "find_export", "flows"):
        read(stranger, reverse(f"catalogue_desk:{name}"), 403)


def test_without_contracts_the_drawing_says_so(office: Organisation) -> None:
    assert "还没有生效的共享合约" in read(sign_in("finder", office, FIND), reverse("catalogue_desk:flows"))
    assert draw([]) == {}


def test_every_office_is_drawn_once_a_side_and_every_pair_has_its_line() -> None:
    pairs = [Pair("甲局", "乙局", 3, 2, 1, 2), Pair("甲局", "丙局", 1, 1, 1, 3), Pair("乙局", "甲局", 1, 1, 2, 1)]
    drawing = draw(pairs)
    assert [node.name for node in drawing["left"]] == ["甲局", "乙局"]
    assert [node.name for node in drawing["right"]] == ["乙局", "丙局", "甲局"]
    assert len(drawing["curves"]) == 3
    assert drawing["curves"][0].width == 8.0
    assert len(draw([Pair("甲", "乙", 1, 1, at, at) for at in range(99)])["curves"]) == 40


def test_a_demand_is_raised_on_its_page(office: Organisation) -> None:
    client = sign_in("demander", office, "catalogue.raise_demand", "catalogue.view_demand")
    typed = {"name": "驾驶证信息", "matter": "网约车许可", "basis": "网约车管理办法第十四条", "update_cycle": "daily"}
    answer = client.post(reverse("screens:catalogue.demands.new"), typed, follow=True)
    assert answer.status_code == 200
    assert Demand.objects.get().organisation == office
