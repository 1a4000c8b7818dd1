"""The read interface of declared screens: ``/api/<module>/<code>/`` and ``/api/<module>/<code>/{id}``.

What it answers is what the list and the detail page show to the same person: the same scope, filters, columns, masks.
Staff and citizens are known by their session; public screens are open. It only reads: writes are the services'.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.params.functions import Path
from ninja.security import APIKeyCookie
from pydantic import BeforeValidator, Field, create_model

from zhengtong.core.identity.public import Organisation, Region
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import ANONYMOUS, Actor
from zhengtong.screens.access import actor_of, enter
from zhengtong.screens.columns import BoundColumn, bind_of, find_path, list_columns
from zhengtong.screens.declaration import PUBLIC, Fields, Filter, ModelScreens
from zhengtong.screens.filters import BoundFilter, bind_filter
from zhengtong.screens.listing import LONGEST_SEARCH, SEARCH, SORT, Listing
from zhengtong.screens.paging import LONGEST_CURSOR
from zhengtong.screens.views.details import get_row

LARGEST_PAGE: Final = 200
AFTER, LIMIT = "after", "limit"


class SignedIn(APIKeyCookie):
    """Whoever signed in to the pages. No token against forged requests: what is here only reads."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=False)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return request.user if request.user.is_authenticated else None


class Unusable(Exception):
    """The address asks for what these screens don't have. ``name`` is the parameter's, ``detail`` a sentence."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(name)
        self.name, self.detail = name, detail


# What people type: a NUL is refused at the door of the platform.
TypedText = Annotated[str, Field(pattern=r"^[^\x00]*$")]
LONGEST_WORD = 100

# Columns as a typed schema ---------------------------------------------------------------------------


def type_of(column: BoundColumn) -> Any:
    """Return the type in which a column's value is answered. Decimals are text, so that no digit is lost."""
    field = column.field
    if column.column.value is not None or column.is_personal or field is None:
        return str
    while isinstance(field.related_model, type) and field.related_model._meta.pk is not None:
        field = field.related_model._meta.pk
    match field:
        case models.BooleanField():
            return bool
        case models.IntegerField():
            return int
        case models.FloatField():
            return float
        case models.DateTimeField():
            return datetime
        case models.DateField():
            return date
        case models.UUIDField():
            return UUID
        case ArrayField():
            return list[str]
        case models.JSONField():
            return Any
    return str


def value_of(column: BoundColumn, row: Any) -> Any:
    """Return a column's value for a program: as stored, personal ones masked, computed ones in words."""
    if column.column.value is not None:
        return column.text(row)
    value = column.value(row)
    return format(value, "f") if isinstance(value, Decimal) else value


def is_answerable(column: BoundColumn) -> bool:
    """Shapes on a map have an interface of their own."""
    return not hasattr(column.field, "geom_type")


def columns_of(screens: ModelScreens, actor: Actor | None, *, is_detail: bool) -> list[BoundColumn]:
    """Return the columns that are answered to ``actor``; to None all that there are."""
    found = {column.name: column for column in list_columns(screens)}
    for panel in screens.detail if is_detail else ():
        if isinstance(panel, Fields) and (actor is None or not panel.permission or actor.has(panel.permission)):
            found |= {column.name: column for column in (bind_of(screens, name) for name in panel.names)}
    return [each for each in found.values() if is_answerable(each) and (actor is None or each.may_see(actor))]


def row_schema(screens: ModelScreens, *, is_detail: bool) -> type[Schema]:
    """Return the schema of a row. A column that its reader may not see isn't in the answer at all."""
    key_type = _key_type(screens)
    fields: dict[str, Any] = {"id": (key_type, Field(description="编号，用来取这一条"))}
    for column in columns_of(screens, None, is_detail=is_detail):
        title = str(column.title) + (f"（{column.column.unit}）" if column.column.unit else "")
        fields[column.name] = (type_of(column) | None, Field(None, description=_describe(column, title)))
    return create_model(f"{_camel(screens)}{'Detail' if is_detail else 'Row'}", __base__=Schema, **fields)


