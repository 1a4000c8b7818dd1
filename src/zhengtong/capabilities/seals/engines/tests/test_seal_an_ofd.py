"""A document is made as OFD and sealed with SM2; Bouncy Castle and openssl agree, and refuse the tampered twin."""

import subprocess
import zipfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengtong.capabilities.seals.engines import ses
from zhengtong.capabilities.seals.engines.material import (
    BrokenOfd,
    NoSm2Side,
    NotAnOfd,
    NotConvertible,
    OutsideThePage,
    PageMissing,
    Placement,
    SealMaterial,
)
from zhengtong.capabilities.seals.engines.ofd import make_ofd
from zhengtong.capabilities.seals.engines.ofd_signing import sign_ofd
from zhengtong.capabilities.seals.engines.package import open_package
from zhengtong.capabilities.seals.engines.pdf_layout import read_layout
from zhengtong.capabilities.seals.engines.tests.conftest import make_seal, permit, set_pdf
from zhengtong.capabilities.seals.engines.verification import verify_file
from zhengtong_verify.sm2 import sm3

OFD = "{http://www.ofdspec.org/2016}"
HERE = Placement(1, 120, 200)


@pytest.fixture(scope="module")
def ofd(notice: bytes) -> bytes:
    return make_ofd(read_layout(notice))


@pytest.fixture
def sealed(seal: SealMaterial, ofd: bytes) -> bytes:
    return sign_ofd(ofd, seal=seal, placements=[HERE], **permit(seal, ofd, sm2=True))


def tree(package: dict[str, bytes], name: str) -> ElementTree.Element:
    return ElementTree.fromstring(package[name])


def test_one_document_says_the_same_in_both_forms(notice: bytes, ofd: bytes) -> None:
    files = open_package(ofd).files
    pages = [name for name in sorted(files) if name.endswith("Content.xml")]
    texts = ["".join(each.text or "" for each in tree(files, name).iter(f"{OFD}TextCode")) for name in pages]
    assert len(pages) == 2
    assert texts[0].startswith("关于加盖电子印章的通知各有关单位：现将有关事项通知如下，请遵照执行。")
    assert texts[1] == "第二页"


def test_the_package_is_built_as_gb_t_33190_says(ofd: bytes) -> None:
    files = open_package(ofd).files
    entrance = tree(files, "OFD.xml")
    assert (entrance.tag, entrance.get("DocType"), entrance.get("Version")) == (f"{OFD}OFD", "OFD", "1.0")
    root = f"{OFD}DocBody/{OFD}DocRoot"
    document = tree(files, entrance.findtext(root) or "")
    box = document.findtext(f"{OFD}CommonData/{OFD}PageArea/{OFD}PhysicalBox") or ""
    assert [float(each) for each in box.split()] == pytest.approx([0, 0, 210, 297], abs=0.01)
    resources = tree(files, "Doc_0/PublicRes.xml")
    fonts = {each.get("ID"): each for each in resources.iter(f"{OFD}Font")}
    numbers: list[str] = [*fonts]  # type: ignore[list-item]  # every font has its number
    for page in document.iter(f"{OFD}Page"):
        numbers.append(page.attrib["ID"])
        content = tree(files, f"Doc_0/{page.get('BaseLoc')}")
        for each in content.iter():
            if "ID" in each.attrib:
                numbers.append(each.attrib["ID"])
            if each.tag == f"{OFD}TextObject":
                code = each.find(f"{OFD}TextCode")
                assert code is not None
                assert each.get("Font") in fonts
                assert len(spread(code.get("DeltaX", ""))) == len(code.text or "") - 1
    assert len(numbers) == len(set(numbers))
    assert max(map(int, numbers)) <= int(document.findtext(f"{OFD}CommonData/{OFD}MaxUnitID") or 0)


def spread(gaps: str) -> list[float]:
    found: list[float] = []
    words = iter(gaps.split())
    for word in words:
        if word == "g":
            count = int(next(words))
            found += [float(next(words))] * count
        else:
            found.append(float(word))
    return found


