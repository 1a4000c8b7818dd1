"""A list leaves as a file: its filters, its columns, its masks; streamed row by row out of one snapshot."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor
from zhengtong.screens.columns import BoundColumn, is_encrypted
from zhengtong.screens.declaration import ModelScreens
from zhengtong.screens.sheets.formats import BLOCK, Format, Sql, joined, literal
from zhengtong.screens.sheets.shape import Shape, SheetColumn

ZONE = "Asia/Shanghai"
# Between texts in what COPY sends, and around those with newlines.
PART, QUOTE = "\x02", "\x01"
_PART, _QUOTE = PART.encode(), QUOTE.encode()
KNOWN = 10_000


@dataclass(frozen=True)
class Cell:
    """A column of a file: what the database writes (``sql``), or the ``path`` it reads and what we ``say`` of its text,
    or what a whole ``row`` says. A foreign key says what the row of ``related`` is called."""

    title: str
    sql: Sql | None = None
    path: str = ""
    say: Callable[[str], str] | None = None
    related: Any = None
    row: Callable[[Any], str] | None = None


def cells_of_list(columns: Sequence[BoundColumn], form: Format) -> list[Cell]:
    """Return the cells of a list's columns, masked as the list is."""
    return [_cell_of_column(column, form) for column in columns]


def _cell_of_column(column: BoundColumn, form: Format) -> Cell:
    title = str(column.title)
    if column.column.value is not None or column.field is None:
        return Cell(title, row=column.text)
    path = "__".join(field.name for field in column.fields)
    if column.field.related_model is not None:
        return Cell(title, path=f"{path}_id", related=column.field.related_model, row=column.text)
    if column.column.mask is None and (sql := sql_of(column.field, path, form)) is not None:
        return Cell(title, sql=sql, row=column.text)
    return Cell(title, path=path, say=_say_of(column), row=column.text)


def _say_of(column: BoundColumn) -> Callable[[str], str]:
    mask = column.column.mask
    read = _reader(column.field)

    def say(text: str) -> str:
        value = str(read(text)) if text else ""
        return mask(value) if mask and value else value

    return say


def _reader(field: Any) -> Callable[[str], Any]:
    """Return what makes a value of the database's text of it."""
    if not is_encrypted(field):
        return lambda text: field.to_python(text)
    return lambda text: field.from_db_value(bytes.fromhex(text.removeprefix("\\x")), None, connection)


def cells_of_sheet(shape: Shape, form: Format, *, is_whole: bool) -> list[Cell]:
    """Return the cells of a sheet as it is imported; personal ones masked unless ``is_whole``."""
    return [_cell_of_sheet(column, form, is_whole=is_whole) for column in shape.columns]


def _cell_of_sheet(column: SheetColumn, form: Format, *, is_whole: bool) -> Cell:
    read = _reader(column.field)

    def say(text: str) -> str:
        said = column.say(read(text)) if text else ""
        return column.mask(said) if column.mask and said and not is_whole else said

    if column.mask is None or is_whole:
        path = f"{column.name}__{column.related.name}" if column.related else column.name
        field = column.related.model._meta.get_field(column.related.name) if column.related else column.field
        words = {str(value): column.say(value) for value in column.words.values()} if column.field.choices else None
        if (sql := sql_of(field, path, form, words)) is not None:
            return Cell(column.title, sql=sql)
    return Cell(column.title, path=column.field.attname, say=say)


def sql_of(field: Any, path: str, form: Format, words: dict[str, str] | None = None) -> Sql | None:
    """Return how the database writes a column, None when it can't."""
    source = F(path)
    if is_encrypted(field) or hasattr(field, "geom_type"):
        return None
    if field.choices:
        words = words or {str(value): str(word) for value, word in field.flatchoices}
        cases = " ".join(
            f"WHEN {literal(value)} THEN {literal(form.contract(form.text(word)))}" for value, word in words.items()
        )
        return Sql(f"CASE {{0}}::text {cases} ELSE {literal(form.text(''))} END", source) if cases else None
    match field:
        case models.BooleanField():
            yes, no, empty = (literal(form.contract(form.text(word))) for word in (_("是"), _("否"), ""))
            return Sql(f"CASE WHEN {{0}} THEN {yes} WHEN NOT {{0}} THEN {no} ELSE {empty} END", source)
        case models.DateTimeField():
            written = f"to_char({{0}} AT TIME ZONE '{ZONE}', 'YYYY-MM-DD HH24:MI:SS.US')"
            return form.text_sql(Sql(f"replace({written}, '.000000', '')", source))
        case models.DateField():
            return form.date_sql(source)
        case models.IntegerField() | models.DecimalField():
            return form.number_sql(source)
        case models.CharField() | models.TextField():
            return form.text_sql(source)
        case models.UUIDField():
            return form.text_sql(Sql("{0}::text", source))
    return None


