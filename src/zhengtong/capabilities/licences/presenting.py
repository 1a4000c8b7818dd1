"""Showing a licence (亮证): a QR code that is another one every minute, signed, so that it can be checked without a
net."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import pem
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.licences.models import Licence
from zhengtong.capabilities.licences.selectors import list_licences
from zhengtong.capabilities.pki.public import ensure_service_certificate
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import Algorithm, Purpose, signer
from zhengtong.core.identity.public import mask_name
from zhengtong.core.papers.public import PaperStatus, get_paper_by_code, get_status
from zhengtong.kernel.policy import Actor, Denied
from zhengtong_verify import licence as line
from zhengtong_verify.sealing import fingerprint

SHOWN_SECONDS = 60


@dataclass(frozen=True)
class Shown:
    """What a QR code holds now, and until when."""

    address: str
    text: str
    ends_at: datetime


def present_licence(*, actor: Actor, number: str) -> Shown:
    """Return the code by which its holder shows a licence for the next minute.

    Raises Denied when it isn't hers or not in force, SignerUnavailable.
    """
    licence = list_licences(actor).filter(number=number).first()
    if licence is None:
        raise Denied("licences.view_licence", visible=False)
    if not get_status(licence.paper).is_valid:
        raise Denied("licences.view_licence")
    now = timezone.now()
    certificate = ensure_service_certificate("content", Algorithm.SM2)
    signed = line.state(
        {
            "k": licence.paper.title,
            "n": licence.number,
            "h": _name(licence),
            "i": licence.organisation.name,
            "u": licence.valid_until.isoformat() if licence.valid_until else None,
            "c": licence.paper.code,
            "t": int(now.timestamp()),
            "x": int((now + timedelta(seconds=SHOWN_SECONDS)).timestamp()),
            "f": fingerprint(bytes(certificate.der))[:16],
        }
    )
    text = line.write_line(signed, signer.sign(certificate.key_name, signed, purpose=Purpose.CONTENT))
    return Shown(f"{settings.PUBLIC_URL}/verify/shown/?c={text}", text, now + timedelta(seconds=SHOWN_SECONDS))


def note_presenting(*, actor: Actor, number: str) -> None:
    """Record that the holder opened the code of a licence; the code of each minute isn't another act."""
    licence = list_licences(actor).filter(number=number).first()
    if licence is not None:
        record(actor, "licences.present_licence", licence)


def _name(licence: Licence) -> str:
    # A stranger who scans it sees of a natural person what he sees on the page of verification.
    return licence.holder_name if licence.legal_entity_id else mask_name(licence.holder_name)


@dataclass(frozen=True)
class Judged:
    """What became of a code that somebody scanned: the sentence, and what it says where it can be believed."""

    is_good: bool
    sentence: str
    facts: tuple[tuple[str, str], ...] = ()
    status: PaperStatus | None = None


def judge_presented(text: str) -> Judged:
    """Return whether a scanned code is genuine, fresh, and the licence still in force; each fault its own sentence."""
    try:
        presented = line.read_line(text)
    except line.Illegible:
        return Judged(False, _("这不是完整的证照码。请对准二维码重新扫描。"))
    certificate = ensure_service_certificate("content", Algorithm.SM2)
    if not line.is_signed_by(presented, bytes(certificate.der)):
        return Judged(False, _("签名不对：这个证照码不是本平台签发的，或者内容被改动过。"))
    paper = get_paper_by_code(presented.facts["c"])
    if paper is None:
        return Judged(False, _("没有找到这个证照，请核对证照编号。"))
    status = get_status(paper)
    facts = (
        (_("证照"), presented.facts["k"]),
        (_("编号"), presented.facts["n"]),
        (_("持证主体"), presented.facts["h"]),
        (_("发证机关"), presented.facts["i"]),
        (_("有效期至"), presented.facts["u"] or _("长期")),
    )
    late = timezone.now() - presented.ends_at
    if late > timedelta(seconds=line.LENIENCE_SECONDS):
        sentence = _("证照码是 %(at)s 出示的，已经过期，可能是截图。请持证人当面重新出示。")
        at = timezone.localtime(presented.shown_at)
        return Judged(False, sentence % {"at": f"{at:%Y-%m-%d %H:%M:%S}"}, facts, status)
    if not status.is_valid:
        return Judged(False, status.sentence, facts, status)
    return Judged(True, _("证照真实、有效，由持证人刚刚出示。"), facts, status)


def list_content_certificates() -> str:
    """Return the certificate that codes are signed with and those above it, as PEM."""
    certificate = ensure_service_certificate("content", Algorithm.SM2)
    held = [bytes(certificate.der), *certificate.chain_der()]
    return "".join(pem.armor("CERTIFICATE", der).decode() for der in dict.fromkeys(held))