def test_every_character_has_its_glyph_in_the_embedded_font(ofd: bytes) -> None:
    files = open_package(ofd).files
    fonts = {
        each.get("ID"): TTFont(BytesIO(files[f"Doc_0/Res/{each.findtext(f'{OFD}FontFile')}"])).getBestCmap() or {}
        for each in tree(files, "Doc_0/PublicRes.xml").iter(f"{OFD}Font")
    }
    for name in [name for name in files if name.endswith("Content.xml")]:
        for each in tree(files, name).iter(f"{OFD}TextObject"):
            if each.find(f"{OFD}CGTransform") is None:
                text = each.findtext(f"{OFD}TextCode") or ""
                assert all(ord(character) in fonts[each.get("Font")] for character in text)


def test_lines_pictures_and_turned_text_come_over() -> None:
    pdf = set_pdf(
        "#table(columns: 2, [甲], [乙])\n#rotate(30deg)[斜着]\n#rect(fill: red, width: 2cm, height: 1cm)\n"
        "#image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><path d='M1 1h5v5z'/></svg>\"),"
        " width: 1cm)"
    )
    content = open_package(make_ofd(read_layout(pdf))).files["Doc_0/Pages/Page_0/Content.xml"].decode()
    assert content.count("<ofd:PathObject") >= 4
    assert "CTM=" in content
    assert 'Value="255 65 54"' in content


def test_what_ofd_cannot_show_is_named() -> None:
    pdf = set_pdf("#rect(fill: gradient.linear(red, blue), width: 5cm)")
    with pytest.raises(NotConvertible) as caught:
        read_layout(pdf)
    assert "第 1 页" in str(caught.value)


def read_parts(sealed: bytes) -> tuple[dict[str, bytes], Any]:
    files = open_package(sealed).files
    return files, ses.read_signature(files["Doc_0/Signs/Sign_0/SignedValue.dat"])


@cache
def start_java() -> Any:
    import jpype

    if not jpype.isJVMStarted():
        jpype.startJVM(
            classpath=["/usr/share/java/bcprov.jar", "/usr/share/java/bcpkix.jar", "/usr/share/java/bcutil.jar"]
        )
    provider = jpype.JClass("org.bouncycastle.jce.provider.BouncyCastleProvider")()
    jpype.JClass("java.security.Security").addProvider(provider)
    return jpype


def bouncy_castle_accepts(certificate: bytes, message: bytes, signature: bytes) -> bool:
    jpype = start_java()
    stream = jpype.JClass("java.io.ByteArrayInputStream")(jpype.JArray(jpype.JByte)(signed_bytes(certificate)))
    factory = jpype.JClass("java.security.cert.CertificateFactory").getInstance("X.509", "BC")
    checker = jpype.JClass("java.security.Signature").getInstance("SM3withSM2", "BC")
    checker.initVerify(factory.generateCertificate(stream).getPublicKey())
    checker.update(jpype.JArray(jpype.JByte)(signed_bytes(message)))
    try:
        return bool(checker.verify(jpype.JArray(jpype.JByte)(signed_bytes(signature))))
    except jpype.JException:
        return False


def signed_bytes(content: bytes) -> list[int]:
    return [each - 256 if each > 127 else each for each in content]


def test_bouncy_castle_accepts_seal_signature_and_certificates(sealed: bytes, seal: SealMaterial) -> None:
    files, signature = read_parts(sealed)
    signed = signature["signed"]
    value = signature["signature"].native
    assert signed["digest"].native == sm3(files["Doc_0/Signs/Sign_0/Signature.xml"])
    assert bouncy_castle_accepts(signature["cert"].native, signed.dump(), value)
    assert not bouncy_castle_accepts(signature["cert"].native, signed.dump() + b"\0", value)
    made = signed["seal"]
    assert bouncy_castle_accepts(made["cert"].native, made["info"].dump(), made["signature"].native)
    jpype = start_java()
    factory = jpype.JClass("java.security.cert.CertificateFactory").getInstance("X.509", "BC")
    read = [
        factory.generateCertificate(
            jpype.JClass("java.io.ByteArrayInputStream")(jpype.JArray(jpype.JByte)(signed_bytes(each)))
        )
        for each in (seal.sm2_certificate, *seal.sm2_chain)
    ]
    for child, parent in pairwise(read):
        child.verify(parent.getPublicKey(), "BC")


