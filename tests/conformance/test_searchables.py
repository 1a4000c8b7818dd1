"""What a module declares as searchable is found by whoever may see it, leads to its page, and is hidden from others."""

from tests.conformance.rooms import SCREENS, Room, over
from zhengtong.core.identity.public import Account, get_account_actor
from zhengtong.core.search.public import Searchable, SearchAudience, drain, search
from zhengtong.kernel.modules import registry
from zhengtong.screens.declaration import STAFF, ModelScreens


def searchable_of(screens: ModelScreens) -> Searchable | None:
    """Return what is searchable among the rows of these screens, when a hit leads to them."""
    page = f"screens:{screens.key}.detail"
    return next((each for each in registry.of(Searchable) if each.page == page), None)


SEARCHED = [screens for screens in SCREENS if screens.audience == STAFF and searchable_of(screens)]


def test_some_screens_are_searched() -> None:
    assert SEARCHED


@over(SEARCHED)
def test_a_row_is_found_by_its_name_and_only_by_those_who_may_see_it(room: Room) -> None:
    declared = searchable_of(room.screens)
    assert declared is not None
    row = room.make(7)
    drain()
    name = declared.name(row)
    holder, outsider, powerless = (
        get_account_actor(Account.objects.get(username=f"conformance-{who}"))
        for who in ("holder", "outsider", "powerless")
    )
    found = search(holder, name, audience=SearchAudience.STAFF, kinds=[declared.kind]).hits
    assert row.pk in [hit.object_id for hit in found]
    assert [hit.url for hit in found if room.holder.get(hit.url).status_code != 200] == []
    for other in (powerless, outsider):
        found = search(other, name, audience=SearchAudience.STAFF, kinds=[declared.kind]).hits
        assert row.pk not in [hit.object_id for hit in found]
