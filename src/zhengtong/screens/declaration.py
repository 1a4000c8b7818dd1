"""Screens from a declaration: what a module says of one model, from which its pages, files and interface follow.

One class a model, an instance of it in the manifest. What it leaves out isn't there: no ``create``, no form; no
``sheet``, no import. A write always goes through a service, which authorises and records it; row scope follows from
the model's :class:`~zhengtong.core.identity.public.Protected`, so it is said once for screens and services alike.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.db.models import Model, QuerySet

from zhengtong.core.audit.public import NamesActs
from zhengtong.kernel.modules import Text
from zhengtong.kernel.policy import Actor

STAFF, CITIZEN, PUBLIC = "staff", "citizen", "public"
AUDIENCES = (STAFF, CITIZEN, PUBLIC)

Mask = Callable[[str], str]


@dataclass(frozen=True)
class Column:
    """A column of lists, details and exports.

    ``name`` is a field or a path over foreign keys (``region__name``), or with ``value`` any name: ``value(row)``
    then gives what is shown. Lists leave encrypted, long and JSON fields unread unless a column shows them:
    ``needs`` names those that ``value`` reads, ``related`` the foreign keys to select with it.
    A personal field has a ``mask``; the full text is shown only after a purpose was stated (``reveal``). Without
    ``permission`` (a code) the column isn't shown, filtered, exported or served to that actor at all.
    ``unit`` follows a number (元 makes it money); ``tone(row)`` makes the value a chip, ``link(row)`` leads somewhere.
    ``css`` are words of the table component: ``main`` (names the row), ``number``, ``nowrap``, ``wrap``.
    ``is_shown`` False: offered in the choice of columns, not shown at first.
    """

    name: str
    title: Text = ""
    mask: Mask | None = None
    value: Callable[[Any], Any] | None = None
    needs: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    unit: Text = ""
    permission: str = ""
    is_shown: bool = True
    css: str = ""
    tone: Callable[[Any], str] | None = None
    link: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class Filter:
    """A filter over ``field``; how it is asked follows from the field's type unless ``kind`` says otherwise.

    Kinds: ``choice`` (choices or a short foreign key), ``flag`` (yes/no), ``dates`` (from–until), ``region`` and
    ``organisation`` (a tree: the place and all below it), ``row`` (a long foreign key, chosen by its beginning),
    ``exact`` (a whole code or number), ``digest`` (a personal number, found by its keyed digest in ``digest_field``;
    ``read`` turns what was typed into the text that the digest is of, and may refuse it with a ``message``).
    Filters of a column that the actor may not see are refused.
    """

    field: str
    title: Text = ""
    kind: str = ""
    digest_field: str = ""
    read: Callable[[str], str] | None = None
    choices: Callable[[Actor], Sequence[tuple[str, str]]] | None = None


@dataclass(frozen=True)
class Choice:
    """A parameter that is a row of another model, chosen like the foreign key ``field`` of the model ``of``.

    The rows offered are those that a list of their model would show to the same actor.
    """

    of: type[Model]
    field: str
    title: Text
    help: Text = ""

    @property
    def target(self) -> Any:
        return self.of._meta.get_field(self.field)


@dataclass(frozen=True)
class Act:
    """A write: a button, its form, and the service that does it.

    ``service`` is keyword-only and takes ``actor``; for an act on a row also that row, under the name ``row`` says
    (by default the one parameter annotated with the model). The form is made from the service's other parameters
    and the model's fields of the same names; ``asks`` gives a form field or a :class:`Choice` for each parameter that
    the model doesn't have, ``form`` the whole form (its ``__init__`` may take ``actor`` and ``row``). The service's own
    exceptions with ``message`` and ``field`` (``Refused``, ``InvalidIdentifier``) are shown beside the field.
    ``permission`` decides whether the button is there, ``when`` for which rows; the service itself decides again.
    ``is_bulk``: also offered for selected rows, each row its own service call, what failed named with its reason.
    ``assurance``: before it is done the person may have to prove anew who she is (an ``AssuredAct`` of the kernel's).
    """

    service: Callable[..., Any]
    permission: str
    title: Text = ""
    form: type[forms.Form] | None = None
    asks: Mapping[str, forms.Field | Choice] = field(default_factory=dict, hash=False)
    row: str = ""
    initial: Callable[[Any], Mapping[str, Any]] | None = None
    when: Callable[[Any], bool] | None = None
    confirm: Text = ""
    help: Text = ""
    done: Text = ""
    is_bulk: bool = False
    is_dangerous: bool = False
    icon: str = ""
    assurance: str = ""

    @property
    def code(self) -> str:
        """The last part of its address: ``suspend_well`` → ``suspend-well``."""
        return self.service.__name__.replace("_", "-")


# Parts of a detail page, in their order ------------------------------------------------------------------


@dataclass(frozen=True)
class Panel:
    """A part of a detail page. ``permission``: shown only to those who have it."""

    title: Text = ""
    permission: str = ""


@dataclass(frozen=True)
class Fields(Panel):
    """Columns as a summary list: names or :class:`Column`."""

    names: tuple[str | Column, ...] = ()


@dataclass(frozen=True)
class Related(Panel):
    """Rows that belong to this one: ``rows(actor, row)`` gives a queryset, shown as a short table with a capped
    count; ``url`` leads from one of them to its page, ``more`` from the row to the whole list."""

    rows: Callable[[Actor, Any], QuerySet[Any]] | None = None
    columns: tuple[str | Column, ...] = ()
    url: Callable[[Any], str] | None = None
    more: Callable[[Any], str] | None = None
    limit: int = 20


@dataclass(frozen=True)
class History(Panel):
    """What the journal says of this row: who, when, what, before and after (personal values masked)."""


@dataclass(frozen=True)
class Part(Panel):
    """A template of the module's own: ``context(actor, row)`` gives what it reads."""

    template: str = ""
    context: Callable[[Actor, Any], Mapping[str, Any]] | None = None


# Sheets, maps, statistics --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """The spreadsheet form of the model: exported as it is imported.

    ``key`` is the column that names a row across files. ``columns`` are model field names in the sheet's order.
    ``parse`` turns one row of texts, by field name, into field values and raises ValueError or an exception with
    ``message`` and ``field`` for what it refuses; by default each text is read by the model field's type and its
    validators. ``apply`` writes checked rows in one transaction: ``apply(actor=…, rows=[{…}], run=…)``; by default
    a bulk upsert over the key whose effects are journalled row by row in the run. ``permission`` is who may import.
    ``related`` maps a foreign key to the field of the other model that the sheet holds (``region`` → ``code``).
    """

    key: str
    columns: tuple[str, ...]
    permission: str
    parse: Callable[[Mapping[str, str]], Mapping[str, Any]] | None = None
    apply: Callable[..., Any] | None = None
    related: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MapLayer:
    """Points or shapes of ``location``, coloured by the choices of ``colour``, named by ``label``."""

    location: str
    colour: str = ""
    label: str = ""


@dataclass(frozen=True)
class Count:
    """How many rows ``by`` a choice, a foreign key or a date (then per ``period``: ``month`` or ``year``)."""

    by: str
    title: Text = ""
    period: str = ""


@dataclass(frozen=True)
class Sum(Count):
    """The sum of ``of`` by the same."""

    of: str = ""
    unit: Text = ""


# The declaration -----------------------------------------------------------------------------------------


class ModelScreens(NamesActs):
    """Everything that is shown of one model to one audience. Subclass it and put an instance into the manifest.

    ``code`` is the last part of the address (``/desk/<module>/<code>/``, ``/my/…``, ``/open/…``) and with the
    module's code the key. ``permission`` is what seeing takes (staff and citizens; public screens have none).
    ``search`` are fields that the list's search box finds by their beginning (each needs an index). ``order`` ends
    with a unique column; ``sorts`` are further columns to sort by, each with an index of its own, unless the table is
    ``small`` (some hundreds of rows, for good).
    ``subject`` names the field that holds the keyed digest of the person whose data a row is: looks at it are then
    found by that person under 谁看过我的信息. ``reveal`` is the permission that unmasking takes ("" – nobody).
    ``rows`` narrows or enriches the queryset before everything else (``actor`` is given; scope follows after it).
    """

    model: ClassVar[type[Model]]
    module: ClassVar[str]
    code: ClassVar[str]
    title: ClassVar[Text]
    audience: ClassVar[str]
    permission: ClassVar[str] = ""
    icon: ClassVar[str] = "list"
    menu: ClassVar[bool] = True
    menu_order: ClassVar[int] = 100
    help: ClassVar[Text] = ""
    empty: ClassVar[Text] = ""

    columns: ClassVar[tuple[str | Column, ...]]
    filters: ClassVar[tuple[str | Filter, ...]] = ()
    search: ClassVar[tuple[str, ...]] = ()
    order: ClassVar[tuple[str, ...]] = ("-pk",)
    sorts: ClassVar[tuple[str, ...]] = ()
    small: ClassVar[bool] = False
    lookup: ClassVar[str] = "pk"
    name: ClassVar[str] = ""
    subject: ClassVar[str] = ""
    reveal: ClassVar[str] = ""

    create: ClassVar[Act | None] = None
    amend: ClassVar[Act | None] = None
    actions: ClassVar[tuple[Act, ...]] = ()
    detail: ClassVar[tuple[Panel, ...]] = ()
    sheet: ClassVar[Sheet | None] = None
    map: ClassVar[MapLayer | None] = None
    stats: ClassVar[tuple[Count, ...]] = ()
    exports: ClassVar[bool] = True
    api: ClassVar[bool] = True

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return self.model._default_manager.all()

    def tone(self, row: Any) -> str:
        """The row's colour in lists: "", ``danger``, ``warning``, ``muted``."""
        return ""

    @property
    def key(self) -> str:
        return f"{self.module}.{self.code}"

    @property
    def act_titles(self) -> Mapping[str, Text]:
        """What the journal calls the acts: as their buttons do, where a service records itself by its own name."""
        acts = [act for act in (self.create, self.amend, *self.actions) if act is not None and act.title]
        return {f"{self.module}.{act.service.__name__}": act.title for act in acts}

    @property
    def row_names(self) -> Mapping[str, str]:
        """What the journal calls a row, unless it is personal."""
        masked = {each.name for each in self.columns if isinstance(each, Column) and each.mask is not None}
        is_named = bool(self.name) and self.name not in masked and not self.subject
        return {self.model._meta.label_lower: self.name} if is_named else {}
