"""Rows of many organisations: the filter that a reach becomes, and the first page of what it leaves.

``column IN (…)`` with thousands of parameters takes longer to send and plan than to answer, so a reach goes to the
database as one array. A page in some order then has two good plans, which PostgreSQL can't weigh against each other
because it doesn't know how the rows of a few organisations lie in that order: walk the order until the page is full,
good where the reach is a large part of all, or take the first rows of each organisation and merge them.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import connections
from django.db.models import BooleanField, F, Field, ForeignKey, Lookup, Model, QuerySet
from django.db.models.expressions import OrderBy, RawSQL
from django.db.models.sql.where import AND, WhereNode

if TYPE_CHECKING:
    LookupBase = Lookup[Any]
else:
    LookupBase = Lookup

M = TypeVar("M", bound=Model)
# Up to so many organisations each is asked for its first row; beyond, walking the order fills a page sooner.
MERGED_AT_MOST = 100
# With so many ids PostgreSQL takes longer to estimate how many rows they have than to read a page of these.
UNESTIMATED_FROM = 1000
_REACHED = "reached"


class IdSet(frozenset[int]):
    """A set of ids that is sent to the database again and again: its literal is written once."""

    @cached_property
    def literal(self) -> str:
        """The set as PostgreSQL reads an array: ``{1,2,3}``."""
        return f"{{{','.join(map(str, sorted(self)))}}}"


class Reached(LookupBase):
    """``column = ANY(ids)``. ``ids`` is an :class:`IdSet`; with ``outer`` the column is compared to that instead."""

    lookup_name = _REACHED
    prepare_rhs = False
    outer = ""
    is_walked = False

    def __init__(self, lhs: Any, rhs: Iterable[int]) -> None:
        super().__init__(lhs, rhs if isinstance(rhs, IdSet) else IdSet(rhs))

    @property
    def ids(self) -> IdSet:
        return cast(IdSet, self.rhs)

    def within(self, outer: str) -> "Reached":
        """Return the same lookup for one organisation at a time, that of the column ``outer``."""
        copied = self.copy()
        copied.outer = outer
        return copied

    def walked(self) -> "Reached":
        """Return the same lookup as a condition on rows that are read in another order than that of the column."""
        copied = self.copy()
        copied.is_walked = True
        return copied

    @cached_property
    def output_field(self) -> "BooleanField[bool, bool]":
        return BooleanField()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, params = self.process_lhs(compiler, connection)
        if self.outer:
            return f"{left} = {self.outer}", params
        if len(self.ids) == 1:  # as an array of one it would hide that an index over it and the order gives the order
            return f"{left} = %s", [*params, *self.ids]
        condition = f"{left} = ANY(%s::bigint[])"
        if self.is_walked or len(self.ids) >= UNESTIMATED_FROM:  # what is in a CASE is looked up, but not estimated
            condition = f"CASE WHEN {condition} THEN TRUE END"
        return condition, [*params, self.ids.literal]


def reached(column: str, ids: Iterable[int]) -> Reached:
    """Return the condition that ``column`` is one of ``ids``, for :meth:`QuerySet.filter`."""
    return Reached(F(column), ids)


def page_of(queryset: QuerySet[M], limit: int) -> list[M]:
    """Return the first ``limit`` rows of an ordered queryset, in one statement.

    Where the queryset is cut to a reach of up to a hundred organisations, it takes the ``limit`` organisations whose
    first rows come first, and the first rows of each of these, if the model has an index over organisation and order
    to answer that; without one PostgreSQL chooses. A wider reach is walked in the order. Other filters hold as they do
    in the queryset.
    """
    query = queryset.query
    found, order = _find(query.where), _read_order(queryset)
    if found is None or order is None or len(found[1].ids) <= 1 or query.distinct or query.group_by or query.is_sliced:
        return list(queryset[:limit])
    reach, chosen = found[1], queryset.all()
    if len(reach.ids) > MERGED_AT_MOST:
        _replace(chosen, reach.walked())
        return list(chosen[:limit])
    if not _is_indexed(queryset.model, reach, order):
        return list(queryset[:limit])
    try:
        compiled = _merge(queryset, reach, order, limit)
    except EmptyResultSet:  # another filter leaves nothing
        return []
    _replace(chosen, None)
    return list(chosen.filter(pk__in=RawSQL(*compiled)))


def _find(where: WhereNode) -> tuple[WhereNode, Reached] | None:
    """Return the reach among the conditions that all must hold, with the node that holds it."""
    if where.connector != AND or where.negated:
        return None
    for child in where.children:
        if isinstance(child, Reached):
            return where, child
        if isinstance(child, WhereNode) and (found := _find(child)):
            return found
    return None


def _replace(queryset: QuerySet[Any], by: Reached | None) -> None:
    """Put ``by`` into the place of the reach, or nothing, in a queryset that nobody else holds."""
    queryset.query.where = queryset.query.where.clone()
    found = _find(queryset.query.where)
    assert found is not None
    node, old = found
    children: list[Any] = node.children
    at = children.index(old)
    children[at : at + 1] = [] if by is None else [by]


def _read_order(queryset: QuerySet[Any]) -> list[tuple[str, OrderBy]] | None:
    """Return the columns of the order, None where it isn't one of plain columns."""
    columns = queryset.query.order_by or (queryset.model._meta.ordering if queryset.query.default_ordering else ())
    order: list[tuple[str, OrderBy]] = []
    for column in columns:
        if isinstance(column, OrderBy) and isinstance(column.expression, F):
            name, by = str(column.expression.name), column  # type: ignore[attr-defined]  # the stubs leave it out
        elif isinstance(column, str) and column != "?":
            name = column.removeprefix("-")
            by = OrderBy(F(name), descending=column.startswith("-"))
        else:
            return None
        if not _is_plain(queryset.model, name):
            return None
        order.append((name, by))
    return order or None