def test_openssl_accepts_the_signature_and_refuses_the_twin(sealed: bytes, tmp_path: Path) -> None:
    _files, signature = read_parts(sealed)
    from asn1crypto import x509

    key = x509.Certificate.load(signature["cert"].native).public_key.dump()
    (tmp_path / "key.der").write_bytes(key)
    (tmp_path / "signature").write_bytes(signature["signature"].native)
    for message, word in (
        (signature["signed"].dump(), "Successfully"),
        (signature["signed"].dump()[:-1] + b"x", "Failure"),
    ):
        (tmp_path / "message").write_bytes(message)
        done = subprocess.run(
            [
                *("openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der"),
                *("-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"),
                *("-sigfile", "signature", "-in", "message"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert word in done.stdout + done.stderr


def test_several_seals_follow_each_other(sealed: bytes) -> None:
    other = make_seal("3305010000002")
    places = [Placement(1, 10, 10), Placement(2, 10, 10)]
    both = sign_ofd(sealed, seal=other, placements=places, **permit(other, sealed, sm2=True))
    report = verify_file(both)
    assert [(each.code, each.pages) for each in report.seals] == [("3305010000001", (1,)), ("3305010000002", (1, 2))]
    assert not [check for each in report.seals for check in each.checks if check.outcome == "failed"]


def rewrite(package: bytes, **changes: bytes | None) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            content = changes.pop(name, before.read(name))
            if content is not None:
                after.writestr(name, content)
        for name, content in changes.items():
            after.writestr(name, content or b"")
    return made.getvalue()


def test_each_kind_of_tampering_is_found(sealed: bytes) -> None:
    page = "Doc_0/Pages/Page_0/Content.xml"
    content = open_package(sealed).files[page]
    for changes in (
        {page: content.replace("各有关单位".encode(), "各无关单位".encode())},
        {"Doc_0/Annots/Annotations.xml": b"<x/>"},
        {"Doc_0/PublicRes.xml": None},
    ):
        report = verify_file(rewrite(sealed, **changes))
        assert report.verdict in ("changed", "unreadable")


def test_a_seal_of_another_document_does_not_count(seal: SealMaterial, sealed: bytes) -> None:
    other = make_ofd(read_layout(set_pdf("另一份文件")))
    moved = {name: content for name, content in open_package(sealed).files.items() if "/Signs/" in name}
    entrance = open_package(sealed).files["OFD.xml"]
    assert verify_file(rewrite(other, **moved, **{"OFD.xml": entrance})).verdict == "changed"


def test_what_cannot_be_sealed_has_its_own_sentence(seal: SealMaterial, ofd: bytes) -> None:
    for content, places, refusal in (
        (b"hello", [HERE], NotAnOfd),
        (ofd[: len(ofd) // 2], [HERE], BrokenOfd),
        (ofd, [Placement(9, 0, 0)], PageMissing),
        (ofd, [Placement(1, 200, 0)], OutsideThePage),
    ):
        with pytest.raises(refusal):
            sign_ofd(content, seal=seal, placements=places, **permit(seal, content, sm2=True))


def test_a_seal_without_sm2_seals_no_ofd(seal: SealMaterial, ofd: bytes) -> None:
    from dataclasses import replace

    with pytest.raises(NoSm2Side):
        sign_ofd(ofd, seal=replace(seal, sm2_key_name=""), placements=[HERE], **permit(seal, ofd, sm2=True))


@given(st.binary(max_size=300))
@settings(max_examples=60)
def test_any_bytes_are_read_as_a_seal_or_refused(content: bytes) -> None:
    for read in (ses.read_seal, ses.read_signature):
        with pytest.raises(ses.UnreadableSeal):
            read(content)


def bits(count: int) -> Iterator[int]:
    step = max(count // 40, 1)
    yield from range(0, count, step)


def test_no_byte_of_the_seal_signature_can_be_changed(sealed: bytes) -> None:
    """Each flipped byte is refused, unless it lies in the time stamp, which is judged by itself."""
    value = open_package(sealed).files["Doc_0/Signs/Sign_0/SignedValue.dat"]
    stamp = ses.read_signature(value)["time_stamp"].native
    start = value.rindex(stamp)
    # Before it stand the tag and length of its own wrapping.
    for place in bits(start - 16):
        twin = value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]
        report = verify_file(rewrite(sealed, **{"Doc_0/Signs/Sign_0/SignedValue.dat": twin}))
        assert report.verdict in ("changed", "invalid"), (place, report)
