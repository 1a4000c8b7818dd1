"""A seal's picture: whatever its name's length, everything stays inside the ring; signatures become clean outlines."""

import io
import json
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from zhengtong.capabilities.seals.domain import Act, NotNow, Purpose, Stage, find_break, make_seal_code, next_stage
from zhengtong.capabilities.seals.images.drawing import draw_oval, draw_round, draw_square
from zhengtong.capabilities.seals.images.signatures import draw_signature, is_strokes, read_picture, read_strokes
from zhengtong.core.identity.public import Refused

NAMES = st.text(alphabet="安澜市澄波区住房和城乡建设局行政审批服务数据管理", min_size=3, max_size=30)


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


@given(NAMES, st.sampled_from(["", "行政审批专用章", "合同专用章"]))
def test_a_round_seal_stays_inside_its_ring(name: str, line: str) -> None:
    drawn = draw_round(name, diameter=42, line=line, code="9901020000017")
    assert re.fullmatch(r"[MLCZ0-9. -]+", drawn.path)
    # The ring's own control points lie on a square around it.
    ring = drawn.path.split("M", 3)[3]
    assert max(math.dist(point, (21, 21)) for point in points(ring)) < 21


@given(NAMES)
def test_an_oval_seal_stays_inside_its_ring(name: str) -> None:
    drawn = draw_oval(name, width=45, height=30, line="办件受理专用章", code="9901020000017")
    ring = drawn.path.split("M", 3)[3]
    assert max(((x - 22.5) / 22.5) ** 2 + ((y - 15) / 15) ** 2 for x, y in points(ring)) < 1


@given(st.text(alphabet="王芳欧阳建国阿不都热合曼·", min_size=2, max_size=12))
def test_a_name_chop_fills_its_square(name: str) -> None:
    if name.strip("·"):
        assert all(-0.1 <= each <= 20.1 for point in points(draw_square(name, side=20).path) for each in point)


def test_a_drawn_signature_becomes_an_outline() -> None:
    stroke = [[100 + 20 * at, 100 + 60 * math.sin(at)] for at in range(30)]
    path = read_strokes(json.dumps([stroke]))
    assert is_strokes(path)
    assert all(0 <= x <= 40 and 0 <= y <= 16 for x, y in points(draw_signature(path, width=40, height=16).path))


def test_a_photographed_signature_is_parted_from_its_paper() -> None:
    paper = Image.new("RGB", (900, 400), (214, 208, 196))
    ImageDraw.Draw(paper).line([(80, 300), (300, 90), (480, 310), (800, 120)], fill=(40, 40, 60), width=18)
    content = io.BytesIO()
    paper.save(content, "JPEG")
    assert is_strokes(read_picture(content.getvalue()))


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n cut"])
def test_what_is_no_signature_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="strokes"):
        read_picture(content)
    blank = io.BytesIO()
    Image.new("RGB", (400, 200), "white").save(blank, "PNG")
    with pytest.raises(Refused, match="strokes"):
        read_picture(blank.getvalue())
    for text in ("", "[]", "{}", '[[["a", 1]]]', "[[[1, 2]]]", "[[[NaN, 1]]]"):
        with pytest.raises(Refused, match="strokes"):
            read_strokes(text)


def test_a_foreign_path_is_no_signature() -> None:
    for path in ('M0 0L1 1Z"/><script/>', "M0 0 C1 1 2 2 3 3Z", "", "M0 0Z"):
        assert not is_strokes(path)


@given(st.sampled_from(Purpose), st.lists(st.sampled_from(Act), max_size=12))
def test_no_way_leads_to_a_seal_in_use_past_review_and_approval(purpose: Purpose, acts: list[Act]) -> None:
    stage, done = Stage.REVIEW, []
    for act in acts:
        try:
            stage = next_stage(purpose, stage, act)
        except NotNow:
            continue
        done.append(act)
    if stage is Stage.DONE:
        assert done.index(Act.REVIEW) < done.index(Act.APPROVE)
        assert purpose is Purpose.DESTROY or {Act.MAKE, Act.FILE, Act.ENABLE} <= set(done)


def test_codes_and_chains() -> None:
    assert make_seal_code("990102", 17) == "9901020000017"
    with pytest.raises(ValueError, match="no seal code"):
        make_seal_code("990102", 10_000_000)

    def add(content: bytes) -> str:
        return f"{sum(content):x}"

    rows = []
    before = ""
    for content in (b"one", b"two", b"three"):
        digest = add(before.encode() + content)
        rows.append((before, digest, content))
        before = digest
    assert find_break(rows, add) is None
    assert find_break([rows[0], (rows[1][0], rows[1][1], b"TWO"), rows[2]], add) == 1
    assert find_break([rows[0], rows[2]], add) == 1
