"""The SQL of an import: rows are staged by COPY, compared with the model's table in one pass, merged in another.

Ids, keys and row images are compared in the database, so that neither memory nor round trips grow with the file.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import connection, models
from django.db.models import NOT_PROVIDED, QuerySet
from django.utils import timezone

from zhengtong.screens.columns import is_encrypted
from zhengtong.screens.sheets.models import SheetRow
from zhengtong.screens.sheets.shape import Field, Shape

# How COPY is told null; no text may hold control characters.
NULL = "\x01"
FETCHED = 2000
RAW = "pg_temp.sheets_raw"


def quote(name: str | None) -> str:
    return connection.ops.quote_name(str(name))


def copy_rows(into: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """COPY rows of plain values; None is null, "" is empty."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([[NULL if v is None else v for v in row] for row in rows])
    names = ", ".join(columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {into} ({names}) FROM STDIN (FORMAT csv, NULL '{NULL}')") as copy,
    ):
        copy.write(buffer.getvalue())


class Target:
    """The model's table and the fields that one file's rows give, known from the first row's values."""

    def __init__(self, shape: Shape, names: Sequence[str], stage: str) -> None:
        self.shape, self.names, self.stage = shape, list(names), quote(stage)
        meta = shape.model._meta
        self.table, self.pk = quote(meta.db_table), quote(meta.pk.column)
        self.fields = [self._field(name) for name in names]
        if shape.key not in self.fields:
            raise ImproperlyConfigured(f"{shape.screens.key}: parse doesn't give the key {shape.key.name}")
        self.columns = [quote(field.column) for field in self.fields]
        self.key = quote(shape.key.column)
        self.sealed = [field for field in self.fields if is_encrypted(field)]
        self._find_defaults()

    def _field(self, name: str) -> Field:
        by_column = {field.attname: field for field in self.shape.model._meta.concrete_fields}
        try:
            field = by_column.get(name) or self.shape.model._meta.get_field(name)
        except FieldDoesNotExist:
            raise ImproperlyConfigured(f"{self.shape.screens.key}: parse gives {name}, which is no field") from None
        assert isinstance(field, models.Field)
        return field

    def _find_defaults(self) -> None:
        """What new rows have beside the sheet's columns: made for each row, the same for all, or the moment."""
        self.made: list[Field] = []
        self.constants: dict[str, Any] = {}
        self.moments: list[str] = []
        self.touched: list[str] = []
        for field in self.shape.model._meta.concrete_fields:
            if field in self.fields or field.primary_key or field.generated or field.db_default is not NOT_PROVIDED:
                continue
            column = quote(field.column)
            if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
                self.moments.append(column)
                self.touched += [column] if getattr(field, "auto_now", False) else []
            elif field.has_default() and callable(field.default):
                self.made.append(field)
            elif field.has_default() or not field.null:
                value = field.get_default()
                if value is None:
                    raise ImproperlyConfigured(f"{self.shape.screens.key}: its sheet doesn't give {field.name}")
                self.constants[column] = field.get_db_prep_save(value, connection)

    # Staging --------------------------------------------------------------------------------------------

    @property
    def staged(self) -> list[str]:
        return [*self.columns, *(quote(field.column) for field in self.made)]

    def open_raw(self) -> None:
        """Make the transaction's own table for rows as they were read."""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {RAW}")
            cursor.execute(
                f"CREATE TEMPORARY TABLE sheets_raw ON COMMIT DROP AS "
                f"SELECT 0 AS _line, {', '.join(self.staged)} FROM {self.table} WITH NO DATA"
            )

    def add(self, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
        """Stage rows: their line and their values. What is sealed and the same stays sealed as it is."""
        stored = self._stored_seals([values[self.names[self.fields.index(self.shape.key)]] for _l, values in rows])
        plans = [(name, self._encoder(field)) for name, field in zip(self.names, self.fields, strict=True)]
        staged: list[list[Any]] = []
        for line, values in rows:
            row: list[Any] = [line]
            row += [encode(values[name]) if encode else values[name] for name, encode in plans]
            row += [str(field.get_default()) for field in self.made]
            staged.append(row)
        if stored:
            self._keep_seals(rows, staged, stored)
        copy_rows(RAW, ["_line", *self.staged], staged)

    @staticmethod
    def _encoder(field: Field) -> Any:
        if isinstance(field, models.CharField | models.IntegerField | models.DecimalField | models.DateField) or (
            isinstance(field, models.BooleanField | models.TextField | models.ForeignKey) and not is_encrypted(field)
        ):
            return None

        def encode(value: Any) -> Any:
            written = field.get_db_prep_save(value, connection)
            if isinstance(written, bytes | memoryview):
                return "\\x" + bytes(written).hex()
            return written

        return encode

    def _stored_seals(self, keys: Sequence[Any]) -> dict[Any, tuple[Any, ...]]:
        if not self.sealed:
            return {}
        names = ", ".join(quote(field.column) for field in self.sealed)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {self.key}, {names} FROM {self.table} WHERE {self.key} = ANY(%s)", [list(keys)])
            return {row[0]: row[1:] for row in cursor.fetchall()}

    def _keep_seals(
        self, rows: Sequence[tuple[int, Mapping[str, Any]]], staged: list[list[Any]], stored: dict[Any, tuple[Any, ...]]
    ) -> None:
        key_name = self.names[self.fields.index(self.shape.key)]
        places = [self.fields.index(field) for field in self.sealed]
        for (_line, values), row in zip(rows, staged, strict=True):
            for field, place, seal in zip(self.sealed, places, stored.get(values[key_name], ()), strict=False):
                if seal is not None and self.read(field, seal) == values[self.names[place]]:
                    row[place + 1] = "\\x" + bytes(seal).hex()

    @staticmethod
    def read(field: Field, value: Any) -> Any:
        """Return what a column's value is in Python."""
        convert = getattr(field, "from_db_value", None)
        return convert(value, None, connection) if convert else value

    # Comparing ------------------------------------------------------------------------------------------

    def _image(self, alias: str) -> str:
        return ", ".join(f"{alias}.{column}" for column in self.columns)

    @property
    def _hash(self) -> str:
        return f"md5(ROW({self._image('t')})::text)"

    def take_doubled(self) -> list[tuple[int, str, list[int]]]:
        """Remove rows whose key comes more than once; return each one's line and key, and all lines with that key."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {self.key} FROM {RAW} GROUP BY {self.key} HAVING count(*) > 1")
            keys = [row[0] for row in cursor.fetchall()]
            if not keys:
                return []
            cursor.execute(
                f"DELETE FROM {RAW} WHERE {self.key} = ANY(%s) RETURNING {self.key}::text, _line",
                [keys],
            )
            lines: dict[str, list[int]] = {}
            for key, line in cursor.fetchall():
                lines.setdefault(key, []).append(line)
        return sorted((line, key, sorted(same)) for key, same in lines.items() for line in same)

    def take_hidden(self, seen: QuerySet[Any]) -> list[tuple[int, str]]:
        """Remove rows whose key is that of a row that isn't among ``seen``; return their lines and keys."""
        seen_sql, params = seen.order_by().values_list("pk").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {RAW} r USING {self.table} t WHERE t.{self.key} = r.{self.key} "
                f"AND NOT EXISTS (SELECT FROM ({seen_sql}) AS seen (pk) WHERE seen.pk = t.{self.pk}) "
                f"RETURNING r._line, r.{self.key}::text",
                params,
            )
            return sorted(cursor.fetchall())

    def compare(self) -> tuple[int, int, int]:
        """Keep what is new or changed, with what it was found to be, in the run's own table; count new, changed, same.

        The table isn't logged: after a crash of the database it is empty, and the file is checked again.
        """
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {RAW}")
            total = cursor.fetchone()[0]
            cursor.execute(f"DROP TABLE IF EXISTS {self.stage}")
            cursor.execute(
                f"CREATE UNLOGGED TABLE {self.stage} AS SELECT r.*, "
                f"CASE WHEN t.{self.pk} IS NULL THEN 'new' ELSE 'changed' END AS _verdict, "
                f"CASE WHEN t.{self.pk} IS NOT NULL THEN {self._hash} END AS _before "
                f"FROM {RAW} r LEFT JOIN {self.table} t ON t.{self.key} = r.{self.key} "
                f"WHERE t.{self.pk} IS NULL OR ({self._image('t')}) IS DISTINCT FROM ({self._image('r')})"
            )
            cursor.execute(f"SELECT _verdict, count(*) FROM {self.stage} GROUP BY 1")
            counts: dict[str, int] = dict(cursor.fetchall())
        new, changed = counts.get("new", 0), counts.get("changed", 0)
        return new, changed, total - new - changed

    def changes(self) -> Iterator[tuple[int, str, dict[str, Any], dict[str, Any]]]:
        """Yield each changed row's line, key and values before and after, as many as differ."""
        width = len(self.fields)
        with connection.chunked_cursor() as cursor:
            cursor.execute(
                f"SELECT s._line, s.{self.key}::text, {self._image('t')}, {self._image('s')} FROM {self.stage} s "
                f"JOIN {self.table} t ON t.{self.key} = s.{self.key} WHERE s._verdict = 'changed' ORDER BY s._line"
            )
            while rows := cursor.fetchmany(FETCHED):
                for row in rows:
                    before, after = row[2 : 2 + width], row[2 + width :]
                    differ = [n for n in range(width) if before[n] != after[n]]
                    yield (
                        row[0],
                        row[1],
                        {self.names[n]: self.read(self.fields[n], before[n]) for n in differ},
                        {self.names[n]: self.read(self.fields[n], after[n]) for n in differ},
                    )

    # Merging --------------------------------------------------------------------------------------------

    def count_staged(self) -> tuple[int, int]:
        """Return how many new and changed rows the stage holds; nothing when it is gone."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)", [self.stage.strip('"')])
            if cursor.fetchone()[0] is None:
                return 0, 0
            cursor.execute(f"SELECT _verdict, count(*) FROM {self.stage} GROUP BY 1")
            counts: dict[str, int] = dict(cursor.fetchall())
        return counts.get("new", 0), counts.get("changed", 0)

    def lock_and_find_stale(self) -> list[tuple[int, str]]:
        """Lock the rows to be changed and return those staged rows that somebody made, changed or deleted meanwhile."""
        same = f"t.{self.key} = s.{self.key}"
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH locked AS (SELECT s._line, {self._hash} = s._before AS is_same FROM {self.stage} s "
                f"JOIN {self.table} t ON {same} WHERE s._verdict = 'changed' FOR UPDATE OF t) "
                f"SELECT s._line, s.{self.key}::text FROM {self.stage} s LEFT JOIN locked l USING (_line) "
                f"WHERE s._verdict = 'changed' AND l.is_same IS NOT TRUE "
                f"UNION ALL SELECT s._line, s.{self.key}::text FROM {self.stage} s JOIN {self.table} t ON {same} "
                f"WHERE s._verdict = 'new' ORDER BY 1"
            )
            return list(cursor.fetchall())

    def batches(self, size: int) -> Iterator[tuple[int, int]]:
        """Yield ranges of lines of about ``size`` rows."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(max(_line), 0), count(*) FROM {self.stage}")
            last, count = cursor.fetchone()
        step = max(1, last * size // max(count, 1))
        for first in range(0, last + 1, step):
            yield first, min(first + step, last + 1)

    def merge(self, first: int, end: int) -> tuple[int, int]:
        """Write the staged rows of the lines ``first`` to ``end`` (exclusive); return how many are new and changed.

        A row that somebody else makes in this very moment isn't overwritten: the count then shows it.
        """
        inserted = [*self.staged, *self.constants, *self.moments]
        now = timezone.now()
        values = [
            *(f"s.{column}" for column in self.staged),
            *("%s" for _ in self.constants),
            *("%s" for _ in self.moments),
        ]
        sets = [f"{column} = s.{column}" for column in self.columns if column != self.key]
        sets += [f"{column} = %s" for column in self.touched]
        lines = "s._line >= %s AND s._line < %s"
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.table} ({', '.join(inserted)}) SELECT {', '.join(values)} FROM {self.stage} s "
                f"WHERE s._verdict = 'new' AND {lines} ORDER BY s._line ON CONFLICT ({self.key}) DO NOTHING",
                [*self.constants.values(), *(now for _ in self.moments), first, end],
            )
            new = cursor.rowcount
            changed = 0
            if sets:
                cursor.execute(
                    f"UPDATE {self.table} t SET {', '.join(sets)} FROM {self.stage} s "
                    f"WHERE t.{self.key} = s.{self.key} AND s._verdict = 'changed' AND {lines} "
                    f"AND ({self._image('t')}) IS DISTINCT FROM ({self._image('s')})",
                    [*(now for _ in self.touched), first, end],
                )
                changed = cursor.rowcount
        return new, changed

    def peek_new(self, limit: int) -> list[tuple[int, str]]:
        """Return the lines and keys of the first new rows of a stage that waits to be applied."""
        if not self.count_staged()[0]:
            return []
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT _line, {self.key}::text FROM {self.stage} WHERE _verdict = 'new' ORDER BY _line LIMIT %s",
                [limit],
            )
            return list(cursor.fetchall())

    def staged_rows(self) -> Iterator[dict[str, Any]]:
        """Yield the values of each staged row, for a declared ``apply``."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(self.columns)} FROM {self.stage} ORDER BY _line")
            while rows := cursor.fetchmany(FETCHED):
                for row in rows:
                    pairs = zip(self.names, self.fields, row, strict=True)
                    yield {name: self.read(field, value) for name, field, value in pairs}

    def note_new(self, run_id: int) -> None:
        """Keep which objects the run made."""
        rows = quote(SheetRow._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {rows} (run_id, line, key, verdict) "
                f"SELECT %s, _line, {self.key}::text, 'new' FROM {self.stage} WHERE _verdict = 'new'",
                [run_id],
            )

    def digest_input(self) -> str:
        """Return one line of hashes over all staged rows and what they replace, in the order of their lines."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(string_agg(md5(s::text), '' ORDER BY s._line), '') FROM {self.stage} s")
            return str(cursor.fetchone()[0])

    def drop_stage(self) -> None:
        drop_stage(self.stage.strip('"'))


def drop_stage(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {quote(name)}")
