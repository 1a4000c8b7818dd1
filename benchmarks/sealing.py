"""What the benchmarks of sealing share: a seal with real keys in the real signer, and a notice of two pages."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import uuid4

import typst

from zhengtong.capabilities.pki.public import ensure_service_certificate, issue_for_key, prepare_trust
from zhengtong.capabilities.seals.engines.material import Placement, SealMaterial
from zhengtong.capabilities.seals.engines.ses import make_ses_seal
from zhengtong.core.crypto.public import Algorithm, Purpose, signer
from zhengtong.core.papers.public import open_font_case
from zhengtong.kernel.policy import SYSTEM

HERE = (Placement(1, 120, 200),)
_IMAGE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 420"><circle cx="210" cy="210" r="204" fill="none"
stroke="#d7000f" stroke-width="12"/><path fill="#d7000f"
d="M210 130l18 55h58l-47 34 18 56-47-34-47 34 18-56-47-34h58z"/></svg>"""
_NAME = "安澜市市场监督管理局行政审批专用章"


@dataclass(frozen=True)
class Permission:
    token: str
    document: str


def make_seal() -> SealMaterial:
    prepare_trust()
    keys = [signer.create_key(f"seal-{uuid4().hex}", each, Purpose.SEAL) for each in (Algorithm.P256, Algorithm.SM2)]
    subject = {"country_name": "CN", "organization_name": "安澜市市场监督管理局", "common_name": _NAME}
    p256, sm2 = (
        issue_for_key(actor=SYSTEM, profile="seal", subject=subject, spki=key.spki, key_name=key.name) for key in keys
    )
    maker = ensure_service_certificate("content", Algorithm.SM2)
    ses = make_ses_seal(
        code="3305010000001",
        name=_NAME,
        kind="special",
        image_svg=_IMAGE,
        width_mm=42,
        height_mm=42,
        certificates=[bytes(sm2.der)],
        not_before=sm2.not_before,
        not_after=sm2.not_after,
        maker_certificate=bytes(maker.der),
        maker_key_name=maker.key_name,
    )
    return SealMaterial(
        code="3305010000001",
        name=_NAME,
        kind="special",
        image_svg=_IMAGE,
        width_mm=42.0,
        height_mm=42.0,
        certificate=bytes(p256.der),
        chain=tuple(p256.chain_der()),
        key_name=p256.key_name,
        sm2_certificate=bytes(sm2.der),
        sm2_chain=tuple(sm2.chain_der()),
        sm2_key_name=sm2.key_name,
        ses_seal=ses,
    )


def permit(key: str, content: bytes, uses: int = 1) -> Permission:
    document = sha256(content).hexdigest()
    answer = signer.call("permit", key=key, document=document, uses=uses, seconds=600)
    return Permission(str(answer["token"]), document)


def set_notice() -> bytes:
    source = (
        '#set page(paper: "a4")\n#set text(font: ("Noto Serif CJK SC", "Noto Serif SC", "SimSun"), size: 12pt)\n'
        "= 关于加盖电子印章的通知\n" + "各有关单位：现将有关事项通知如下，请遵照执行，执行中的问题请及时反馈。\n\n" * 40
    )
    made = typst.compile(source.encode(), font_paths=open_font_case().fonts)
    assert isinstance(made, bytes)
    return made