def _is_indexed(model: type[Model], reach: Reached, order: list[tuple[str, OrderBy]]) -> bool:
    """Whether an index has the column of the reach and then the order, from either end."""
    column = getattr(getattr(reach.lhs, "target", None) or reach.lhs, "name", "")
    names = [_name(model, name) for name, _by in order]
    wanted = [by.descending for _name, by in order]
    for index in model._meta.indexes:
        fields = [(_name(model, name), direction == "DESC") for name, direction in index.fields_orders]
        if not fields or fields[0][0] != _name(model, column) or [name for name, _ in fields[1:]] != names:
            continue
        if [is_down for _, is_down in fields[1:]] in (wanted, [not each for each in wanted]):
            return True
    return False


def _name(model: type[Model], name: str) -> str:
    """The field's own name: an order may say ``pk``, a reach the column of a foreign key."""
    if name == "pk":
        return str(model._meta.pk.name)
    try:
        return model._meta.get_field(name).name
    except FieldDoesNotExist:
        return name


def _is_plain(model: type[Model], name: str) -> bool:
    """Whether ``name`` orders by itself: a foreign key's own name orders by what the other model orders by."""
    if name == "pk":
        return True
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return isinstance(field, Field) and (not isinstance(field, ForeignKey) or field.attname == name)


def _merge(
    queryset: QuerySet[Any], reach: Reached, order: list[tuple[str, OrderBy]], limit: int
) -> tuple[str, tuple[Any, ...]]:
    """Return the statement that gives the primary keys of the page."""
    connection = connections[queryset.db]
    names = [f"o{number}" for number, _column in enumerate(order)]
    one = queryset.order_by(*(by for _name, by in order)).select_related(None)
    _replace(one, reach.within("reached.id"))
    one = one.values_list("pk", *(F(name) for name, _by in order))

    sql, params = one.query.get_compiler(connection=connection).as_sql()

    by = ", ".join(
        f"{name} {'DESC' if column.descending else 'ASC'}{_nulls(column)}"
        for name, (_column, column) in zip(names, order, strict=True)
    )
    columns = ", ".join(names)
    # The organisation whose first row is the third can't have more rows on the page than those that are left after two.
    statement = (
        f"SELECT page.id FROM ("
        f"SELECT reached.id, {limit} + 1 - row_number() OVER (ORDER BY {by}) AS most "
        f"FROM unnest(%s::bigint[]) AS reached(id) CROSS JOIN LATERAL ({sql} LIMIT 1) AS nearest(row, {columns}) "
        f"ORDER BY {by} LIMIT {limit}"
        f") AS reached CROSS JOIN LATERAL ({sql} LIMIT reached.most) AS page(id, {columns}) ORDER BY {by} LIMIT {limit}"
    )
    return statement, (reach.ids.literal, *params, *params)


def _nulls(column: OrderBy) -> str:
    if column.nulls_first:
        return " NULLS FIRST"
    return " NULLS LAST" if column.nulls_last else ""