def _describe(column: BoundColumn, title: str) -> str:
    said = [title]
    if column.is_personal:
        said.append("已遮盖")
    field = column.field
    if field is not None and field.choices and column.column.value is None:
        said.append("，".join(f"{value} {words}" for value, words in field.flatchoices))
    if column.column.permission:
        said.append("没有权限的不返回")
    return "；".join(said)


def page_schema(screens: ModelScreens, row: type[Schema]) -> type[Schema]:
    fields: dict[str, Any] = {
        "rows": (list[row], ...),  # type: ignore[valid-type]  # made a line before
        "next": (str | None, Field(description="下一页的 after；null 是最后一页")),
        "total": (int, Field(description="符合条件的条数，最多数到 1000")),
        "is_capped": (bool, Field(description="true 时实际条数比 total 多")),
        "problems": (list[str], Field(description="条件没有意义（例如没有这个地方）时的说明，这时没有数据")),
    }
    return create_model(f"{_camel(screens)}Page", __base__=Schema, **fields)


def asked_schema(screens: ModelScreens) -> type[Schema]:
    """Return the parameters of the list: those of its page."""
    fields: dict[str, Any] = {}
    titles: dict[str, Any] = {column.name: column.title for column in list_columns(screens)}
    for declared in screens.filters:
        bound = bind_filter(screens, _without_counting(screens, declared), ANONYMOUS, titles)
        for param in bound.params:
            fields[param] = _ask(bound)
    if screens.search:
        fields[SEARCH] = (TypedText, Field("", max_length=LONGEST_SEARCH, description="按开头查找"))
    names = dict.fromkeys((*screens.sorts, screens.order[0].removeprefix("-")))
    sorts = tuple(f"{turn}{name}" for name in names for turn in ("", "-"))
    fields[SORT] = (Literal[("", *sorts)], Field("", description="按哪一列排，前面加 - 是倒序"))
    cursor = Field("", max_length=LONGEST_CURSOR, pattern=r"^[A-Za-z0-9_-]*$", description="上一页的 next")
    fields[AFTER] = (str, cursor)
    fields[LIMIT] = (int, Field(50, ge=1, le=LARGEST_PAGE, description="一页的条数"))
    return create_model(f"{_camel(screens)}Asked", __base__=Schema, **fields)


def _without_counting(screens: ModelScreens, declared: str | Filter) -> Filter:
    """Whether a foreign key is asked as a choice depends on how many rows there are; a description asks no database."""
    filter_ = Filter(declared) if isinstance(declared, str) else declared
    target = find_path(screens.model, filter_.field)[-1]
    is_row = target.related_model is not None and not filter_.kind and filter_.choices is None
    is_tree = isinstance(target.related_model, type) and issubclass(target.related_model, Region | Organisation)
    return replace(filter_, kind="row") if is_row and not is_tree else filter_


def _ask(bound: BoundFilter) -> tuple[Any, Any]:
    title = bound.title
    match bound.kind:
        case "choice" if bound.target.choices and bound.declared.choices is None:
            values = tuple(value for value, _words in bound.choices)
            return list[Literal[values]], Field([], description=title)  # type: ignore[valid-type]  # the field's choices
        case "choice":
            value = Annotated[TypedText, Field(max_length=LONGEST_WORD)]
            return list[value], Field([], max_length=20, description=title)
        case "flag":
            return Literal["", "0", "1"], Field("", description=f"{title}：1 是，0 否")
        case "dates":
            return Annotated[date, BeforeValidator(_day)], Field(None, description=f"{title}，从、到（含）")
        case "digest":
            return TypedText, Field("", max_length=60, description=f"{title}，完整号码")
    return TypedText, Field("", max_length=LONGEST_WORD, description=title)


def _day(value: Any) -> Any:
    # Only as 2026-11-21: pydantic would take seconds since 1970, too.
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("not a date")
    return value


def _camel(screens: ModelScreens) -> str:
    return "".join(word.capitalize() for word in re.split(r"[^A-Za-z0-9]+", screens.key))


def _key_type(screens: ModelScreens) -> Any:
    match find_path(screens.model, screens.lookup)[-1]:
        case models.AutoField() | models.IntegerField():
            return int
        case models.UUIDField():
            return UUID
    return str


# Answers ---------------------------------------------------------------------------------------------


