"""A developer adds a text: the check says whether the English catalogue has it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

from tooling.catalogue import CATALOGUE, PACKAGE, lacking

MARKS = ("gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy")
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def test_texts_without_a_certain_translation_are_listed(tmp_path: Path) -> None:
    catalogue = tmp_path / "django.po"
    catalogue.write_text(
        HEADER
        + '#: desks/hall/views.py\nmsgid "受理"\nmsgstr "Accept"\n\n'
        + '#: desks/hall/views.py\nmsgid "退件"\nmsgstr ""\n\n'
        + '#, fuzzy\nmsgid "补正"\nmsgstr "Maybe"\n\n'
        + 'msgid "%(n)s 天"\nmsgid_plural "%(n)s 天们"\nmsgstr[0] "%(n)s day"\nmsgstr[1] ""\n\n'
        + '#~ msgid "旧"\n#~ msgstr ""\n'
    )
    assert [line.split("'")[1] for line in lacking(catalogue)] == ["退件", "补正", "%(n)s 天"]
    assert "desks/hall/views.py" in lacking(catalogue)[0]


def test_every_text_marked_for_translation_reaches_the_catalogue() -> None:
    """The extractor knows neither other names for gettext nor what stands within an f-string."""
    with (PACKAGE / CATALOGUE).open("rb") as file:
        ids = [message.id for message in read_po(file, locale="en")]
    known = {each if isinstance(each, str) else each[0] for each in ids}
    unseen = [
        f"{path.relative_to(PACKAGE)}: {text}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for text in _marked(ast.parse(path.read_text()))
        if text not in known
    ]
    assert unseen == []


def _marked(module: ast.Module) -> Iterator[str]:
    names = {"_", *MARKS}
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names.update(name.asname for name in node.names if name.asname and name.name in MARKS)
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            for text in node.args[:2]:
                if isinstance(text, ast.Constant) and isinstance(text.value, str) and not text.value.isascii():
                    yield text.value
                    break
