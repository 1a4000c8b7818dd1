"""A developer adds a text: the check says whether the English catalogue has it."""

from pathlib import Path

from tooling.catalogue import lacking

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