def _answer_row(screens: ModelScreens, columns: list[BoundColumn], row: Any) -> dict[str, Any]:
    return {"id": getattr(row, screens.lookup), **{column.name: value_of(column, row) for column in columns}}


def _answer_page(screens: ModelScreens, request: HttpRequest, size: int) -> dict[str, Any]:
    """Return a page. Raises Unusable for a parameter or an order that isn't there for this reader."""
    actor = actor_of(request)
    enter(screens, actor)
    listing = Listing(screens, actor, request.GET, further=(LIMIT,))
    _refuse_unknown(listing)
    listing.columns = columns_of(screens, actor, is_detail=False)
    if listing.problems:
        return {"rows": [], "next": None, "total": 0, "is_capped": False, "problems": listing.problems}
    page = listing.page(size)
    if request.GET.get(AFTER) and not page.previous:
        # An empty page, too, is after the last row only when its place was one.
        said = [_("after 不是上一页的 next")] if page.rows else []
        return {"rows": [], "next": None, "total": page.total, "is_capped": page.capped, "problems": said}
    return {
        "rows": [_answer_row(screens, listing.columns, row) for row in page.rows],
        "next": page.next or None,
        "total": page.total,
        "is_capped": page.capped,
        "problems": [],
    }


def _refuse_unknown(listing: Listing) -> None:
    known = {param for bound in listing.filters for param in bound.params} | {SORT, AFTER, LIMIT}
    known |= {SEARCH} if listing.screens.search else set()
    for name in listing.query:
        if name not in known:
            raise Unusable(name, _("没有 %(name)s 这个参数。") % {"name": name[:60]})
    if listing.query.get(SORT) and not listing.sort:
        raise Unusable(SORT, _("不能按 %(name)s 排序。") % {"name": listing.query[SORT][:60]})


def _list_view(screens: ModelScreens) -> Callable[..., Any]:
    def list_rows(request: HttpRequest, response: HttpResponse, asked: Any) -> dict[str, Any]:
        _keep_private(screens, response)
        return _answer_page(screens, request, asked.limit)

    list_rows.__annotations__["asked"] = Query[asked_schema(screens)]  # type: ignore[misc]  # made from the declaration
    return list_rows


def _detail_view(screens: ModelScreens) -> Callable[..., Any]:
    def get_one(request: HttpRequest, response: HttpResponse, id: Any) -> dict[str, Any]:
        actor = actor_of(request)
        enter(screens, actor)
        _keep_private(screens, response)
        row = get_row(screens, actor, id)
        return _answer_row(screens, columns_of(screens, actor, is_detail=True), row)

    kind = _key_type(screens)
    get_one.__annotations__["id"] = Annotated[kind, Path(description="编号", max_length=200 if kind is str else None)]
    return get_one


def _keep_private(screens: ModelScreens, response: HttpResponse) -> None:
    if screens.audience != PUBLIC:
        add_never_cache_headers(response)


def list_served() -> Iterator[ModelScreens]:
    """Yield the declarations that have an interface."""
    return (screens for screens in registry.of(ModelScreens) if screens.api)


def make_router() -> Router:
    """Return the operations of every declaration; descriptions are Chinese, as those of the whole interface are."""
    made = Router()
    with translation.override("zh-hans"):
        for screens in list_served():
            _add(made, screens)
    return made


def _add(router: Router, screens: ModelScreens) -> None:
    row, detail = row_schema(screens, is_detail=False), row_schema(screens, is_detail=True)
    address, name = f"/{screens.module}/{screens.code}/", re.sub(r"[^a-z0-9]+", "_", screens.key.lower())
    common: dict[str, Any] = {
        "tags": [screens.module],
        "auth": None if screens.audience == PUBLIC else SignedIn(),
        "exclude_unset": True,
    }
    router.add_api_operation(
        address,
        ["GET"],
        _list_view(screens),
        response=page_schema(screens, row),
        operation_id=f"list_{name}",
        summary=str(screens.title),
        description=str(screens.help) or None,
        **common,
    )
    router.add_api_operation(
        address + "{id}",
        ["GET"],
        _detail_view(screens),
        response=detail,
        operation_id=f"get_{name}",
        summary=_("%(title)s：一条") % {"title": screens.title},
        **common,
    )


router = make_router()
