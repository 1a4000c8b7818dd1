"""A person keeps filters, order and columns of a list under a name; what is gone of them later is told."""

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from tests.toy.screens import WellScreens
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import PostRole, Refused
from zhengtong.kernel.policy import Actor, Denied
from zhengtong.screens import saved_views
from zhengtong.screens.listing import Listing
from zhengtong.screens.models import SavedView
from zhengtong.screens.view_bar import make_view_bar

if TYPE_CHECKING:
    from zhengtong.screens.tests.conftest import WaterOffice

PHONE = "13900007788"
LIST = "screens:wells.wells.list"
SCREENS = WellScreens()


def listing(actor: Actor, query: str = "") -> Listing:
    return Listing(SCREENS, actor, QueryDict(query))


def save(client: Client, query: str, name: str, **more: str) -> Any:
    return client.post(reverse("screens:wells.wells.views.save"), {"query": query, "name": name, **more})


def let_share(water: "WaterOffice") -> None:
    """Give the office's keeper a role that may keep views for everybody there."""
    post = water.accounts["keeper"].staff.appointments.get().post
    PostRole.objects.create(post=post, role="organ_head", reach="own")


def test_a_view_is_saved_and_opened_again(water: "WaterOffice") -> None:
    client = water.browser("keeper")
    answer = save(client, "status=used&sort=-name&columns=name,fee&after=xyz", "在用的井")
    view = SavedView.objects.get(name="在用的井")
    assert view.query == {"status": ["used"], "sort": ["-name"]}
    assert view.columns == ["name", "fee"]
    assert "after" not in answer["Location"]
    page = client.get(answer["Location"])
    assert "在用的井" in page.content.decode()
    bar = client.get(reverse(LIST)).context["bar"]
    opened = client.get(bar.offered[0].url).context["listing"]
    assert [column.name for column in opened.columns] == ["name", "fee"]
    assert (opened.sort, opened.problems) == ("-name", [])
    entry = AuditRecord.objects.get(action="screens.save_view")
    assert (entry.object_id, (entry.after or {})["name"]) == (str(view.pk), "在用的井")


def test_views_are_each_persons_own(water: "WaterOffice") -> None:
    save(water.browser("keeper"), "status=used", "我的")
    view = SavedView.objects.get()
    other = water.browser("viewer")
    assert other.get(reverse(LIST)).context["bar"].offered == []
    for verb in ("rename", "update", "default", "delete"):
        address = reverse(f"screens:wells.wells.views.{verb}", args=[view.pk])
        assert other.post(address, {"name": "别人的"}).status_code == 404
    assert SavedView.objects.get().name == "我的"


def test_an_offices_view_is_everybodys_there_and_kept_by_who_may(water: "WaterOffice") -> None:
    actor = water.actor("viewer")
    with pytest.raises(Denied):
        saved_views.save_view(actor=actor, listing=listing(actor), name="大家的", for_office=True)
    let_share(water)
    save(water.browser("keeper"), "status=sealed", "大家的", for_office="on", is_default="on")
    view = SavedView.objects.get()
    assert view.organisation == water.county
    viewer = water.browser("viewer")
    landed = viewer.get(reverse(LIST))
    assert parse_qs(urlsplit(landed["Location"]).query)["status"] == ["sealed"]
    assert viewer.post(reverse("screens:wells.wells.views.delete", args=[view.pk])).status_code == 403
    stranger = water.browser("stranger").get(reverse(LIST))
    assert stranger.context["bar"].offered == []


def test_my_default_view_opens_the_list_and_all_is_one_click_away(water: "WaterOffice") -> None:
    client = water.browser("keeper")
    save(client, "status=sealed", "封填的", is_default="on")
    save(client, "status=used", "在用的", is_default="on")
    landed = client.get(reverse(LIST), follow=True)
    assert landed.context["bar"].current.view.name == "在用的"
    assert [each.view.is_default for each in landed.context["bar"].offered].count(True) == 1
    everything = client.get(landed.context["bar"].plain_url)
    assert everything.status_code == 200
    assert not everything.context["listing"].is_narrowed
    view = SavedView.objects.get(name="在用的")
    client.post(reverse("screens:wells.wells.views.default", args=[view.pk]), {"is_default": "0"})
    assert client.get(reverse(LIST)).status_code == 200


def test_a_changed_view_is_updated(water: "WaterOffice") -> None:
    client = water.browser("keeper")
    save(client, "status=used", "在用的")
    view = SavedView.objects.get()
    changed = client.get(reverse(LIST), {"view": str(view.pk), "status": "sealed"})
    assert changed.context["bar"].is_changed
    assert "更新“在用的”" in changed.content.decode()
    address = reverse("screens:wells.wells.views.update", args=[view.pk])
    answer = client.post(address, {"query": f"view={view.pk}&status=sealed"})
    assert not client.get(answer["Location"]).context["bar"].is_changed
    view.refresh_from_db()
    assert view.query == {"status": ["sealed"]}


