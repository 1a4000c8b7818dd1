"""System checks over declared screens: what can't work, would leak or would be slow is said at start."""

import inspect
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Permission, registry
from zhengtong.screens.columns import BoundColumn, Field, bind, bind_of, find_path, is_encrypted
from zhengtong.screens.declaration import AUDIENCES, CITIZEN, PUBLIC, Act, Column, Fields, Filter, ModelScreens
from zhengtong.screens.filters import KINDS
from zhengtong.screens.listing import RESERVED
from zhengtong.screens.writing import COMMON, find_field, read_signature

Fault = tuple[str, str]


@register()
def screens_can_work(**kwargs: Any) -> list[CheckMessage]:
    known = list(registry.of(ModelScreens))
    counted = Counter(screens.key for screens in known)
    found: list[CheckMessage] = [
        Error(f"screens {key!r} are declared {n} times", id="screens.E001") for key, n in counted.items() if n > 1
    ]
    for module in registry.modules.values():
        strays = [each for each in module.declares if isinstance(each, ModelScreens) and each.module != module.code]
        found += [Error(f"screens {each.key!r} are declared by {module.code!r}", id="screens.E003") for each in strays]
    for screens in known:
        for code, text in list_faults(screens):
            kind = Warning if code.startswith("W") else Error
            found.append(kind(f"screens {screens.key!r}: {text}", id=f"screens.{code}"))
    return found


def list_faults(screens: ModelScreens) -> Iterator[Fault]:
    """Yield what is wrong with one declaration, as code and sentence."""
    if getattr(screens, "audience", "") not in AUDIENCES:
        yield "E002", "no audience: say STAFF, CITIZEN or PUBLIC"
        return
    faulty = list(_paths(screens))
    yield from faulty
    if faulty:
        return
    yield from _protection(screens)
    yield from _columns(screens)
    yield from _order(screens)
    yield from _filters(screens)
    yield from _permissions(screens)
    for act in list_acts(screens):
        yield from _act(screens, act)


def list_acts(screens: ModelScreens) -> list[Act]:
    return [act for act in (screens.create, screens.amend, *screens.actions) if act is not None]


def list_all_columns(screens: ModelScreens) -> list[BoundColumn]:
    """Return the columns of the list and of the detail page."""
    named = [name for panel in screens.detail if isinstance(panel, Fields) for name in panel.names]
    return [bind(screens.model, column) for column in screens.columns] + [bind_of(screens, name) for name in named]


def _paths(screens: ModelScreens) -> Iterator[Fault]:
    """What names no column of the model."""
    named: list[tuple[str, str | Column]] = [("columns", column) for column in screens.columns]
    for panel in screens.detail:
        named += [("detail", name) for name in (panel.names if isinstance(panel, Fields) else ())]
    named += [("filters", each.field if isinstance(each, Filter) else each) for each in screens.filters]
    named += [(where, name) for where in ("search", "sorts") for name in getattr(screens, where)]
    named += [("order", name.removeprefix("-")) for name in screens.order]
    named += [("lookup", screens.lookup)]
    named += [(where, getattr(screens, where)) for where in ("name", "subject") if getattr(screens, where)]
    for where, name in named:
        try:
            bind(screens.model, name)
        except FieldDoesNotExist:
            yield "E004", f"{where} names {name if isinstance(name, str) else name.name!r}, which is no column"


def _protection(screens: ModelScreens) -> Iterator[Fault]:
    if screens.audience == PUBLIC:
        if list_acts(screens) or screens.sheet or screens.reveal:
            yield "E005", "public screens only show"
        return
    if not any(rule.model is screens.model for rule in registry.of(Protected)):
        yield "E006", f"{screens.model.__name__} has no Protected: nobody knows whose rows these are"
    if not screens.permission:
        yield "E007", "no permission: everybody of the audience would get in"


def _columns(screens: ModelScreens) -> Iterator[Fault]:
    for column in list_all_columns(screens):
        if column.field is not None and is_encrypted(column.field) and not column.is_personal:
            yield "E008", f"{column.name} is encrypted and has no mask"
    counted = Counter(column.name for column in (bind(screens.model, each) for each in screens.columns))
    for name, n in counted.items():
        if n > 1:
            yield "E009", f"column {name} stands there {n} times"
    if not find_path(screens.model, screens.lookup)[-1].unique:
        yield "E010", f"lookup {screens.lookup} isn't unique"


def _stored(model: type[models.Model]) -> Any:
    """What is said of the table itself: a proxy has none of its own."""
    return (model._meta.concrete_model or model)._meta


