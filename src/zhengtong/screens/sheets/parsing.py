"""Lines of a file become values of the model, or problems with the column and the text that caused them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import CharField, Model

from zhengtong.screens.sheets.cells import check_text, narrow
from zhengtong.screens.sheets.layout import Layout, letter
from zhengtong.screens.sheets.problems import CellRefused, FileRefused, Problem
from zhengtong.screens.sheets.shape import Shape, SheetColumn
from zhengtong.screens.sheets.table import Line


@dataclass(slots=True)
class ReadRow:
    """A line that was read. ``values`` are by field name, a foreign key's the other row's id; None when refused.

    ``notes`` are cells that were put into their usual form: column, as typed, as read.
    """

    line: int
    key: str
    values: Mapping[str, Any] | None = None
    problems: list[Problem] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)


class Parser:
    """Reads the lines of one file. Empty lines are left out."""

    def __init__(self, shape: Shape, layout: Layout) -> None:
        self.shape, self.layout = shape, layout
        self.width = max(layout.places.values()) + 1
        self.plan = [
            (column.name, layout.places[column.name], column.is_free, column.cast, column.validators, column)
            for column in shape.columns
        ]
        self.names = {place: name for name, place in layout.places.items()}
        fields = shape.model._meta.concrete_fields
        self.limits = {each.name: each.max_length for each in fields if isinstance(each, CharField)}
        self.key_place = layout.places.get(shape.sheet.key)

    def read(self, lines: Sequence[Line], merged: frozenset[int] = frozenset()) -> Iterator[ReadRow]:
        """Yield the rows of some ``lines``. Raises :class:`FileRefused` when content has no head."""
        kept = [line for line in lines if any(line.texts)]
        for column in self.shape.columns:
            if column.related is not None:
                place = self.layout.places[column.name]
                column.related.prepare(narrow(line.texts[place]) for line in kept if place < len(line.texts))
        for line in self._unmask(kept):
            row = self._read(line)
            if line.number in merged:
                row.problems.insert(0, Problem("merged_cell"))
            if row.problems:
                row.values = None
            yield row

    def _unmask(self, lines: Sequence[Line]) -> Sequence[Line]:
        """Put back what our own export masked, where the key's row has what the mask was made of."""
        masked = [(column, self.layout.places[column.name]) for column in self.shape.personal]
        masked = [(column, place) for column, place in masked if column.name != self.shape.sheet.key]
        if self.key_place is None or not any(_is_masked(line, place) for line in lines for _c, place in masked):
            return lines
        key = self.shape.key.name
        keys = {narrow(line.texts[self.key_place]) for line in lines if self.key_place < len(line.texts)}
        names = [column.field.attname for column, _place in masked]
        stored = {
            str(row[0]): row[1:]
            for row in self.shape.model._default_manager.filter(**{f"{key}__in": keys}).values_list(key, *names)
        }
        return [self._unmask_line(line, masked, stored) for line in lines]

    def _unmask_line(
        self, line: Line, masked: Sequence[tuple[SheetColumn, int]], stored: Mapping[str, Sequence[Any]]
    ) -> Line:
        assert self.key_place is not None
        texts, flaws = list(line.texts), dict(line.flaws)
        whole = stored.get(narrow(texts[self.key_place]), [None] * len(masked))
        for (column, place), value in zip(masked, whole, strict=True):
            if not _is_masked(line, place):
                continue
            text = column.say(value)
            if column.mask is not None and text and column.mask(text) == texts[place]:
                texts[place] = text
            else:
                flaws[place] = "masked"
        return Line(line.number, texts, flaws)

    def _read(self, line: Line) -> ReadRow:
        texts = line.texts
        if len(texts) < self.width:
            texts = [*texts, *[""] * (self.width - len(texts))]
        for place in self.layout.unnamed:
            if place < len(texts) and texts[place]:
                raise FileRefused("blank_head", {"column": letter(place), "line": line.number})
        row = ReadRow(line.number, narrow(texts[self.key_place]) if self.key_place is not None else "")
        for place, code in line.flaws.items():
            if place in self.names:
                row.problems.append(Problem(code, self.names[place], texts[place]))
        values: dict[str, Any] = {} if self.shape.sheet.parse is None else self._parse_declared(texts, row)
        self._parse(texts, row, values)
        row.values = values
        return row

    def _parse(self, texts: Sequence[str], row: ReadRow, values: dict[str, Any]) -> None:
        """Read each text that has no value yet by its field's type and the field's own validators."""
        for name, place, is_free, cast, validators, column in self.plan:
            if name in values:
                continue
            text = texts[place]
            try:
                if not text:
                    if column.is_required:
                        raise CellRefused("required")
                    values[name] = column.empty
                    continue
                if not text.isalnum():
                    check_text(text)
                if not is_free and (plain := narrow(text)) != text:
                    row.notes.append((name, text, plain))
                    text = plain
                value = values[name] = cast(text)
                for validate in validators:
                    validate(value)
            except CellRefused as refused:
                _add(row, Problem(refused.code, name, texts[place], refused.params))
            except ValidationError as error:
                _add(row, Problem("invalid", name, texts[place], {"sentence": " ".join(error.messages)}))

    def _parse_declared(self, texts: Sequence[str], row: ReadRow) -> dict[str, Any]:
        """Return what the declaration's own ``parse`` makes of the texts; what it leaves out is read by its type."""
        assert self.shape.sheet.parse is not None
        plain = {name: texts[place] if free else narrow(texts[place]) for name, place, free, _c, _v, _o in self.plan}
        try:
            for text in plain.values():
                if text and not text.isalnum():
                    check_text(text)
            values = dict(self.shape.sheet.parse(plain))
        except CellRefused:
            return {}  # reading each text by its type says which one
        except ValidationError as error:
            for name, messages in _messages(error):
                _add(row, Problem("invalid", name, plain.get(name, ""), {"sentence": " ".join(messages)}))
            return {}
        except Exception as error:  # services' own refusals have no common type, only message and field
            message = getattr(error, "message", None) or (str(error) if isinstance(error, ValueError) else "")
            if not message:
                raise
            name = str(getattr(error, "field", "") or self.shape.sheet.key)
            _add(row, Problem("invalid", name, plain.get(name, ""), {"sentence": message}))
            return {}
        for name, place, _free, _cast, _validators, _column in self.plan:
            if name not in values:
                continue
            if isinstance(values[name], Model):
                values[name] = values[name].pk
            if plain[name] != texts[place]:
                row.notes.append((name, texts[place], plain[name]))
        for name, value in values.items():
            limit = self.limits.get(name)
            if limit is not None and isinstance(value, str) and len(value) > limit:
                _add(row, Problem("too_long", name, value, {"length": len(value), "limit": limit}))
        return values


def _is_masked(line: Line, place: int) -> bool:
    return place < len(line.texts) and "*" in line.texts[place]


def _messages(error: ValidationError) -> list[tuple[str, list[str]]]:
    if hasattr(error, "error_dict"):
        return list(error.message_dict.items())
    return [("", list(error.messages))]


def _add(row: ReadRow, problem: Problem) -> None:
    # A formula's own problem says all.
    if not any(each.column == problem.column and problem.column for each in row.problems):
        row.problems.append(problem)
