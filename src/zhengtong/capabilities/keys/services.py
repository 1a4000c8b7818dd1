"""What people do with keys. Who may ask is decided here; two custodians' yes is checked in the signer."""

import base64
import logging
from functools import partial
from typing import Any

from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from django.db import transaction
from django.utils.translation import gettext as _

from zhengtong.capabilities.keys.domain.chain import FIRST, find_break
from zhengtong.capabilities.keys.models import LedgerRow
from zhengtong.capabilities.keys.permissions import ASK, KEEP
from zhengtong.capabilities.keys.selectors import find_rotation, get_key
from zhengtong.capabilities.keys.words import Work
from zhengtong.core.audit.public import AuditRecord, record
from zhengtong.core.crypto.public import rewrap_data_keys, signer
from zhengtong.kernel.policy import SYSTEM, Actor, require

logger = logging.getLogger(__name__)
# Processes keep certificates in memory for a minute; none signs with the old key for longer than this.
HANDED_OVER_SECONDS = 600
_ROWS_AT_A_TIME = 1000


class KeysRefused(Exception):
    """What was asked of keys isn't possible; the text says why."""


@transaction.atomic
def rotate_key(*, actor: Actor, name: str, reason: str) -> str:
    """Let a new key take over from ``name``; the old one signs no more in a while, what it signed stays verifiable.

    Raises Denied, KeysRefused, SignerRefused, SignerUnavailable.
    """
    require(actor, ASK)
    old = get_key(name)
    rotation = find_rotation(old.purpose)
    if rotation is None:
        raise KeysRefused(_("这把密钥随它的证书或者印章一起更换，请到证书、印章页面办理。"))
    try:
        successor = rotation.rotate(actor, name, reason)
    except LookupError:
        raise KeysRefused(_("这把密钥现在没有证书在用它，不需要轮换；不再需要的密钥可以申请销毁。")) from None
    # Undone, the rotation leaves the old key in use; should the signer be away then, the old key only stays longer.
    retire = partial(signer.call, "retire", name=name, reason=reason, seconds=HANDED_OVER_SECONDS)
    transaction.on_commit(retire, robust=True)
    record(actor, "keys.rotate_key", ("keys.key", name), after={"successor": successor, "reason": reason})
    return successor


@transaction.atomic
def ask_custodians(
    *,
    actor: Actor,
    work: Work,
    subject: str = "",
    reason: str,
    certificate: bytes = b"",
    successor: tuple[str, str] = ("", ""),
) -> tuple[int, str]:
    """Open a request and return its number and the code with which what it brings is collected, shown once.

    ``certificate`` (DER) is to whom a key from escrow is enveloped; ``successor`` the account and name of a new
    custodian. Raises Denied, KeysRefused, SignerRefused, SignerUnavailable.
    """
    require(actor, ASK)
    detail: dict[str, str] = {}
    if certificate:
        detail["recipient"] = base64.b64encode(_read_sm2_key(certificate)).decode()
    if successor[0]:
        detail |= {"account": successor[0], "name": successor[1]}
    answer = signer.call(
        "ask",
        work=work,
        subject=subject,
        detail=detail,
        reason=reason,
        requester=str(actor.account),
        requester_name=actor.name,
    )
    about = {"work": work.value, "key": subject, "reason": reason}
    record(actor, "keys.ask_custodians", ("keys.request", answer["number"]), after=about)
    return answer["number"], answer["code"]


def _read_sm2_key(certificate: bytes) -> bytes:
    try:
        if certificate.lstrip().startswith(b"-----BEGIN"):
            certificate = load_pem_x509_certificate(certificate).public_bytes(Encoding.DER)
        # asn1crypto says its classes without types.
        kind: Any = Certificate
        parsed = kind.load(certificate, strict=True)
        key = parsed.public_key
        is_sm2 = key.algorithm == "ec" and key["algorithm"]["parameters"].chosen.dotted == "1.2.156.10197.1.301"
    except (ValueError, TypeError, AttributeError):
        raise KeysRefused(_("接收人的证书读不出来，请上传 PEM 或 DER 格式的证书文件。")) from None
    if not is_sm2:
        raise KeysRefused(_("接收人的证书不是 SM2 证书；不用证书接收的话，领取时另设文件口令。"))
    return bytes(key.dump())


