"""Whatever file somebody brings, the answer is a report: sealed here, elsewhere, hostile or no document at all."""

import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhengtong.capabilities.seals.engines.judging import Origin, Register, Standing
from zhengtong.capabilities.seals.engines.material import Placement, SealMaterial
from zhengtong.capabilities.seals.engines.ofd import make_ofd
from zhengtong.capabilities.seals.engines.ofd_signing import sign_ofd
from zhengtong.capabilities.seals.engines.pades import sign_pdf
from zhengtong.capabilities.seals.engines.pdf_layout import read_layout
from zhengtong.capabilities.seals.engines.report import Report, Verdict
from zhengtong.capabilities.seals.engines.tests.conftest import permit
from zhengtong.capabilities.seals.engines.tests.test_seal_a_pdf import encrypt
from zhengtong.capabilities.seals.engines.trust import Anchors
from zhengtong.capabilities.seals.engines.verification import verify_file

HERE = Placement(1, 120, 200)
KNOWN = Register(
    find_seal=lambda _fingerprint, _at: Standing("3305010000001", "行政审批专用章", True, "使用中", "使用中"),
    find_document=lambda _digest: Origin("和本平台盖章的文件一字不差。"),
)


@pytest.fixture
def pdf(seal: SealMaterial, notice: bytes) -> bytes:
    return sign_pdf(notice, seal=seal, placements=[HERE], **permit(seal, notice))


@pytest.fixture
def ofd(seal: SealMaterial, notice: bytes) -> bytes:
    made = make_ofd(read_layout(notice))
    return sign_ofd(made, seal=seal, placements=[HERE], **permit(seal, made, sm2=True))


def outcomes(report: Report) -> dict[str, str]:
    return {check.code: check.outcome for check in (*report.checks, *report.seals[0].checks)}


@pytest.mark.parametrize("form", ["pdf", "ofd"])
def test_what_was_sealed_here_is_genuine(form: str, request: pytest.FixtureRequest) -> None:
    report = verify_file(request.getfixturevalue(form), register=KNOWN)
    assert (report.form, report.verdict, report.pages) == (form, Verdict.GENUINE, 2)
    assert set(outcomes(report).values()) == {"passed"}
    assert report.seals[0].pages == (1,)
    at = report.seals[0].sealed_at
    assert at is not None
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("form", ["pdf", "ofd"])
def test_a_seal_of_nobody_known_is_not_believed(form: str, request: pytest.FixtureRequest) -> None:
    report = verify_file(request.getfixturevalue(form), anchors=Anchors(roots=()), register=KNOWN)
    assert report.verdict == Verdict.INVALID
    assert outcomes(report)["certificate"] == "failed"


def test_the_state_of_the_seal_is_told(pdf: bytes) -> None:
    gone = Register(
        find_seal=lambda _fingerprint, _at: Standing("1", "章", False, "已停用", "已注销"),
        find_document=lambda _d: None,
    )
    report = verify_file(pdf, register=gone)
    assert report.verdict == Verdict.INVALID
    assert "盖章时：已停用；现在：已注销" in report.seals[0].checks[-1].sentence


def test_content_added_after_the_seal_is_found(pdf: bytes) -> None:
    from pypdf import PdfReader, PdfWriter
    from pypdf.annotations import FreeText

    assert len(PdfReader(BytesIO(pdf)).pages) == 2
    writer = PdfWriter(BytesIO(pdf), incremental=True)
    writer.add_annotation(0, FreeText(text="同意", rect=(50, 550, 200, 650)))
    made = BytesIO()
    writer.write(made)
    assert verify_file(made.getvalue(), register=KNOWN).verdict == Verdict.CHANGED


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_byte_that_a_pdf_seal_covers_can_be_changed(pdf: bytes, data: st.DataObject) -> None:
    from pyhanko.pdf_utils.reader import PdfFileReader

    _zero, first, second, rest = (int(each) for each in PdfFileReader(BytesIO(pdf)).embedded_signatures[0].byte_range)
    place = data.draw(st.one_of(st.integers(0, first - 1), st.integers(second, second + rest - 1)))
    flip = data.draw(st.integers(1, 255))
    twin = pdf[:place] + bytes([pdf[place] ^ flip]) + pdf[place + 1 :]
    assert verify_file(twin, register=KNOWN).verdict in (Verdict.CHANGED, Verdict.UNREADABLE, Verdict.UNSEALED)


def test_a_locked_pdf_asks_for_its_password(notice: bytes, db: None) -> None:
    locked = encrypt(notice)
    assert verify_file(locked).code == "password_needed"
    assert verify_file(locked, password="wrong").code == "wrong_password"
    assert verify_file(locked, password="secret").verdict == Verdict.UNSEALED


def package(**files: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return made.getvalue()


ENTITIES = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
DEEP = b"<a>" * 5000 + b"</a>" * 5000
HOSTILE = {
    "nothing": (b"", "empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "not_supported"),
    "a cut package": (package(**{"OFD.xml": b"<a/>"})[:-10], "broken_ofd"),
    "a zip of something else": (package(readme=b"hello"), "not_ofd"),
    "a bomb": (package(**{"OFD.xml": b"<a/>", "bomb": b"\0" * (60 << 20)}), "dangerous"),
    "entities": (package(**{"OFD.xml": ENTITIES}), "dangerous"),
    "deep XML": (package(**{"OFD.xml": DEEP}), "dangerous"),
    "a way out": (package(**{"OFD.xml": b"<a/>", "../x": b""}), "dangerous"),
    "no XML": (package(**{"OFD.xml": b"\xff\xfe\x00"}), "broken_ofd"),
    "an empty tree": (package(**{"OFD.xml": b"<a/>"}), "broken_ofd"),
    "a PDF without anything": (b"%PDF-1.7\n%%EOF", "broken_pdf"),
    "a circle of pages": (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R/Size 2>>\nstartxref\n0\n%%EOF",
        "broken_pdf",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_have_their_own_sentences(kind: str, db: None) -> None:
    content, code = HOSTILE[kind]
    report = verify_file(content, register=KNOWN)
    assert (report.verdict, report.code) == (Verdict.UNREADABLE, code)
    assert report.sentence.endswith("。")


@given(st.binary(max_size=400))
@settings(max_examples=80)
def test_any_bytes_get_an_answer(content: bytes) -> None:
    for head in (b"", b"%PDF-1.7\n", b"PK\x03\x04"):
        report = verify_file(head + content + b"\n%%EOF", anchors=Anchors(roots=()))
        assert report.title


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_damaged_file_gets_an_answer(pdf: bytes, ofd: bytes, data: st.DataObject) -> None:
    """Bytes cut out, doubled or overwritten anywhere: a report, never a crash, and never a clean bill for OFD."""
    content = bytearray(data.draw(st.sampled_from([pdf, ofd])))
    for _round in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
    assert verify_file(bytes(content), register=KNOWN).title


def test_a_stream_that_unpacks_without_end_is_refused(db: None) -> None:
    packed = zlib.compress(zlib.compress(b"\0" * (40 << 20)))
    head = b"%PDF-1.5\n"
    body = b"1 0 obj<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(packed)
    content = head + body + packed + b"\nendstream endobj\nstartxref\n9\n%%EOF"
    assert verify_file(content).verdict == Verdict.UNREADABLE
