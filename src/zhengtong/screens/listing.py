"""The one door to a model's rows for one actor: scoped, filtered, searched, ordered.

Lists, exports, maps, statistics, bulk acts and the interface all ask here: none of them shows more than another.
The parameters of an address: ``q`` searches, ``sort`` orders (``-name`` downwards), ``columns`` chooses
(``code,name``), ``after`` and ``before`` page, each filter has its own (``status``, ``drilled_date_from``).
What an address asks and doesn't get is in ``problems``, a sentence each; what it asks of a column that its actor may
not see is answered as if there were no such thing.
"""

from collections.abc import Collection
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from zhengtong.kernel.modules import Text
from zhengtong.kernel.policy import Actor, visible
from zhengtong.screens.columns import BoundColumn, find_path, list_columns, select
from zhengtong.screens.declaration import PUBLIC, Filter, ModelScreens
from zhengtong.screens.filters import BoundFilter, Meaningless, bind_filter
from zhengtong.screens.paging import SIZE, Page, paginate

SEARCH, SORT, COLUMNS = "q", "sort", "columns"
# Parameters of every list that aren't filters; ``view`` is a saved view's.
RESERVED = (SEARCH, SORT, COLUMNS, "after", "before", "view")
LONGEST_SEARCH = 60


def scope(screens: ModelScreens, actor: Actor) -> QuerySet[Any]:
    """Return all the rows that ``actor`` may see in these screens."""
    rows = screens.rows(actor)
    return rows if screens.audience == PUBLIC else visible(actor, screens.permission, rows)


class Listing:
    """What one address shows to one actor. ``further`` are parameters that the calling view reads itself."""

    def __init__(self, screens: ModelScreens, actor: Actor, query: QueryDict, *, further: Collection[str] = ()) -> None:
        self.screens, self.actor, self.query = screens, actor, query
        self.problems: list[str] = []
        declared = list_columns(screens)
        self.offered = [column for column in declared if column.may_see(actor)]
        self._hidden = {column.name for column in declared} - {column.name for column in self.offered}
        self.columns = self._choose_columns()
        self.filters, self._asked = self._bind_filters()
        self.search = query.get(SEARCH, "").strip()[:LONGEST_SEARCH] if screens.search else ""
        self.sort = self._read_sort()
        self._name_unknown(further)

    # What the address asks ------------------------------------------------------------------------------

    def _choose_columns(self) -> list[BoundColumn]:
        first = [column for column in self.offered if column.column.is_shown]
        names = [name for text in self.query.getlist(COLUMNS) for name in text.split(",") if name]
        if not names:
            return first
        by_name = {column.name: column for column in self.offered}
        for name in names:
            if name not in by_name:
                self.problems.append(_("没有“%(name)s”这一列，已略去") % {"name": name[:LONGEST_SEARCH]})
        return [by_name[name] for name in dict.fromkeys(names) if name in by_name] or first

    def may_ask(self, path: str) -> bool:
        """Return whether nothing on ``path`` is hidden from the actor: who can't see it can't filter or sort by it."""
        return not any(path == name or path.startswith(f"{name}__") for name in self._hidden)

    def _bind_filters(self) -> tuple[list[BoundFilter], Q]:
        titles: dict[str, Text] = {column.name: column.title for column in self.offered}
        filters, asked = [], Q()
        for declared in self.screens.filters:
            if not self.may_ask(declared.field if isinstance(declared, Filter) else declared):
                continue
            bound = bind_filter(self.screens, declared, self.actor, titles)
            filters.append(bound)
            try:
                asked &= bound.read(self.query) or Q()
            except Meaningless as meaningless:
                self.problems.append(_("%(what)s，这个条件没有起作用") % {"what": meaningless})
        return filters, asked

    def _read_sort(self) -> str:
        sort = self.query.get(SORT, "")
        if not sort:
            return ""
        if sort.removeprefix("-") in self.sortable:
            return sort
        self.problems.append(_("不能按“%(name)s”排序，已按原来的顺序排列") % {"name": sort[:LONGEST_SEARCH]})
        return ""

    def _name_unknown(self, further: Collection[str]) -> None:
        known = {*RESERVED, *further, *(param for bound in self.filters for param in bound.params)}
        for param in self.query:
            if param not in known:
                self.problems.append(_("没有“%(name)s”这个条件，它没有起作用") % {"name": param[:LONGEST_SEARCH]})

    # What it gets ---------------------------------------------------------------------------------------

    @cached_property
    def sortable(self) -> tuple[str, ...]:
        """What the list can be sorted by: declared, in sight, and the first column of its own order."""
        names = dict.fromkeys((*self.screens.sorts, self.screens.order[0].removeprefix("-")))
        return tuple(name for name in names if self.may_ask(name))

    @property
    def order(self) -> tuple[str, ...]:
        """The columns as ``order_by`` takes them, the last one unique."""
        if not self.sort:
            return self.screens.order
        tie = self.screens.model._meta.pk.name
        down = "-" if self.sort.startswith("-") else ""
        # One direction for both, so that one index over both serves either way.
        is_unique = find_path(self.screens.model, self.sort.removeprefix("-"))[-1].unique
        return (self.sort,) if is_unique else (self.sort, f"{down}{tie}")

    @cached_property
    def active(self) -> list[BoundFilter]:
        return [bound for bound in self.filters if bound.is_active]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.active or self.search)

    @cached_property
    def matching(self) -> QuerySet[Any]:
        """The rows asked for, in no order and with all their fields: to count, to sum, to draw."""
        found = scope(self.screens, self.actor).filter(self._asked)
        if self.search:
            asked = Q()
            for name in self.screens.search:
                for text in dict.fromkeys((self.search, self.search.upper())):
                    asked |= Q(**{f"{name}__startswith": text})
            found = found.filter(asked)
        return found

    @cached_property
    def found(self) -> QuerySet[Any]:
        """The rows asked for in the list's order, with what their columns show and nothing that costs besides."""
        return select(self.matching, self.columns, keep=_needed(self)).order_by(*self.order)

    def page(self, size: int = SIZE) -> Page[Any]:
        return paginate(self.found, self.query, order=self.order, size=size)


def _needed(listing: Listing) -> tuple[str, ...]:
    """What the order reads for its cursors."""
    names = []
    for column in listing.order:
        name = column.removeprefix("-")
        try:
            names.append("__".join(field.name for field in find_path(listing.screens.model, name)))
        except FieldDoesNotExist:  # an annotation of the screens' own
            continue
    return tuple(names)
