"""How a row is written in a file: csv for programs, xlsx for people. The database writes what it can, we the rest.

A format makes the same text of a value twice: as an expression that PostgreSQL evaluates while it reads the row, and
in Python for values that the database doesn't know (deciphered, masked, computed).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from django.db.models import Func, TextField
from django.db.models.expressions import Combinable

from zhengtong.screens.sheets.cells import neutralise
from zhengtong.screens.sheets.workbook_stream import DATE, Head, stream_workbook, text_cell

BLOCK = 2000
_ENTITIES = (("'&'", "&amp;"), ("'<'", "&lt;"), ("'>'", "&gt;"), (r"E'\r'", "&#13;"), (r"E'\n'", "&#10;"))
_MARKUP = (
    (b"\x03", b'<c t="inlineStr" s="1"><is><t>'),
    (b"\x04", b"</t></is></c>"),
    (b"\x05", b"<c><v>"),
    (b"\x06", f'<c s="{DATE}"><v>'.encode()),
    (b"\x07", b"</v></c>"),
)
_PARTING = {0: None, 1: None, 2: None}


class Sql(Func):
    """An expression written out: ``{0}`` stands for the first of its sources."""

    output_field = TextField()

    def __init__(self, template: str, *sources: Combinable | str) -> None:
        super().__init__(*sources)
        self._template = template

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_options: Any) -> tuple[str, Any]:
        compiled = [compiler.compile(source) for source in self.source_expressions]
        sql, params = [], []
        # Sources may come several times, each with its parameters.
        for part in self._template.split("{"):
            number, closing, rest = part.partition("}")
            if closing and number.isdigit():
                source, values = compiled[int(number)]
                sql.append(source)
                params += values
                sql.append(rest.replace("%", "%%"))
            else:
                sql.append((("{" if sql else "") + part).replace("%", "%%"))
        return "".join(sql), params


def literal(text: str) -> str:
    """Return an SQL literal of a text of our own."""
    return "'" + text.replace("'", "''") + "'"


def joined(cells: Sequence[Combinable]) -> Sql:
    return Sql(" || ".join(f"{{{n}}}" for n in range(len(cells))), *cells)


class Format(ABC):
    """One file format. ``between`` parts cells, ``opening`` and ``ending`` a row; each row is a line of its own.

    What the database writes of a text holds none of the signs 1 to 7: COPY and :meth:`expand` give them a meaning.
    """

    extension: ClassVar[str]
    content_type: ClassVar[str]
    between: ClassVar[str] = ""
    opening: ClassVar[str] = ""
    ending: ClassVar[str] = ""

    def expand(self, block: bytes) -> bytes:
        """Return rows as they stand in the file; what comes over and over is sent by the database as one sign."""
        return block

    def contract(self, cell: str) -> str:
        """Return a cell as the database sends it: :meth:`expand` makes the cell of it."""
        return cell

    @abstractmethod
    def text(self, value: str) -> str:
        """Return the cell of a text."""

    @abstractmethod
    def text_sql(self, source: Combinable | str) -> Sql:
        """Return the cell of a text column; null as empty."""

    @abstractmethod
    def number_sql(self, source: Combinable | str) -> Sql: ...

    @abstractmethod
    def date_sql(self, source: Combinable | str) -> Sql: ...

    @abstractmethod
    def file(self, name: str, titles: Sequence[str], blocks: Iterable[tuple[int, bytes]]) -> Iterator[bytes]:
        """Yield the bytes of a whole file."""


class Csv(Format):
    """UTF-8 with its mark, so that spreadsheets recognise it; cells are quoted where they must be (RFC 4180)."""

    extension, content_type = "csv", "text/csv; charset=utf-8"
    between = ","

    def text(self, value: str) -> str:
        is_quoted = any(sign in value for sign in '",\r\n\x01\x02')
        value = neutralise(value.translate(_PARTING))
        if is_quoted:
            return '"' + value.replace('"', '""') + '"'
        return value

    def text_sql(self, source: Combinable | str) -> Sql:
        clean = r"translate({0}, E'\x01\x02', '')"
        return Sql(
            r"""CASE WHEN {0} IS NULL THEN '' WHEN {0} ~ '^''*[=+\-@\t\r＝＋－＠]|[",\r\n\x01\x02]' THEN """
            r"""CASE WHEN {0} ~ '^[\x01\x02]*''*[=+\-@\t\r＝＋－＠]' THEN '"''' ELSE '"' END """
            f"""|| replace({clean}, '"', '""') || '"' ELSE {{0}} END""",
            source,
        )

    def number_sql(self, source: Combinable | str) -> Sql:
        return Sql("coalesce(({0})::text, '')", source)

    def date_sql(self, source: Combinable | str) -> Sql:
        return Sql("coalesce(({0})::text, '')", source)

    def file(self, name: str, titles: Sequence[str], blocks: Iterable[tuple[int, bytes]]) -> Iterator[bytes]:
        head = self.between.join(self.text(title) for title in titles)
        yield b"\xef\xbb\xbf" + f"{head}\n".encode()
        for _count, block in blocks:
            yield block


class Xlsx(Format):
    """Texts are text cells: no code loses its digits, nothing is run as a formula. Dates and numbers are such."""

    extension = "xlsx"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    opening, ending = "<row>", "</row>"

    def text(self, value: str) -> str:
        return text_cell(value)

    def contract(self, cell: str) -> str:
        for sign, written in _MARKUP:
            cell = cell.replace(written.decode(), sign.decode())
        return cell

    def expand(self, block: bytes) -> bytes:
        for sign, written in _MARKUP:
            block = block.replace(sign, written)
        return block

    def text_sql(self, source: Combinable | str) -> Sql:
        # Control characters that XML can't hold are left out; most texts have none of this.
        hard = r"""regexp_replace({0}, E'[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]', '', 'g')"""
        for sign, written in _ENTITIES:
            hard = f"replace({hard}, {sign}, '{written}')"
        return Sql(
            """CASE WHEN {0} IS NULL OR {0} = '' THEN '<c/>' """
            r"""WHEN {0} ~ E'[\\x01-\\x1f&<>\\ufffe\\uffff]|^ | $' """
            f"""THEN '<c t="inlineStr" s="1"><is><t xml:space="preserve">' || {hard} || E'\\x04' """
            r"""ELSE E'\x03' || {0} || E'\x04' END""",
            source,
        )

    def number_sql(self, source: Combinable | str) -> Sql:
        return Sql(
            """CASE WHEN {0} IS NULL THEN '<c/>' """
            r"""WHEN length(({0})::text) <= 16 THEN E'\x05' || {0} || E'\x07' ELSE E'\x03' || {0} || E'\x04' END""",
            source,
        )

    def date_sql(self, source: Combinable | str) -> Sql:
        return Sql(
            """CASE WHEN {0} IS NULL THEN '<c/>' WHEN {0} >= '1900-03-01' AND {0} <= '9999-12-31' """
            r"""THEN E'\x06' || ({0} - date '1899-12-30') || E'\x07' ELSE E'\x03' || {0} || E'\x04' END""",
            source,
        )

    def file(self, name: str, titles: Sequence[str], blocks: Iterable[tuple[int, bytes]]) -> Iterator[bytes]:
        return stream_workbook([(_sheet_name(name), Head(titles), blocks)])


def _sheet_name(name: str) -> str:
    """Return ``name`` as a worksheet may be called."""
    return "".join(" " if sign in "[]:*?/\\'" else sign for sign in name)[:25].strip() or "Sheet"


FORMATS: dict[str, Format] = {"csv": Csv(), "xlsx": Xlsx()}