def is_indexed(model: type[models.Model], name: str, *, by_beginning: bool = False) -> bool:
    """Return whether an index begins with the column; ``by_beginning``: one that LIKE 'x%' can use."""
    field = model._meta.get_field(name)
    if getattr(field, "unique", False) or getattr(field, "db_index", False):
        return True
    for index in _stored(model).indexes:
        first = next(iter(index.fields_orders), ("", ""))[0] if index.fields else ""
        if first == name and (not by_beginning or any("pattern_ops" in each for each in index.opclasses)):
            return True
    if by_beginning:
        return False
    constraints = (each for each in _stored(model).constraints if isinstance(each, models.UniqueConstraint))
    return any(each.fields[:1] == (name,) and each.condition is None for each in constraints)


def _carries(model: type[models.Model], field: Field, tie: str) -> bool:
    """Return whether an index orders the rows wholly: by a unique column, or by the column and the one that ends it."""
    if field.unique:
        return True
    orders = ([name for name, _direction in index.fields_orders] for index in _stored(model).indexes)
    unique = (list(each.fields) for each in _stored(model).constraints if isinstance(each, models.UniqueConstraint))
    return any(names[:2] == [field.name, tie] for names in (*orders, *unique))


def _order(screens: ModelScreens) -> Iterator[Fault]:
    model = screens.model
    if not find_path(model, screens.order[-1].removeprefix("-"))[-1].unique:
        yield "E011", f"order ends with {screens.order[-1]}, which isn't unique: pages would lose rows"
    tie = str(model._meta.pk.name)
    for name in dict.fromkeys((screens.order[0].removeprefix("-"), *screens.sorts)):
        fields = find_path(model, name)
        if not screens.small and (len(fields) > 1 or not is_indexed(model, fields[0].name)):
            yield "E012", f"{name} is sorted by and has no index of its own"
        elif not screens.small and not _carries(model, fields[0], tie):
            yield "W012", f"{name} is sorted by: an index over ({name}, {tie}) saves sorting rows that share a value"
        if any(column.name == name and column.is_personal for column in list_all_columns(screens)):
            yield "E013", f"{name} is masked, and its order would tell what it hides"
    for name in screens.search:
        fields = find_path(model, name)
        if is_encrypted(fields[-1]):
            yield "E014", f"search can't read {name}: it is encrypted"
        elif not screens.small and (len(fields) > 1 or not is_indexed(model, fields[0].name, by_beginning=True)):
            yield "E012", f"{name} is searched by its beginning and has no index for that"


def _filters(screens: ModelScreens) -> Iterator[Fault]:
    masked = {column.name for column in list_all_columns(screens) if column.is_personal}
    for each in screens.filters:
        declared = Filter(each) if isinstance(each, str) else each
        target = find_path(screens.model, declared.field)[-1]
        if declared.kind and declared.kind not in KINDS:
            yield "E015", f"filter {declared.field} is of no known kind: {declared.kind!r}"
        if declared.field in RESERVED:
            yield "E015", f"filter {declared.field} has the name of a list's own parameter"
        if (is_encrypted(target) or declared.field in masked) and not declared.digest_field:
            yield "E016", f"{declared.field} is personal: its filter takes a whole number and its digest"
        if declared.digest_field:
            try:
                find_path(screens.model, declared.digest_field)
            except FieldDoesNotExist:
                yield "E004", f"digest_field names {declared.digest_field!r}, which is no column"


def _permissions(screens: ModelScreens) -> Iterator[Fault]:
    if screens.audience == CITIZEN:
        rules = (rule for rule in registry.of(Protected) if rule.model is screens.model)
        known = {code for rule in rules for code in rule.owner_actions}
    else:
        known = {permission.code for permission in registry.of(Permission)}
    for code in dict.fromkeys(_codes(screens)):
        if code and code not in known:
            yield "E017", f"unknown permission {code!r}"


def _codes(screens: ModelScreens) -> Iterable[str]:
    yield from (screens.permission, screens.reveal)
    yield from (column.column.permission for column in list_all_columns(screens))
    yield from (panel.permission for panel in screens.detail)
    yield from (act.permission for act in list_acts(screens))
    if screens.sheet:
        yield screens.sheet.permission


def _act(screens: ModelScreens, act: Act) -> Iterator[Fault]:
    try:
        signature = read_signature(screens, act)
    except TypeError as error:
        yield "E018", str(error)
        return
    if not act.permission:
        yield "E017", f"{act.code} has no permission"
    if act.form is None:
        for name in signature.asked:
            if name not in COMMON and name not in act.asks and find_field(screens.model, name) is None:
                yield "E018", f"{act.code} asks for {name}, which is no field of the model: say in asks how"
    else:
        parameters = inspect.signature(act.service).parameters
        takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
        for name in () if takes_any else act.form.base_fields:
            if name not in parameters:
                yield "E018", f"{act.code}: its form has {name}, which the service doesn't take"
    if list(list_acts(screens)).count(act) > 1 or sum(each.code == act.code for each in screens.actions) > 1:
        yield "E009", f"{act.code} stands there more than once"
