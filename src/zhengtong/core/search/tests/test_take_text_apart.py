"""The rules by which text becomes what is looked up."""

from hypothesis import given
from hypothesis import strategies as st

from zhengtong.core.search import text
from zhengtong.core.search.query import LONGEST_QUERY, MOST_PARTS, parse
from zhengtong.core.search.snippets import cut_snippet, list_needles, mark

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=40)


@given(st.text())
def test_cleaning_twice_is_cleaning_once_and_fits_the_database(typed: str) -> None:
    cleaned = text.clean(typed)
    assert text.clean(cleaned) == cleaned
    assert "\x00" not in cleaned
    assert cleaned.encode().decode() == cleaned


@given(st.text())
def test_folding_keeps_every_place(typed: str) -> None:
    assert len(text.fold(typed)) == len(typed)


@given(HAN, st.data())
def test_every_string_within_a_run_has_its_pairs_there(run: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(run) - 1))
    piece = run[start : start + data.draw(st.integers(1, 8))]
    grams = text.grams_of([run])
    if len(piece) == 1:
        assert any(gram.startswith(piece) for gram in grams)
    else:
        assert text.pairs(piece) - {piece[-1]} <= grams


@given(st.text(max_size=400))
def test_any_query_is_taken_apart(typed: str) -> None:
    query = parse(typed)
    assert len(query.parts) <= MOST_PARTS
    assert all(part.runs and len(part.phrase) <= LONGEST_QUERY for part in query.parts)
    for part in query.parts:
        assert part.words == [] or len(part.words) >= 1
    assert bool(query) == bool(query.parts)


@given(st.text(max_size=300), st.text(max_size=20))
def test_marking_shows_the_text_as_it_is(shown: str, typed: str) -> None:
    needles = list_needles(parse(typed))
    assert "".join(fragment.text for fragment in mark(shown, needles)) == shown
    assert sum(len(fragment.text) for fragment in cut_snippet(shown, needles)) <= 130


def test_words_pinyin_and_pairs_of_a_name_are_kept_apart() -> None:
    terms, grams = text.index_words("澜水面馆", "在滨江路")
    assert {"水面", "=水面", "~mianguan", "~lsmg", "滨江路"} <= terms
    assert "=滨江路" not in terms
    assert {"澜水", "=澜水", "滨江", "路"} <= grams


def test_quotes_keep_a_string_together_and_numbers_are_recognised() -> None:
    query = parse("“食品 经营”许可 AL-2026-000001")
    assert [(part.phrase, part.is_quoted) for part in query.parts][:2] == [("食品经营", True), ("许可", False)]
    assert [part.phrase for part in parse("食品 许可").parts] == ["食品", "许可"]
    assert parse("al-2026-000001").reference == "AL-2026-000001"
    assert parse("食品").reference == ""