def write_rows(found: QuerySet[Any], cells: Sequence[Cell], form: Format) -> Iterator[tuple[int, bytes]]:
    """Yield blocks of rows, each with its number of rows, as COPY sends them: it writes on while we read.

    Neighbouring columns that the database writes come as one text. Only columns that are computed from a whole row
    make us build rows at all.
    """
    pieces = list(_pieces(cells, form))
    ours = _our_cells(found, pieces, form)
    if ours is None:
        yield from _write_objects(found, cells, form)
        return
    annotations = {f"_piece{n}": piece for n, piece in enumerate(pieces) if isinstance(piece, Sql)}
    names = [f"_piece{n}" if isinstance(piece, Sql) else piece.path for n, piece in enumerate(pieces)]
    sql, params = found.annotate(**annotations).values_list(*names).query.sql_with_params()
    block: list[bytes] = []
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv, DELIMITER '{PART}', QUOTE '{QUOTE}')", params) as copy,
    ):
        while data := copy.read():
            row = bytes(data)
            # It quotes a text that holds a newline; none of ours holds the sign that it quotes with.
            if _QUOTE in row:
                row = row.replace(_QUOTE, b"")
            if ours:
                written = row[:-1].split(_PART)
                for place, cell in ours:
                    written[place] = cell.write(written[place])
                row = b"".join(written) + b"\n"
            block.append(row)
            if len(block) == BLOCK:
                yield len(block), form.expand(b"".join(block))
                block = []
    if block:
        yield len(block), form.expand(b"".join(block))


def _our_cells(found: QuerySet[Any], pieces: Sequence[Sql | Cell], form: Format) -> list[tuple[int, "_Ours"]] | None:
    """Return the cells that we write, by their place, with the names of what foreign keys lead to; None when there is
    a column for which whole rows are needed, or too many names to keep."""
    ours: list[tuple[int, _Ours]] = []
    for place, piece in enumerate(pieces):
        if isinstance(piece, Sql):
            continue
        if not piece.path:
            return None
        known: dict[bytes, bytes] = {}
        if piece.related is not None:
            keys = found.order_by().values_list(piece.path)
            rows = list(piece.related._default_manager.filter(pk__in=keys)[: KNOWN + 1])
            if len(rows) > KNOWN:
                return None
            known = {str(row.pk).encode(): form.text(str(row)).encode() for row in rows}
        ours.append((place, _Ours(piece.say or str, form, known)))
    return ours


class _Ours:
    """A cell that we write: the database's text of its value becomes the file's; what comes often is kept."""

    def __init__(self, say: Callable[[str], str], form: Format, known: dict[bytes, bytes]) -> None:
        self.say, self.form, self.known = say, form, known

    def write(self, text: bytes) -> bytes:
        written = self.known.get(text)
        if written is None:
            written = self.form.text(self.say(text.decode())).encode()
            if len(self.known) < KNOWN:
                self.known[text] = written
        return written


def _pieces(cells: Sequence[Cell], form: Format) -> Iterator[Sql | Cell]:
    """Join what stands between our own cells into one expression each, with the signs between cells and rows."""
    run: list[Any] = [Sql(literal(form.opening))]
    for number, cell in enumerate(cells):
        if number and form.between:
            run.append(Sql(literal(form.between)))
        if cell.sql is not None:
            run.append(cell.sql)
            continue
        yield joined(run)
        yield cell
        run = [Sql("''")]
    run.append(Sql(literal(form.ending)))
    yield joined(run)


def _write_objects(found: QuerySet[Any], cells: Sequence[Cell], form: Format) -> Iterator[tuple[int, bytes]]:
    block: list[str] = []
    for row in found.iterator(chunk_size=BLOCK):
        texts = [form.text(cell.row(row)) if cell.row else "" for cell in cells]
        block.append(f"{form.opening}{form.between.join(texts)}{form.ending}\n")
        if len(block) == BLOCK:
            yield len(block), "".join(block).encode()
            block = []
    if block:
        yield len(block), "".join(block).encode()


@contextmanager
def one_snapshot() -> Iterator[None]:
    """See the rows as they are at the first of them, however long the file takes and whoever writes meanwhile."""
    is_own = not connection.in_atomic_block
    with transaction.atomic():
        if is_own:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def stream_file(
    *,
    actor: Actor,
    screens: ModelScreens,
    found: QuerySet[Any],
    cells: Sequence[Cell],
    form: Format,
    asked: dict[str, Any],
) -> Iterator[bytes]:
    """Yield the file's bytes. The journal says who took which list before the first byte leaves, and how many rows
    when the last one has left or the taker went away.

    ``asked`` is what the journal keeps of the request: filters, columns, whether personal values are whole.
    """
    title = str(screens.title)
    kept = {"screens": screens.key, "format": form.extension, **asked}
    record(actor, "sheets.start_export", ("sheets.export", screens.key), after=kept)
    return _streaming(actor, screens, found, cells, form, title, kept)


def _streaming(
    actor: Actor,
    screens: ModelScreens,
    found: QuerySet[Any],
    cells: Sequence[Cell],
    form: Format,
    title: str,
    kept: dict[str, Any],
) -> Iterator[bytes]:
    sent = 0

    def counted() -> Iterator[tuple[int, bytes]]:
        nonlocal sent
        for count, block in write_rows(found, cells, form):
            sent += count
            yield count, block

    is_complete = False
    try:
        with one_snapshot():
            yield from form.file(title, [cell.title for cell in cells], counted())
        is_complete = True
    finally:
        action = "sheets.finish_export" if is_complete else "sheets.break_off_export"
        record(actor, action, ("sheets.export", screens.key), after={**kept, "rows": sent})
