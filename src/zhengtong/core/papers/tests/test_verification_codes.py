"""Codes as people read, type and mistype them."""

from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhengtong.core.papers.domain import (
    CODE_ALPHABET,
    CODE_LENGTH,
    MistypedCode,
    check_character,
    make_code,
    read_code,
    show_code,
)

bodies = st.text(st.sampled_from(CODE_ALPHABET), min_size=CODE_LENGTH - 1, max_size=CODE_LENGTH - 1)
codes = bodies.map(lambda body: body + check_character(body))


@given(codes)
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    dashes = show_code(code)
    for typed in (
        code,
        dashes,
        dashes.lower(),
        f"  {dashes} \n",
        code.replace("", " "),
        wide,
        dashes.replace("-", "—"),
    ):
        assert read_code(typed) == code


@given(codes, st.integers(0, CODE_LENGTH - 1), st.sampled_from(CODE_ALPHABET))
def test_one_wrong_character_is_a_typing_error(code: str, place: int, character: str) -> None:
    assume(code[place] != character)
    with pytest.raises(MistypedCode):
        read_code(code[:place] + character + code[place + 1 :])


@given(codes, st.integers(0, CODE_LENGTH - 1), st.integers(0, CODE_LENGTH - 1))
def test_two_characters_swapped_are_a_typing_error(code: str, one: int, other: int) -> None:
    assume(code[one] != code[other])
    swapped = list(code)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    with pytest.raises(MistypedCode):
        read_code("".join(swapped))


@given(st.text(max_size=300))
def test_anything_else_is_a_typing_error_and_never_a_crash(text: str) -> None:
    with suppress(MistypedCode):
        assert set(read_code(text)) <= set(CODE_ALPHABET)


def test_new_codes_pass_their_check_and_differ() -> None:
    made = {make_code() for _ in range(2000)}
    assert len(made) == 2000
    assert all(read_code(code) == code for code in made)
    assert not set("0O1IL") & set("".join(made))
