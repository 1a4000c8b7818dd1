"""The saved views above a list: which there are, which one is open, and what of it is no longer there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import ModelScreens
from zhengtong.screens.listing import COLUMNS, SEARCH, SORT, Listing
from zhengtong.screens.models import SavedView
from zhengtong.screens.routing import url_of
from zhengtong.screens.saved_views import SHARE, columns_of, keeps_views, list_kept, may_change, query_of

VIEW = "view"
# The list as it is declared, where somebody opens it with a view by default.
PLAIN = "all"


@dataclass(frozen=True)
class Offered:
    """A view as a tab. ``missing`` are the titles of what it has and the list hasn't, or has no longer for her."""

    view: SavedView
    url: str
    is_current: bool
    missing: tuple[str, ...] = ()

    @property
    def is_of_office(self) -> bool:
        return self.view.organisation_id is not None


@dataclass(frozen=True)
class ViewBar:
    """What the template reads. ``start`` is where a list opened plainly goes on to, "" when it stays."""

    list_url: str
    offered: list[Offered]
    current: Offered | None
    is_changed: bool
    may_update: bool
    may_share: bool
    start: str
    query: str
    columns_url: str
    save_url: str
    manage_url: str
    plain_url: str
    problems: list[str] = field(default_factory=list)


def make_view_bar(listing: Listing) -> ViewBar:
    """Return the bar for the list that is shown; costs one query, and none on a list for everyone."""
    screens, actor = listing.screens, listing.actor
    kept = list(list_kept(screens, actor)) if keeps_views(screens, actor) else []
    chosen = listing.query.get(VIEW, "")
    offered = [_offer(view, listing, chosen) for view in kept if view.name]
    offered.sort(key=lambda each: each.is_of_office)
    current = next((each for each in offered if each.is_current), None)
    keeps, list_url, remembered = keeps_views(screens, actor), url_of(screens), _remembered(kept, listing)
    default = next((each for each in offered if each.view.is_default), None)
    plain = {**({VIEW: [PLAIN]} if default or remembered else {}), **remembered}
    return ViewBar(
        list_url=list_url,
        offered=offered,
        current=current,
        is_changed=current is not None and _differs(current.view, listing),
        may_update=current is not None and may_change(actor, current.view),
        may_share=keeps and _may_share(actor),
        start="" if listing.query else _start(list_url, default, remembered),
        query=listing.query.urlencode(),
        columns_url=url_of(screens, "columns"),
        save_url=url_of(screens, "views.save") if keeps else "",
        manage_url=url_of(screens, "views") if keeps else "",
        plain_url=_join(list_url, plain),
        problems=_problems(current, chosen),
    )


def _may_share(actor: Actor) -> bool:
    return actor.organisation is not None and actor.organisation in actor.reach(SHARE)


def _offer(view: SavedView, listing: Listing, chosen: str) -> Offered:
    address, missing = fit(view, listing)
    url = _join(url_of(listing.screens), {VIEW: [str(view.pk)], **address})
    return Offered(view, url, str(view.pk) == chosen, tuple(missing))


def fit(view: SavedView, listing: Listing) -> tuple[dict[str, list[str]], list[str]]:
    """Return what of ``view`` the list understands, as parameters, and the titles of what it doesn't."""
    there = {column.name for column in listing.offered}
    params = {param for bound in listing.filters for param in bound.params}
    params |= {SEARCH} if listing.screens.search else set()
    missing, address = [], {}
    for param, texts in view.query.items():
        if param == SORT:
            is_there, name = texts[0].removeprefix("-") in listing.sortable, texts[0].removeprefix("-")
        else:
            is_there, name = param in params, param
        if is_there:
            address[param] = list(texts)
        else:
            missing.append(name)
    missing += [name for name in view.columns if name not in there]
    columns = [name for name in view.columns if name in there]
    if columns:
        address[COLUMNS] = [",".join(columns)]
    return address, list(dict.fromkeys(view.titles.get(name, name) for name in missing))


def _differs(view: SavedView, listing: Listing) -> bool:
    """Whether the list shows something else by now than the view would."""
    address, _missing = fit(view, listing)
    wanted = ",".join(columns_of(listing))
    return query_of(listing) != {k: v for k, v in address.items() if k != COLUMNS} or (
        address.get(COLUMNS, [wanted]) != [wanted]
    )


def _remembered(kept: list[SavedView], listing: Listing) -> dict[str, list[str]]:
    """The columns that she chose last, when they aren't those that are declared."""
    nameless = next((view for view in kept if not view.name), None)
    address = fit(nameless, listing)[0] if nameless is not None else {}
    declared = [column.name for column in listing.offered if column.column.is_shown]
    return address if address.get(COLUMNS, [",".join(declared)]) != [",".join(declared)] else {}


def _start(list_url: str, default: Offered | None, remembered: dict[str, list[str]]) -> str:
    """Her own default view comes before her office's, and both before the columns that she chose last."""
    if default is not None:
        return default.url
    return _join(list_url, remembered) if remembered else ""


def _join(url: str, parameters: Mapping[str, Sequence[str]]) -> str:
    return f"{url}?{urlencode(parameters, doseq=True)}" if parameters else url


def _problems(current: Offered | None, chosen: str) -> list[str]:
    if current is None:
        return [_("这个视图已经不在了，现在显示的是原来的列表")] if chosen and chosen != PLAIN else []
    if not current.missing:
        return []
    told = {"view": current.view.name, "what": "、".join(current.missing)}
    return [_("视图“%(view)s”里的“%(what)s”已经没有，或者您现在看不到，这次没有用上；其余的照常") % told]


def url_with(screens: ModelScreens, query: str) -> str:
    return f"{url_of(screens)}?{query}" if query else url_of(screens)
