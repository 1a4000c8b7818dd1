"""Opens an uploaded table: by its bytes, not by its name. Rows come as texts, one after the other."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from zhengtong.screens.sheets import workbook
from zhengtong.screens.sheets.cells import restore, strip
from zhengtong.screens.sheets.problems import FileRefused
from zhengtong.screens.sheets.table import Line, Range, Table

CHUNK = 1 << 20
_ZIP = b"PK\x03\x04"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@contextmanager
def open_table(file: IO[bytes], size: int) -> Iterator[Table]:
    """Open the bytes of an xlsx or csv file. Raises :class:`FileRefused`; so may reading on."""
    head = file.read(len(_ZIP))
    file.seek(0)
    if head == _ZIP:
        with workbook.open_workbook(file) as book:
            yield book
    else:
        yield TextTable(file, size)


class TextTable:
    """A csv file in UTF-8, UTF-16 (with its mark) or GB18030; separated by comma, tab or semicolon."""

    merges: Sequence[Range] = ()
    unread: Sequence[str] = ()

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.file = file
        self.encoding, newlines = find_encoding(file)
        self.count = newlines

    def lines(self) -> Iterator[Line]:
        self.file.seek(0)
        text = io.TextIOWrapper(self.file, encoding=self.encoding, newline="")
        try:
            start = text.read(1 << 16)
            first = next((line for line in start.splitlines() if line.strip()), "")
            text.seek(0)
            reader = csv.reader(text, delimiter=max(",\t;", key=first.count), strict=True)
            number = 1
            try:
                for row in reader:
                    texts = [restore(strip(cell)) for cell in row]
                    # Only our own files put an apostrophe before it.
                    flaws = {n: "formula" for n, cell in enumerate(row) if cell.startswith("=")}
                    yield Line(number, texts, flaws)
                    number = reader.line_num + 1
            except csv.Error:
                raise FileRefused("broken_quotes", {"line": number}) from None
        finally:
            text.detach()


def find_encoding(file: IO[bytes]) -> tuple[str, int]:
    """Return the encoding of a text file, read to its end, and how many newlines it has.

    UTF-8 is strict enough to be recognised by itself; what isn't UTF-8 must be GB18030. Raises :class:`FileRefused`
    with the offset of the first byte that is neither.
    """
    head = file.read(4)
    if not head:
        raise FileRefused("empty_file")
    marked = next((name for mark, name in _BOMS if head.startswith(mark)), None)
    reached: list[tuple[int, int]] = []
    for name in (marked,) if marked else ("utf-8", "gb18030"):
        offset, newlines = _decode(file, name)
        if offset is None:
            return name, newlines
        reached.append((offset, newlines))
    offset, newlines = max(reached)
    raise FileRefused("undecodable", {"offset": offset, "line": newlines + 1})


def _decode(file: IO[bytes], encoding: str) -> tuple[int | None, int]:
    """Return the offset of the first byte that can't be decoded, None when all can, and the newlines before it."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    position = newlines = 0
    while True:
        chunk = file.read(CHUNK)
        kept = len(decoder.getstate()[0])
        try:
            newlines += decoder.decode(chunk, final=not chunk).count("\n")
        except UnicodeDecodeError as error:
            newlines += error.object[: error.start].count(b"\n")
            return position - kept + error.start, newlines
        if not chunk:
            return None, newlines
        position += len(chunk)
