"""An entry out of a source: its table's columns become items, what names suggest are proposals, the mount comes too."""

from dataclasses import replace

from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.domain import FieldText, VersionText, make_item_code
from zhengtong.capabilities.catalogue.guesses import guess, name_of
from zhengtong.capabilities.catalogue.models import ResourceVersion
from zhengtong.capabilities.catalogue.services.compiling import EMPTY, make_entry, require_office
from zhengtong.capabilities.catalogue.services.mounting import keep_mount, list_usable_sources
from zhengtong.capabilities.catalogue.services.settling import MOST_FIELDS
from zhengtong.capabilities.sources.public import Column, Source, SourceError, Table, open_source
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step

_FORMATS = {
    "postgresql": "数据库表（PostgreSQL）",
    "mariadb": "数据库表（MySQL）",
    "folder": "文件",
    "sftp": "文件",
    "http": "接口（JSON）",
}


def get_usable_source(actor: Actor, source_id: int) -> Source | None:
    return list_usable_sources(actor).filter(pk=source_id).first()


def list_places(source: Source) -> list[str]:
    """Ask a source for its tables or files. Raises Refused saying what is wrong when it doesn't answer."""
    try:
        with open_source(source) as connection:
            return connection.list_tables()
    except SourceError as error:
        raise Refused(error.code, _unanswered(source, error)) from error


def read_place(source: Source, place: str) -> Table:
    """Ask a source for the columns of a table. Raises Refused when it doesn't answer or has no such table."""
    try:
        with open_source(source) as connection:
            return connection.read_table(place)
    except SourceError as error:
        raise Refused(error.code, _unanswered(source, error)) from error


def _unanswered(source: Source, error: SourceError) -> str:
    return _("数据源“%(name)s”没有读出来：%(why)s") % {"name": source.name, "why": error.message}


def propose_fields(table: Table) -> tuple[FieldText, ...]:
    """Return the items that a table's columns make. What was guessed from a name waits to be confirmed."""
    items: list[FieldText] = []
    for position, column in enumerate(table.columns, 1):
        items.append(_propose(column, position, [each.code for each in items]))
    return tuple(items)


def _propose(column: Column, position: int, taken: list[str]) -> FieldText:
    found = guess(column.name, column.comment)
    return FieldText(
        code=make_item_code(column.name, taken, position),
        name=name_of(column.name, column.comment),
        column=column.name,
        kind=str(column.kind),
        length=column.length,
        precision=column.precision,
        scale=column.scale if column.precision is not None else None,
        has_zone=column.has_zone,
        grade=found.grade,
        personal=found.personal,
        is_key=column.is_key,
        is_nullable=column.is_nullable and not column.is_key,
        mask=found.mask,
        is_proposed=not found.is_plain,
    )


def propose_text(source: Source, table: Table, classification: str) -> VersionText:
    fields = propose_fields(table)
    if len(fields) > MOST_FIELDS:
        raise Refused(
            "too-many-fields",
            _("这个表有%(n)s列，最多能编%(most)s个信息项。") % {"n": len(fields), "most": MOST_FIELDS},
        )
    return replace(
        EMPTY,
        name=name_of(table.name, table.comment),
        abstract=table.comment[:5000],
        classification=classification,
        data_format=_FORMATS.get(source.kind, ""),
        fields=fields,
    )


@step()
def start_from_place(
    *, actor: Actor, source: Source, table: Table, classification: str, name: str = ""
) -> ResourceVersion:
    """Begin an entry from a table that was read (:func:`read_place`), mounted there. Raises Refused and Denied."""
    usable = get_usable_source(actor, source.pk)
    if usable is None:
        raise Refused("source", _("这个数据源不属于您编制的单位，或者已经停用。"))
    require_office(actor, usable.organisation)
    text = propose_text(usable, table, classification)
    if name.strip():
        text = replace(text, name=name.strip())
    version = make_entry(actor, usable.organisation, text)
    keep_mount(version.resource, usable, table.name)
    record(
        actor,
        "catalogue.start_entry",
        version,
        after={
            "code": version.resource.code,
            "name": text.name,
            "source": usable.code,
            "place": table.name,
            "fields": len(text.fields),
        },
    )
    return version
