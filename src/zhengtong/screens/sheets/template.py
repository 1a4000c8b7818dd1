"""Workbooks that are small: the empty sheet to fill in, and the rows that were refused with what is wrong with them."""

from collections.abc import Iterator, Sequence

from django.db import models
from django.utils.translation import gettext as _

from zhengtong.core.files.public import open_file
from zhengtong.screens.sheets.checking import lay_out
from zhengtong.screens.sheets.layout import PROBLEM_TITLE
from zhengtong.screens.sheets.models import SheetRun, Verdict
from zhengtong.screens.sheets.problems import Problem
from zhengtong.screens.sheets.reading import open_table
from zhengtong.screens.sheets.shape import Shape, SheetColumn
from zhengtong.screens.sheets.workbook import NOTES_SHEET
from zhengtong.screens.sheets.workbook_stream import DATE, GENERAL, TEXT, Head, stream_workbook, text_cell

# A dictionary longer than this stands in the notes only.
WORDS_IN_LIST = 50


def stream_template(shape: Shape) -> Iterator[bytes]:
    """Yield an empty sheet with titles, typed columns and words to choose from, and a worksheet of notes."""
    columns = shape.columns
    head = Head([_starred(column) for column in columns], [_style(c) for c in columns], [_words(c) for c in columns])
    notes = Head([_("列名"), _("是否必填"), _("怎样填写")])
    return stream_workbook([(str(shape.screens.title)[:25], head, []), (NOTES_SHEET, notes, [_notes(shape)])])


def _starred(column: SheetColumn) -> str:
    return f"{column.title}*" if column.is_required else column.title


def _style(column: SheetColumn) -> int:
    if isinstance(column.field, models.DecimalField | models.IntegerField | models.FloatField):
        return GENERAL
    if isinstance(column.field, models.DateField) and not isinstance(column.field, models.DateTimeField):
        return DATE
    return TEXT


def _words(column: SheetColumn) -> Sequence[str]:
    if isinstance(column.field, models.BooleanField):
        return [_("是"), _("否")]
    if not column.field.choices:
        return []
    words = [column.say(value) for value in dict.fromkeys(column.words.values())]
    return words if len(words) <= WORDS_IN_LIST else []


def _notes(shape: Shape) -> tuple[int, bytes]:
    rows = []
    for column in shape.columns:
        is_key = column.name == shape.sheet.key
        needed = _("必填，每行不同") if is_key else _("必填") if column.is_required else _("可以不填")
        rows.append(_row([column.title, needed, column.explain()]))
    return len(rows), "".join(rows).encode()


def _row(texts: Sequence[str]) -> str:
    return f"<row>{''.join(text_cell(text) for text in texts)}</row>"


def stream_refused(run: SheetRun, shape: Shape) -> Iterator[bytes]:
    """Yield the refused rows as they were typed, and what to correct in each; ready to be imported again."""
    head = Head([*(column.title for column in shape.columns), PROBLEM_TITLE], [TEXT] * (len(shape.columns) + 1))
    return stream_workbook([(str(shape.screens.title)[:25], head, _refused(run, shape))])


def _refused(run: SheetRun, shape: Shape) -> Iterator[tuple[int, bytes]]:
    refused = run.rows.filter(verdict=Verdict.REFUSED).order_by("line").iterator(chunk_size=2000)
    row = next(refused, None)
    with open_file(run.file) as file, open_table(file, run.file.size) as table:
        layout, lines, _merged = lay_out(table, shape)
        places = [layout.places[column.name] for column in shape.columns]
        for line in lines:
            if row is None:
                return
            if line.number == row.line:
                texts = [line.texts[place] if place < len(line.texts) else "" for place in places]
                problems = [Problem.of(each) for each in row.content["problems"]]
                yield 1, _row([*texts, describe(problems, shape)]).encode()
                row = next(refused, None)


def describe(problems: Sequence[Problem], shape: Shape) -> str:
    """Return a row's problems as sentences, each with the column's title."""
    parts = []
    for problem in problems:
        title = shape.title_of(problem.column) if problem.column else ""
        parts.append(f"{title}：{problem.sentence}" if title else problem.sentence)
    return " ".join(parts)
