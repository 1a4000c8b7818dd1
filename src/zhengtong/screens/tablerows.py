"""What a page has hundreds of, in Python: the table's cells, a select's options. As template nodes they'd cost most."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _


def draw_rows(
    heads: Sequence[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]], *, select: str = "", form: str = ""
) -> SafeString:
    """Return the rows as ``<tr>``. A row has ``url``, ``key``, ``label``, ``tone`` and ``values``, one for each head.

    The first cell whose head is ``main`` (else the first) leads to ``url``; values that aren't marked safe are escaped.
    """
    opened = [format_html('<td class="{}" data-label="{}">', head["css"], head["title"]) for head in heads]
    main = next((n for n, head in enumerate(heads) if "cell-main" in head["css"]), 0)
    check = _Check(select, form) if select else None
    return mark_safe("\n".join(_draw(row, opened, main, check) for row in rows))


class _Check:
    """The box that selects a row."""

    def __init__(self, name: str, form: str) -> None:
        box = '<td class="cell-check"><label class="check-cell"><input type="checkbox" class="check-input" name="{}"'
        self.begin = format_html(box, name) + (format_html(' form="{}"', form) if form else "")
        self.words = conditional_escape(_("选择"))

    def draw(self, row: Mapping[str, Any]) -> str:
        key, label = conditional_escape(row["key"]), conditional_escape(row["label"])
        words = f'<span class="visually-hidden">{self.words} {label}</span>'
        return f'{self.begin} value="{key}">{words}</label></td>'


def _draw(row: Mapping[str, Any], opened: Sequence[str], main: int, check: _Check | None) -> str:
    tone, url = row["tone"], row["url"]
    cells = [check.draw(row)] if check else []
    for n, (begin, value) in enumerate(zip(opened, row["values"], strict=False)):
        text: str = conditional_escape(value if isinstance(value, str) else localize(value))
        if n == main and url:
            text = f'<a class="row-link" href="{conditional_escape(url)}">{text}</a>'
        cells.append(f"{begin}{text}</td>")
    css = f' class="row-{conditional_escape(tone)}"' if tone else ""
    return f"<tr{css}{' data-row' if url else ''}>{''.join(cells)}</tr>"


def draw_options(choices: Iterable[tuple[object, Any]], chosen: str) -> SafeString:
    """Return pairs of value and title as ``<option>``, the one whose value reads ``chosen`` selected."""
    drawn = []
    for value, title in choices:
        text = str(value)
        mark = " selected" if text == chosen else ""
        drawn.append(f'<option value="{conditional_escape(text)}"{mark}>{conditional_escape(title)}</option>')
    return mark_safe("".join(drawn))
