"""A seal with real keys in the real signer, certified by the platform's own authorities, and documents to seal."""

from hashlib import sha256
from typing import TypedDict
from uuid import uuid4

import pytest
import typst

from zhengtong.capabilities.pki.public import ensure_service_certificate, issue_for_key
from zhengtong.capabilities.seals.engines.material import SealMaterial
from zhengtong.capabilities.seals.engines.ses import make_ses_seal
from zhengtong.core.crypto.public import Algorithm, Purpose, signer
from zhengtong.core.papers.public import open_font_case
from zhengtong.kernel.policy import SYSTEM

NAME = "安澜市市场监督管理局"
IMAGE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 420"><circle cx="210" cy="210" r="204" fill="none"
stroke="#d7000f" stroke-width="12"/><path fill="#d7000f"
d="M210 130l18 55h58l-47 34 18 56-47-34-47 34 18-56-47-34h58z"/>
<text x="210" y="336" font-size="36" text-anchor="middle" fill="#d7000f">行政审批专用章</text></svg>"""


class Permission(TypedDict):
    token: str
    document: str


@pytest.fixture
def seal(db: None) -> SealMaterial:
    return make_seal()


def make_seal(code: str = "3305010000001") -> SealMaterial:
    """Return a seal whose keys and certificates are made now."""
    keys = [signer.create_key(f"seal-{uuid4().hex}", each, Purpose.SEAL) for each in (Algorithm.P256, Algorithm.SM2)]
    subject = {"country_name": "CN", "organization_name": NAME, "common_name": f"{NAME}行政审批专用章"}
    p256, sm2 = (
        issue_for_key(actor=SYSTEM, profile="seal", subject=subject, spki=key.spki, key_name=key.name) for key in keys
    )
    maker = ensure_service_certificate("content", Algorithm.SM2)
    ses = make_ses_seal(
        code=code,
        name=f"{NAME}行政审批专用章",
        kind="special",
        image_svg=IMAGE,
        width_mm=42,
        height_mm=42,
        certificates=[bytes(sm2.der)],
        not_before=sm2.not_before,
        not_after=sm2.not_after,
        maker_certificate=bytes(maker.der),
        maker_key_name=maker.key_name,
    )
    return SealMaterial(
        code,
        f"{NAME}行政审批专用章",
        "special",
        IMAGE,
        42.0,
        42.0,
        bytes(p256.der),
        tuple(p256.chain_der()),
        p256.key_name,
        bytes(sm2.der),
        tuple(sm2.chain_der()),
        sm2.key_name,
        ses,
    )


def permit(seal: SealMaterial, content: bytes, *, uses: int = 1, sm2: bool = False) -> Permission:
    """Return what sealing ``content`` once needs besides: the one-time token, and what it was given for."""
    document = sha256(content).hexdigest()
    key = seal.sm2_key_name if sm2 else seal.key_name
    token = signer.call("permit", key=key, document=document, uses=uses, seconds=60)["token"]
    return {"token": token, "document": document}


@pytest.fixture(scope="session")
def notice() -> bytes:
    """A notice of two pages."""
    return set_pdf(
        "= 关于加盖电子印章的通知\n"
        + "各有关单位：现将有关事项通知如下，请遵照执行。\n\n" * 12
        + "#pagebreak()\n第二页"
    )


def set_pdf(source: str) -> bytes:
    """Return ``source`` (typst) as PDF on A4."""
    head = '#set page(paper: "a4")\n#set text(font: ("Noto Serif CJK SC", "Noto Serif SC", "SimSun"), size: 12pt)\n'
    made = typst.compile((head + source).encode(), font_paths=open_font_case().fonts)
    assert isinstance(made, bytes)
    return made