@transaction.atomic
def approve_request(*, actor: Actor, number: int, secret: str) -> str:
    """Say yes as a custodian; return how the request stands. Raises Denied, SignerRefused, SignerUnavailable."""
    require(actor, KEEP)
    answer = signer.call("approve", number=number, account=str(actor.account), secret=secret)
    state: str = answer["state"]
    record(actor, "keys.approve_request", ("keys.request", number), after={"state": state})
    if state == "done" and answer["work"] == Work.ROTATE_KEK:
        _move_data_keys()
    return state


def _move_data_keys() -> None:
    # The old key-encryption key still opens them: what fails here is made up for with the next change, not undone.
    transaction.on_commit(rewrap_data_keys, robust=True)


@transaction.atomic
def decline_request(*, actor: Actor, number: int, secret: str) -> None:
    require(actor, KEEP)
    signer.call("decline", number=number, account=str(actor.account), secret=secret)
    record(actor, "keys.decline_request", ("keys.request", number))


@transaction.atomic
def withdraw_request(*, actor: Actor, number: int) -> None:
    require(actor, ASK)
    signer.call("withdraw", number=number, requester=str(actor.account))
    record(actor, "keys.withdraw_request", ("keys.request", number))


@transaction.atomic
def perform_request(*, actor: Actor, number: int) -> None:
    """Do what two custodians approved while the device was away."""
    require(actor, ASK)
    if signer.call("perform", number=number)["work"] == Work.ROTATE_KEK:
        _move_data_keys()
    record(actor, "keys.perform_request", ("keys.request", number))


@transaction.atomic
def collect_key(*, actor: Actor, number: int, code: str, passphrase: str) -> tuple[bytes, str]:
    """Return a released key and its form (envelope, p12, p8), once. Raises as the others do."""
    require(actor, ASK)
    answer = signer.call("collect", number=number, code=code, passphrase=passphrase)
    record(actor, "keys.collect_key", ("keys.request", number), after={"form": answer["form"]})
    return base64.b64decode(answer["content"]), answer["form"]


@transaction.atomic
def enroll_custodian(*, actor: Actor, secret: str, code: str) -> int:
    """Take a custodian's seat oneself; return its number. Raises Denied, SignerRefused, SignerUnavailable."""
    require(actor, KEEP)
    slot: int = signer.call("enroll", account=str(actor.account), name=actor.name, secret=secret, code=code)["slot"]
    record(actor, "keys.enroll_custodian", ("keys.custodian", slot), after={"slot": slot})
    return slot


@transaction.atomic
def copy_ledger() -> int | None:
    """Copy what the signer wrote since; return the number of the first row that doesn't continue the copy, if any.

    Nothing is copied from there on: the copy stays as it was, for whoever looks into it.
    """
    while True:
        last = LedgerRow.objects.select_for_update().order_by("-number").first()
        # The last known one too: a book that was replaced ends where the old one did, or before.
        begin = last.number - 1 if last else 0
        rows = signer.call("ledger", after=begin, limit=_ROWS_AT_A_TIME)["rows"]
        if last:
            known, rows = rows[:1], rows[1:]
            if not known or known[0]["hash"] != last.hash:
                return _report_break(last.number)
        if not rows:
            return None
        wrong = find_break(rows, last.hash if last else FIRST)
        if wrong is not None:
            return _report_break(wrong)
        LedgerRow.objects.bulk_create(LedgerRow(**row) for row in rows)


def _report_break(number: int) -> int:
    if AuditRecord.objects.filter(action="keys.find_break", object_id=str(number)).exists():
        return number  # said once
    logger.error("the signer's ledger does not continue its copy", extra={"row": number})
    record(SYSTEM, "keys.find_break", ("keys.ledger", number), after={"row": number})
    return number
