"""A licence as its holder presents it (亮证): a signed line of text that a QR code holds for a minute.

``ZT1.<facts>.<signature>``, both base64url without padding. The facts are canonical JSON (sorted keys, no spaces,
UTF-8): ``k`` title, ``n`` number, ``h`` holder as shown, ``i`` issuer, ``u`` last valid day or null, ``c`` verification
code, ``t`` when it was shown and ``x`` until when it counts (seconds since 1970), ``f`` the first 16 hex digits of the
SHA-256 of the certificate. The signature is SM2 (SM3, default identifier) over the ASCII text ``ZT1.<facts>``.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final

from zhengtong_verify import sm2
from zhengtong_verify.chain import Unreadable, check_chain, parse_certificate
from zhengtong_verify.findings import Finding, Report, fails, holds
from zhengtong_verify.sealing import Trust, fingerprint

HEAD: Final = "ZT1"
# A clock that is a little ahead or behind is no forgery.
LENIENCE_SECONDS: Final = 30
# The days of a licence are days in China, which has one time and moves no clocks.
CHINA: Final = timezone(timedelta(hours=8))
_LINE = re.compile(rf"{HEAD}\.[A-Za-z0-9_-]{{20,2000}}\.[A-Za-z0-9_-]{{80,120}}")
_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "k": str, "n": str, "h": str, "i": str, "u": (str, type(None)), "c": str, "t": int, "x": int, "f": str,
}  # fmt: skip


class Illegible(ValueError):
    """The text isn't a licence that was presented."""


@dataclass(frozen=True)
class Presented:
    """What a line says; ``signed`` is the text under the signature. Nothing of it is checked yet."""

    facts: Mapping[str, Any]
    signed: bytes
    signature: bytes

    @property
    def shown_at(self) -> datetime:
        return datetime.fromtimestamp(self.facts["t"], UTC)

    @property
    def ends_at(self) -> datetime:
        return datetime.fromtimestamp(self.facts["x"], UTC)

    @property
    def valid_until(self) -> date | None:
        return date.fromisoformat(self.facts["u"]) if self.facts["u"] else None


def state(facts: Mapping[str, Any]) -> bytes:
    """Return the text that is signed."""
    plain = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return f"{HEAD}.{_encode(plain)}".encode()


def write_line(signed: bytes, signature: bytes) -> str:
    """Return the line that a QR code holds."""
    return f"{signed.decode()}.{_encode(signature)}"


def read_line(text: str) -> Presented:
    """Return what the line in ``text`` says, wherever it stands in it (an address may come before). Raises
    Illegible."""
    found = _LINE.search(text[:8000])
    if found is None:
        raise Illegible
    head, _dot, signature = found[0].rpartition(".")
    try:
        facts = json.loads(_decode(head.partition(".")[2]))
        if not isinstance(facts, dict) or facts.keys() != _TYPES.keys():
            raise Illegible
        for name, kind in _TYPES.items():
            if not isinstance(facts[name], kind) or isinstance(facts[name], bool):
                raise Illegible
        read = Presented(facts, head.encode(), _decode(signature))
        _moments = read.shown_at, read.ends_at, read.valid_until
    except (ValueError, OverflowError, OSError, RecursionError, binascii.Error) as error:
        raise Illegible from error
    return read


def is_signed_by(presented: Presented, certificate: bytes) -> bool:
    """Return whether the holder of ``certificate`` (DER) signed the line."""
    if not fingerprint(certificate).startswith(presented.facts["f"]):
        return False
    try:
        return sm2.verify(parse_certificate(certificate).public_key.dump(), presented.signed, presented.signature)
    except Unreadable:
        return False


def can_read(content: bytes) -> bool:
    """Return whether a file holds a presented licence."""
    try:
        read_line(content[:8000].decode())
    except (Illegible, UnicodeDecodeError):
        return False
    return True


def check(content: bytes, trust: Trust, *, now: datetime | None = None) -> Report:
    """Judge a presented licence by the certificates that the reader brought: the platform's for content, and its
    root."""
    presented = read_line(content[:8000].decode())
    facts, moment = presented.facts, now or datetime.now(UTC)
    found = [*_check_signer(presented, trust.roots), *_check_times(presented, moment)]
    shown = {"title": facts["k"], "number": facts["n"], "holder": facts["h"], "issuer": facts["i"], "code": facts["c"]}
    if not any(not each.passed for each in found):
        found.append(holds("licence-shown", **shown))
    return Report("licence", tuple(found), trust.is_pinned, shown)


def _check_signer(presented: Presented, brought: Iterable[bytes]) -> list[Finding]:
    known = list(brought)
    signer = next((der for der in known if fingerprint(der).startswith(presented.facts["f"])), None)
    if signer is None:
        return [fails("licence-signer", print=presented.facts["f"])]
    if not is_signed_by(presented, signer):
        return [fails("bad-signature", name=presented.facts["n"])]
    anchors = [der for der in known if der != signer]
    verdict = check_chain(signer, anchors=anchors, intermediates=anchors, at=presented.shown_at)
    return [
        fails("bad-certificate", name=presented.facts["n"], why=problem.sentence, code=problem.code)
        for problem in verdict.problems
    ]


def _check_times(presented: Presented, moment: datetime) -> list[Finding]:
    found, late = [], (moment - presented.ends_at).total_seconds()
    if late > LENIENCE_SECONDS:
        found.append(fails("licence-stale", at=presented.shown_at.isoformat()))
    if (presented.shown_at - moment).total_seconds() > LENIENCE_SECONDS:
        found.append(fails("licence-ahead", at=presented.shown_at.isoformat()))
    if presented.valid_until is not None and presented.valid_until < moment.astimezone(CHINA).date():
        found.append(fails("licence-over", day=presented.facts["u"]))
    return found


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
