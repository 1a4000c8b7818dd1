"""From text to what is looked up: even width and case, words, pairs of characters, pinyin. Plain rules, no Django.

Chinese has no spaces. A word that jieba cuts otherwise in a text than in a query is missed, so each run of Han
characters is also stored as pairs of neighbours (bigrams), which find any string of two characters and, looked at
again, any longer one. The last character of a run stands alone, so that "酒:*" finds every 酒.

The dictionaries of words and of sounds take 90 MB and are loaded when they are first asked: a process that only moves
rows, or serves what isn't searched, has no need of them.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import add
from typing import Final

HAN: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Of what comes from a name the marks that keep it apart: a word or pair, and a pronunciation.
OF_NAME: Final = "="
SOUND: Final = "~"
LONGEST_BODY: Final = 60_000
LONGEST_NAME: Final = 500
LONGEST_TOKEN: Final = 40
LONGEST_SOUND: Final = 24
# Words without meaning of their own: a text that has all the others answers the question.
EMPTY_WORDS: Final = frozenset(
    (
        "的",
        "了",
        "和",
        "与",
        "及",
        "或",
        "在",
        "是",
        "之",
        "等",
        "吗",
        "呢",
        "啊",
        "怎么",
        "怎样",
        "如何",
        "什么",
        "哪里",
    )
) | {"我", "要", "我要", "想", "办"}

_RUNS = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
_IS_HAN = re.compile(rf"[{HAN}]")
_GAP_IN_HAN = re.compile(rf"(?<=[{HAN}，。；：、！？（）])\s+(?=[{HAN}，。；：、！？（）])")
_SPACE = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")
_CONTROL = dict.fromkeys((*range(32), *range(127, 160)), " ")
_WIDE = {wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}


def clean(text: str) -> str:
    """Return ``text`` as one line that PostgreSQL can hold: full-width letters and digits made even, spaces single.

    Lines broken inside Chinese text are joined: the break is the typesetter's.
    """
    return join_lines(even(text))


def even(text: str) -> str:
    """Return ``text`` as :func:`clean` does, but as it is broken: who types a space means two words."""
    usable = text.encode("utf-8", "ignore").decode().translate(_CONTROL).translate(_WIDE)
    return _SPACE.sub(" ", usable).strip()


def join_lines(text: str) -> str:
    return _GAP_IN_HAN.sub("", text)


def fold(text: str) -> str:
    """Return cleaned text in lower case, character by character: places in it are places in ``text``."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := each.lower()) == 1 else each for each in text)


def is_han(run: str) -> bool:
    return bool(_IS_HAN.match(run))


def list_runs(folded: str) -> list[str]:
    """Return the runs of Han characters and those of other letters and digits; the rest separates."""
    return _RUNS.findall(folded)


def list_tokens(runs: Iterable[str]) -> list[str]:
    return [run[:LONGEST_TOKEN] for run in runs if not is_han(run)]


def pairs(run: str) -> set[str]:
    """Return the pairs of neighbours of a run of Han characters, and its last character."""
    return {*map(add, run, run[1:]), run[-1]}


def grams_of(runs: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for run in runs:
        if is_han(run):
            found |= pairs(run)
    return found


def terms_of(runs: Iterable[str]) -> set[str]:
    """Return jieba's words, long ones and those within them, and the tokens of other scripts."""
    import rjieba

    found: set[str] = set()
    for run in runs:
        if is_han(run):
            found.update(rjieba.cut_for_search(run))
        else:
            found.add(run[:LONGEST_TOKEN])
    return found


def cut(run: str) -> list[str]:
    """Return the words of a run of Han characters, the longest that jieba sees."""
    import rjieba

    return list(rjieba.cut(run))


@lru_cache(maxsize=50_000)
def _spoken(word: str) -> tuple[list[str], str]:
    """Return a word's syllables, read as in this word, and their initials."""
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(word), "".join(lazy_pinyin(word, style=Style.FIRST_LETTER))


def sounds_of(runs: Iterable[str]) -> Iterator[str]:
    """Yield how names are typed without an input method: in full from each syllable on, by initials from each word.

    From each syllable, because jieba can't know where the words of a proper name begin.
    """
    for run in runs:
        if not is_han(run):
            continue
        full, initials = "", ""
        for word in reversed(cut(run)):
            syllables, first = _spoken(word)
            for syllable in reversed(syllables):
                full = (syllable + full)[:LONGEST_SOUND]
                yield full
            initials = (first + initials)[:LONGEST_SOUND]
            yield initials


def index_words(names: str, body: str) -> tuple[set[str], set[str]]:
    """Return terms and grams of folded names and body, those of the names marked as well."""
    of_names, runs = list_runs(names), list_runs(body)
    name_terms, name_grams = terms_of(of_names), grams_of(of_names)
    terms = terms_of(runs) | name_terms
    terms.update(OF_NAME + each for each in name_terms)
    terms.update(SOUND + each for each in sounds_of(of_names))
    grams = grams_of(runs) | name_grams
    grams.update(OF_NAME + each for each in name_grams)
    return terms, grams


def normalise_reference(text: str) -> str:
    """Return a number as numbers are compared: even width, capital letters, no spaces."""
    return clean(text).upper().replace(" ", "")[:80]
