"""A person seals a PDF; tools that nobody here wrote agree, and refuse what was changed afterwards."""

import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from zhengtong.capabilities.pki.public import find_by_fingerprint, revoke_certificate
from zhengtong.capabilities.seals.engines.material import (
    BrokenPdf,
    BrokenSeal,
    CertificateRevoked,
    CutPdf,
    EncryptedPdf,
    NoPlacement,
    NotAPdf,
    OtherDocument,
    OtherKey,
    OutsideThePage,
    PageMissing,
    Placement,
    SealingRefused,
    SealMaterial,
    XfaForm,
)
from zhengtong.capabilities.seals.engines.pades import sign_pdf
from zhengtong.capabilities.seals.engines.pdf_reading import locate, open_pdf
from zhengtong.capabilities.seals.engines.tests.conftest import make_seal, permit, set_pdf
from zhengtong.capabilities.seals.engines.trust import get_anchors
from zhengtong.capabilities.seals.engines.verification import verify_file
from zhengtong.core.crypto.public import SignerRefused

HERE = Placement(1, 120, 200)


@pytest.fixture
def sealed(seal: SealMaterial, notice: bytes) -> bytes:
    return sign_pdf(notice, seal=seal, placements=[HERE], **permit(seal, notice))


def ask_pdfsig(pdf: bytes, folder: Path) -> str:
    (folder / "sealed.pdf").write_bytes(pdf)
    done = subprocess.run(
        ["pdfsig", "-nocert", str(folder / "sealed.pdf")], capture_output=True, text=True, check=False
    )
    return done.stdout


def test_pdfsig_accepts_the_seal_and_refuses_the_tampered_twin(sealed: bytes, tmp_path: Path) -> None:
    said = ask_pdfsig(sealed, tmp_path)
    assert "Signature is Valid." in said
    assert "ETSI.CAdES.detached" in said
    place = sealed.index(b"/MediaBox")
    twin = sealed[:place] + b"/MediaBoX" + sealed[place + 9 :]
    assert "Digest Mismatch" in ask_pdfsig(twin, tmp_path)


def test_pyhanko_validates_from_the_file_alone_without_the_network(sealed: bytes) -> None:
    """B-LT: chains and revocation lists come out of the document itself, and none may be missing."""
    reader = PdfFileReader(BytesIO(sealed))
    roots = [x509.Certificate.load(each) for each in get_anchors().roots]
    store = DocumentSecurityStore.read_dss(reader)
    context = store.as_validation_context({"trust_roots": roots, "allow_fetching": False, "revocation_mode": "require"})
    status = validate_pdf_signature(reader.embedded_signatures[0], context)
    assert status.bottom_line, status.pretty_print_details()
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.trusted


