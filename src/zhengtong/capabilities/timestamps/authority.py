"""The time-stamping authority: its clock, its certificate, and the token or the refusal for each request."""

import os
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from time import monotonic

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _

from zhengtong.capabilities.pki.public import CertificateRefused, ensure_service_certificate
from zhengtong.capabilities.timestamps.clock import ClockFault, ClockPolicy, TimeNotAvailable, TrustedClock
from zhengtong.capabilities.timestamps.domain.requests import Failure, RequestRefused, StampRequest, read_request
from zhengtong.capabilities.timestamps.domain.tokens import TokenMaker, write_granted, write_refused
from zhengtong.capabilities.timestamps.models import TimestampToken
from zhengtong.core.crypto.public import Algorithm, Purpose, SignerRefused, SignerUnavailable, signer

# A certificate that was revoked or replaced is found out so soon.
CERTIFICATE_SECONDS = 60.0


@dataclass(frozen=True)
class Stamp:
    """A token, and what stands in it."""

    token: bytes
    serial: int
    at: datetime
    policy: str


@cache
def _open_clock(folder: Path, policy: str) -> TrustedClock:
    # A database that came from another machine knows times that this one's file doesn't.
    latest = TimestampToken.objects.aggregate(latest=Max("gen_at"))["latest"]
    return TrustedClock(folder / "timestamps" / "clock", ClockPolicy(policy), not_before=latest)


def get_clock() -> TrustedClock:
    """Return this installation's clock."""
    return _open_clock(Path(settings.DATA_DIR), settings.TIMESTAMP_CLOCK)


_makers: dict[Algorithm, tuple[int, float, TokenMaker]] = {}
_lock = threading.Lock()


def get_maker(algorithm: Algorithm = Algorithm.P256) -> TokenMaker:
    """Return the maker with the authority's valid certificate. Raises CertificateRefused, SignerUnavailable."""
    known = _makers.get(algorithm)
    if known is not None and known[0] == os.getpid() and monotonic() < known[1]:
        return known[2]
    with _lock:
        row = ensure_service_certificate("timestamp", algorithm)
        name = row.key_name

        def sign(message: bytes) -> bytes:
            return signer.sign(name, message, purpose=Purpose.TIMESTAMP)

        maker = TokenMaker(bytes(row.der), row.chain_der(), algorithm, sign)
        _makers[algorithm] = (os.getpid(), monotonic() + CERTIFICATE_SECONDS, maker)
    return maker


def forget_makers() -> None:
    """Look for the certificates anew."""
    _makers.clear()


def make_stamp(request: StampRequest, maker: TokenMaker) -> Stamp:
    """Return the token for ``request``. Raises RequestRefused, TimeNotAvailable, SignerUnavailable, SignerRefused."""
    moment = get_clock().read()
    # 127 bits from the system's generator: unique without asking anybody (and the table would refuse a second one).
    serial = secrets.randbits(127) | 1 << 126
    return Stamp(maker.make(request, moment, serial), serial, moment.at, moment.policy)


def answer(
    content: bytes, find_maker: Callable[[], TokenMaker] = get_maker
) -> tuple[bytes, StampRequest | None, Stamp | None]:
    """Return the answer to a request in DER, and the request and its stamp when there is one. Raises nothing."""
    try:
        request = read_request(content)
        stamp = make_stamp(request, find_maker())
    except RequestRefused as error:
        return write_refused(error.failure, _say(error.failure)), None, None
    except TimeNotAvailable as error:
        return write_refused(Failure.TIME_NOT_AVAILABLE, say_fault(error.fault)), None, None
    except SignerUnavailable as error:
        return write_refused(Failure.SYSTEM_FAILURE, str(error)), None, None
    except (SignerRefused, CertificateRefused):
        forget_makers()
        say = _("时间戳服务的密钥或者证书现在不能用，没有签发时间戳。请联系平台管理员。")
        return write_refused(Failure.SYSTEM_FAILURE, say), None, None
    return write_granted(stamp.token), request, stamp


def say_fault(fault: ClockFault) -> str:
    """Return what is wrong with the clock and what to do."""
    if fault is ClockFault.WENT_BACK:
        return _("服务器的时钟比已经签发的时间还早，可能被人拨回过。校准时钟之前不签发时间戳。")
    if fault is ClockFault.NOT_SYNCHRONISED:
        return _("服务器的时钟没有和时间源同步，或者误差超过 0.5 秒。恢复同步之前不签发时间戳。")
    return _("系统没有报告时钟是否同步，按规定不签发时间戳。请检查 chrony 或者 ntp 服务。")


def _say(failure: Failure) -> str:
    return {
        Failure.BAD_ALGORITHM: _("不支持这种摘要算法。请用 SHA-256、SHA-384、SHA-512、SHA-3 或者 SM3。"),
        Failure.BAD_REQUEST: _("请求不合要求：版本应为 1，总长不超过 4 KB，随机数不超过 64 字节。"),
        Failure.BAD_DATA_FORMAT: _("请求不是完整的 RFC 3161 时间戳请求，或者摘要的长度和算法不符。"),
        Failure.UNACCEPTED_POLICY: _("不按请求里指定的时间策略签发。请去掉策略，或者改用本服务公布的策略。"),
        Failure.UNACCEPTED_EXTENSION: _("请求里有本服务不认识的扩展项。"),
    }[failure]
