"""Writes xlsx as a stream: a zip whose worksheets are made of ready rows, without a temporary file.

Libraries that write xlsx keep the sheet in memory or in a file until the last row, and make each cell in Python:
200,000 rows of eleven columns take XlsxWriter 16 s. Here the database has made the rows' text already.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from zhengtong.screens.sheets.zip_stream import stream_zip

# A worksheet has 1,048,576 rows, the head included. Spreadsheets open no part of 2 GiB or more.
MOST_ROWS = 1_048_575
MOST_BYTES = 1_900_000_000

GENERAL, TEXT, DATE, HEAD = range(4)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_ILLEGAL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="等线"/></font>'
    '<font><b/><sz val="11"/><name val="等线"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFEAF1FA"/></patternFill></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf/><xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="2" applyNumberFormat="1" applyFont="1" applyFill="1"/></cellXfs></styleSheet>'
)


def escape_text(text: str) -> str:
    """Return ``text`` as XML holds it; what XML can't hold is left out."""
    return escape(text.translate(_ILLEGAL) if not text.isprintable() else text, quote=False).replace("\r", "&#13;")


def text_cell(text: str, style: int = TEXT) -> str:
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f'<c t="inlineStr" s="{style}"><is><t{space}>{escape_text(text)}</t></is></c>' if text else "<c/>"


class Head:
    """A worksheet's columns: titles, styles for what is typed below them, the words that may be chosen."""

    def __init__(
        self, titles: Sequence[str], styles: Sequence[int] = (), choices: Sequence[Sequence[str]] = ()
    ) -> None:
        self.titles, self.styles, self.choices = titles, styles or [GENERAL] * len(titles), choices

    def opening(self) -> str:
        columns = "".join(
            f'<col min="{n}" max="{n}" width="{min(max(12, 2 * len(title) + 4), 40)}" style="{style}" customWidth="1"/>'
            for n, (title, style) in enumerate(zip(self.titles, self.styles, strict=True), start=1)
        )
        cells = "".join(text_cell(title, HEAD) for title in self.titles)
        return (
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f"<cols>{columns}</cols><sheetData><row>{cells}</row>"
        )

    def closing(self) -> str:
        from zhengtong.screens.sheets.layout import letter

        rules = []
        for number, words in enumerate(self.choices):
            listed = ",".join(words)
            # A list in the rule itself has at most 255 characters, and its words no comma.
            if words and len(listed) <= 250 and not any("," in word or '"' in word for word in words):
                place = letter(number)
                rules.append(
                    f'<dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="{place}2:{place}1048576">'
                    f"<formula1>&quot;{escape_text(listed)}&quot;</formula1></dataValidation>"
                )
        validations = f'<dataValidations count="{len(rules)}">{"".join(rules)}</dataValidations>' if rules else ""
        return f"</sheetData>{validations}</worksheet>"


Blocks = Iterable[tuple[int, bytes]]


def stream_workbook(sheets: Iterable[tuple[str, Head, Blocks]]) -> Iterator[bytes]:
    """Yield the bytes of an xlsx. Each sheet's blocks are pairs: how many rows, and their XML.

    What doesn't fit into one worksheet goes on in another of the same head, its name numbered.
    """
    return stream_zip(_parts(sheets))


def _parts(sheets: Iterable[tuple[str, Head, Blocks]]) -> Iterator[tuple[str, Iterable[bytes]]]:
    names: list[str] = []
    for name, head, blocks in sheets:
        rest = _Blocks(blocks)
        number = 1
        while number == 1 or rest.waiting is not None:
            names.append(name if number == 1 else f"{name}{number}")
            yield f"xl/worksheets/sheet{len(names)}.xml", rest.worksheet(head)
            number += 1
    for path, content in _frame(names):
        yield path, [content.encode()]


class _Blocks:
    """Blocks of rows, dealt out to worksheets until none is left."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = iter(blocks)
        self.waiting = next(self._blocks, None)

    def worksheet(self, head: Head) -> Iterator[bytes]:
        yield head.opening().encode()
        rows = size = 0
        while self.waiting is not None:
            count, block = self.waiting
            if rows and (rows + count > MOST_ROWS or size + len(block) > MOST_BYTES):
                break
            yield block
            rows, size = rows + count, size + len(block)
            self.waiting = next(self._blocks, None)
        yield head.closing().encode()


def _frame(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The parts around the worksheets."""
    numbers = range(1, len(names) + 1)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sheets = "".join(
        f'<sheet name="{escape(name[:31])}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    styles = f'<Relationship Id="rId{len(names) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    rels = f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    yield "xl/_rels/workbook.xml.rels", f"{rels}{relations}{styles}</Relationships>"
    yield "xl/styles.xml", _STYLES
    root = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    yield "_rels/.rels", f"{rels}{root}</Relationships>"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{overrides}</Types>',
    )