def ask_pyhanko(pdf: bytes, folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Have the command judge a seal with the platform's roots alone."""
    (folder / "sealed.pdf").write_bytes(pdf)
    command = [str(Path(sys.executable).with_name("pyhanko")), "sign", *words, "--pretty-print", "--trust-replace"]
    for number, root in enumerate(get_anchors().roots):
        (folder / f"root{number}.cer").write_bytes(root)
        command += ["--trust", str(folder / f"root{number}.cer")]
    command.append(str(folder / "sealed.pdf"))
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


@pytest.mark.parametrize("words", [("validate", "--no-revocation-check"), ("adesverify",)])
def test_the_pyhanko_command_accepts_the_seal_and_refuses_the_tampered_twin(
    words: tuple[str, ...], sealed: bytes, tmp_path: Path
) -> None:
    done = ask_pyhanko(sealed, tmp_path, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The signature is judged VALID" in done.stdout
    place = sealed.index(b"/MediaBox")
    done = ask_pyhanko(sealed[:place] + b"/MediaBoX" + sealed[place + 9 :], tmp_path, *words)
    assert done.returncode != 0
    assert "The signature is judged VALID" not in done.stdout


def test_the_image_stands_where_it_was_approved(seal: SealMaterial, notice: bytes) -> None:
    (left, low, right, high), turned = locate(open_pdf(notice), HERE, seal.width_mm, seal.height_mm)
    assert turned == 0
    assert (left, 841.89 - high) == pytest.approx((120 * 72 / 25.4, 200 * 72 / 25.4), abs=0.01)
    assert (right - left, high - low) == pytest.approx((42 * 72 / 25.4, 42 * 72 / 25.4))


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_page_shows_the_seal_where_it_is_seen(turned: int, notice: bytes) -> None:
    writer = PdfWriter(clone_from=BytesIO(notice))
    writer.pages[0].rotate(turned)
    made = BytesIO()
    writer.write(made)
    (left, low, right, high), found = locate(open_pdf(made.getvalue()), Placement(1, 10, 20), 40, 30)
    point = 72 / 25.4
    wide, tall = 595.2756, 841.8898
    expected = {
        90: (20 * point, 10 * point, 50 * point, 50 * point),
        180: (wide - 50 * point, 20 * point, wide - 10 * point, 50 * point),
        270: (wide - 50 * point, tall - 50 * point, wide - 20 * point, tall - 10 * point),
    }[turned]
    assert found == turned
    assert (left, low, right, high) == pytest.approx(expected, abs=0.01)


def test_several_seals_stand_in_one_document(seal: SealMaterial, sealed: bytes, tmp_path: Path) -> None:
    other = make_seal("3305010000002")
    places = [Placement(2, 60, 60), Placement(1, 20, 20)]
    both = sign_pdf(sealed, seal=other, placements=places, **permit(other, sealed, uses=2))
    assert ask_pdfsig(both, tmp_path).count("Signature is Valid.") == 3
    report = verify_file(both)
    assert [each.pages for each in report.seals] == [(1,), (2,), (1,)]
    assert not [check for each in report.seals for check in each.checks if check.outcome == "failed"]


def test_five_hundred_pages_are_sealed(seal: SealMaterial) -> None:
    long = set_pdf("#for page in range(500) [第 #page 页 #pagebreak(weak: true)]")
    sealed = sign_pdf(long, seal=seal, placements=[Placement(500, 100, 100)], **permit(seal, long))
    report = verify_file(sealed)
    assert report.pages == 500
    assert report.seals[0].pages == (500,)


def test_a_form_is_sealed_and_filling_it_afterwards_is_found(seal: SealMaterial, notice: bytes) -> None:
    form = with_field(notice)
    sealed = sign_pdf(form, seal=seal, placements=[HERE], **permit(seal, form))
    assert verify_file(sealed).verdict == "doubtful"  # no seal of this register, and nothing else
    writer = PdfWriter(BytesIO(sealed), incremental=True)
    form_of_twin: Any = writer.root_object["/AcroForm"]
    form_of_twin["/Fields"][0].get_object()[NameObject("/V")] = TextStringObject("改了")
    made = BytesIO()
    writer.write(made)
    assert verify_file(made.getvalue()).verdict == "changed"


def with_field(pdf: bytes, **more: str) -> bytes:
    writer = PdfWriter(clone_from=BytesIO(pdf))
    field = DictionaryObject(
        {
            NameObject("/FT"): NameObject("/Tx"),
            NameObject("/T"): TextStringObject("姓名"),
            NameObject("/V"): TextStringObject("张三"),
        }
    )
    form = DictionaryObject({NameObject("/Fields"): ArrayObject([writer._add_object(field)])})
    for name, value in more.items():
        form[NameObject(f"/{name}")] = TextStringObject(value)
    writer.root_object[NameObject("/AcroForm")] = form
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def encrypt(pdf: bytes, password: str = "secret") -> bytes:
    writer = PdfWriter(clone_from=BytesIO(pdf))
    writer.encrypt(password, algorithm="RC4-128")
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (lambda pdf: b"hello", NotAPdf),
        (lambda pdf: pdf[: len(pdf) // 2], CutPdf),
        (lambda pdf: pdf.replace(b"startxref", b"startxxxx"), BrokenPdf),
        (encrypt, EncryptedPdf),
        (lambda pdf: with_field(pdf, XFA="<xdp/>"), XfaForm),
    ],
)
def test_what_cannot_be_sealed_has_its_own_sentence(
    spoil: object, refusal: type[SealingRefused], seal: SealMaterial, notice: bytes
) -> None:
    spoiled = spoil(notice)  # type: ignore[operator]  # a function of bytes
    with pytest.raises(refusal) as caught:
        sign_pdf(spoiled, seal=seal, placements=[HERE], **permit(seal, spoiled))
    assert "PDF" in str(caught.value)


def test_every_refusal_has_a_sentence_of_its_own() -> None:
    kinds = SealingRefused.__subclasses__()
    values = {"page": 3, "pages": 2, "what": "渐变色"}
    sentences = [str(kind(**values)) for kind in kinds if kind.say]
    assert len(set(sentences)) == len(sentences) > 20


def test_a_place_that_isnt_there_seals_nothing(seal: SealMaterial, notice: bytes) -> None:
    for places, refusal in (
        ([], NoPlacement),
        ([Placement(3, 0, 0)], PageMissing),
        ([Placement(1, 180, 0)], OutsideThePage),
    ):
        given = permit(seal, notice)
        with pytest.raises(refusal):
            sign_pdf(notice, seal=seal, placements=places, **given)
        # Nothing was sealed, so the permission is whole.
        assert sign_pdf(notice, seal=seal, placements=[HERE], **given)


def test_another_document_is_not_sealed(seal: SealMaterial, notice: bytes) -> None:
    with pytest.raises(OtherDocument):
        sign_pdf(notice + b"\n%%EOF", seal=seal, placements=[HERE], **permit(seal, notice))


def test_a_token_is_spent_once(seal: SealMaterial, notice: bytes) -> None:
    given = permit(seal, notice)
    sign_pdf(notice, seal=seal, placements=[HERE], **given)
    with pytest.raises(SignerRefused) as caught:
        sign_pdf(notice, seal=seal, placements=[HERE], **given)
    assert caught.value.code == "token_spent"


def test_a_revoked_certificate_seals_nothing_and_what_it_sealed_stays_good(
    seal: SealMaterial, notice: bytes, sealed: bytes
) -> None:
    from zhengtong.kernel.policy import SYSTEM

    row = find_by_fingerprint(sha256(seal.certificate).hexdigest())
    assert row is not None
    revoke_certificate(actor=SYSTEM, certificate=row, reason="key_compromise")
    with pytest.raises(CertificateRevoked):
        sign_pdf(notice, seal=seal, placements=[HERE], **permit(seal, notice))
    checks = {check.code: check.outcome for check in verify_file(sealed).seals[0].checks}
    assert checks["time"] == "passed"


def test_a_key_of_another_certificate_is_found_out(seal: SealMaterial, notice: bytes) -> None:
    mixed = replace(seal, key_name=make_seal("3305010000003").key_name)
    with pytest.raises(OtherKey):
        sign_pdf(notice, seal=mixed, placements=[HERE], **permit(mixed, notice))


def test_a_document_whose_seal_is_broken_takes_no_other(seal: SealMaterial, sealed: bytes) -> None:
    place = sealed.index(b"/MediaBox")
    twin = sealed[:place] + b"/MediaBoX" + sealed[place + 9 :]
    with pytest.raises((BrokenSeal, BrokenPdf)):
        sign_pdf(twin, seal=seal, placements=[Placement(2, 10, 10)], **permit(seal, twin))