def test_a_deleted_view_is_taken_back(water: "WaterOffice") -> None:
    client = water.browser("keeper")
    save(client, "status=used", "在用的")
    view = SavedView.objects.get()
    page = client.post(reverse("screens:wells.wells.views.delete", args=[view.pk]), follow=True)
    assert "撤销删除" in page.content.decode()
    assert client.get(reverse(LIST)).context["bar"].offered == []
    save(client, "status=sealed", "在用的")
    restore = reverse("screens:wells.wells.views.restore", args=[view.pk])
    taken = client.post(restore)
    assert taken.status_code == 422
    assert "已经有叫“在用的”的视图" in taken.content.decode()
    second = SavedView.objects.get(deleted_at=None)
    client.post(reverse("screens:wells.wells.views.rename", args=[second.pk]), {"name": "封填的"})
    client.post(restore)
    names = [each.view.name for each in client.get(reverse(LIST)).context["bar"].offered]
    assert sorted(names) == ["在用的", "封填的"]
    actions = AuditRecord.objects.filter(action__startswith="screens.").order_by("id").values_list("action", flat=True)
    assert list(actions) == [f"screens.{act}_view" for act in ("save", "delete", "save", "rename", "restore")]


@pytest.mark.parametrize(
    ("name", "code"), [("", "no-name"), ("  　", "no-name"), ("井" * 41, "long-name"), ("在用的", "taken")]
)
def test_a_name_that_can_not_be_is_refused_in_words(water: "WaterOffice", name: str, code: str) -> None:
    actor = water.actor("keeper")
    saved_views.save_view(actor=actor, listing=listing(actor, "status=used"), name="在用的")
    with pytest.raises(Refused) as refused:
        saved_views.save_view(actor=actor, listing=listing(actor), name=name)
    assert (refused.value.code, refused.value.field) == (code, "name")
    answer = save(water.browser("keeper"), "status=used", name)
    assert answer.status_code == 422
    assert SavedView.objects.count() == 1


def test_thirty_views_are_enough(water: "WaterOffice") -> None:
    actor = water.actor("keeper")
    for number in range(saved_views.LIMIT):
        saved_views.save_view(actor=actor, listing=listing(actor), name=f"视图{number}")
    with pytest.raises(Refused, match="too-many"):
        saved_views.save_view(actor=actor, listing=listing(actor), name="再来一个")
    assert SavedView.objects.count() == saved_views.LIMIT


def test_a_personal_number_is_not_saved_with_a_view(water: "WaterOffice") -> None:
    answer = save(water.browser("keeper"), f"keeper_phone={PHONE}&status=used", "查一个人")
    assert SavedView.objects.get().query == {"status": ["used"]}
    assert PHONE not in str(list(AuditRecord.objects.values()))
    assert answer.status_code == 302


def test_a_view_of_a_column_that_is_gone_says_so_and_the_rest_works(water: "WaterOffice") -> None:
    client = water.browser("keeper")
    save(client, "status=used&columns=name,fee", "旧视图")
    view = SavedView.objects.get()
    view.columns += ["colour"]
    view.query |= {"colour": ["blue"], "sort": ["colour"]}
    view.titles["colour"] = "颜色"
    view.save()
    offered = client.get(reverse(LIST)).context["bar"].offered[0]
    page = client.get(offered.url)
    assert page.status_code == 200
    assert "视图“旧视图”里的“颜色”已经没有" in page.content.decode()
    assert page.context["listing"].problems == []
    assert [column.name for column in page.context["listing"].columns] == ["name", "fee"]
    assert page.context["listing"].is_narrowed
    client.post(reverse("screens:wells.wells.views.update", args=[view.pk]), {"query": urlsplit(offered.url).query})
    assert client.get(reverse(LIST)).context["bar"].offered[0].missing == ()


def test_a_view_of_a_column_that_i_may_no_longer_see_says_so_and_shows_nothing_of_it(water: "WaterOffice") -> None:
    client = water.browser("keeper")
    save(client, "fee=120&sort=-fee&columns=name,fee", "水费")
    PostRole.objects.filter(role="well_keeper").update(role="well_viewer")
    page = client.get(client.get(reverse(LIST)).context["bar"].offered[0].url)
    assert page.status_code == 200
    assert "已经没有，或者您现在看不到" in page.content.decode()
    assert [column.name for column in page.context["listing"].columns] == ["name"]
    assert not page.context["listing"].is_narrowed
    assert page.context["listing"].sort == ""


def test_a_view_that_is_not_there_any_more_is_said(water: "WaterOffice") -> None:
    page = water.browser("keeper").get(reverse(LIST), {"view": "987654"})
    assert page.status_code == 200
    assert "这个视图已经不在了" in page.content.decode()


def test_a_stranger_keeps_no_views(db: None) -> None:
    for address in (reverse("screens:wells.wells.views"), reverse("screens:wells.wells.views.save")):
        assert Client().get(address).status_code == 302
    assert Client().get("/open/wells/register/views/").status_code == 404


def test_the_bar_costs_one_query(water: "WaterOffice", django_assert_num_queries: Any) -> None:
    actor = water.actor("keeper")
    shown = listing(actor, "status=used")
    saved_views.save_view(actor=actor, listing=shown, name="一")
    saved_views.save_view(actor=actor, listing=shown, name="二")
    with django_assert_num_queries(1):
        assert len(make_view_bar(shown).offered) == 2
