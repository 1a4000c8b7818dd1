"""The rules of proving who one is, without Django: time-based codes, recovery codes, network ranges, what is unusual.

Times are seconds since 1970 (codes) or aware datetimes. Sources: RFC 6238 (TOTP), RFC 4226 (HOTP),
GB/T 22239 8.1.4.1 (two or more kinds of proof, one of them by cryptography; failed sign-ins are dealt with).
"""

import hmac
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum
from ipaddress import ip_address, ip_network

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

PERIOD = 30
DIGITS = 6
# Codes of the step before and after hold too: clocks of phones differ by some seconds.
TOLERATED_STEPS = 1
# How far a clock may be off for its person to be told so, instead of that the code is wrong.
SEARCHED_STEPS = 20
SECRET_BYTES = 20
# Without what is taken for something else when read from paper.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
RECOVERY_LENGTH = 10
RECOVERY_COUNT = 10
FEW_RECOVERY_CODES = 3


class Strength(IntEnum):
    """How strong a proof is. The values are what policy rows keep."""

    ONE = 1
    TWO = 2
    HARDWARE = 3


class Proof(StrEnum):
    """What a person proved herself with; the values are RFC 8176's where it has one."""

    PASSWORD = "pwd"
    TEXT = "sms"
    CODE = "otp"
    RECOVERY = "rc"
    PASSKEY = "hwk"
    # A passkey that asked for a finger or a PIN itself.
    VERIFIED_PASSKEY = "user"
    CERTIFICATE = "sc"


KNOWLEDGE = frozenset({Proof.PASSWORD, Proof.TEXT})
SECOND = frozenset({Proof.CODE, Proof.RECOVERY, Proof.PASSKEY})
ALONE = frozenset({Proof.VERIFIED_PASSKEY, Proof.CERTIFICATE})


def weigh(proofs: Collection[str]) -> Strength | None:
    """Return how strong some proofs are together; None when there are none.

    A passkey that verified its person, or a client certificate, is two factors in one and can't be phished.
    """
    held = set(proofs)
    if held & ALONE or (Proof.PASSKEY in held and held & KNOWLEDGE):
        return Strength.HARDWARE
    if held & SECOND and held & KNOWLEDGE:
        return Strength.TWO
    return Strength.ONE if held else None


# Time-based codes --------------------------------------------------------------------------------------


class CodeFault(StrEnum):
    WRONG = "wrong"
    USED = "used"
    SKEWED = "skewed"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class CodeAnswer:
    """The step whose code it is, or why it doesn't hold. ``seconds_off``: how far the phone's clock is ahead."""

    step: int | None = None
    fault: CodeFault | None = None
    seconds_off: int = 0


def make_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def _generator(secret: bytes) -> HOTP:
    return HOTP(secret, DIGITS, SHA1())


def make_code(secret: bytes, at: float) -> str:
    """Return the code that an app shows at ``at``."""
    return _generator(secret).generate(int(at) // PERIOD).decode()


def tidy_code(text: str) -> str:
    """Return the digits of a code as people type it, full-width and with spaces."""
    return "".join(str(int(c)) if c.isdecimal() else c for c in text if not c.isspace() and c not in "-—")


def match_code(secret: bytes, typed: str, at: float, last_step: int | None) -> CodeAnswer:
    """Return the step of ``typed``, when it holds at ``at`` and is later than ``last_step``, the last one spent."""
    typed = tidy_code(typed)
    if len(typed) != DIGITS or not typed.isdecimal():
        return CodeAnswer(fault=CodeFault.MALFORMED)
    generator, now = _generator(secret), int(at) // PERIOD
    # Nearest first: that is what an attentive person's phone shows.
    for distance in sorted(range(-SEARCHED_STEPS, SEARCHED_STEPS + 1), key=abs):
        step = now + distance
        if step < 0 or not hmac.compare_digest(generator.generate(step).decode(), typed):
            continue
        if last_step is not None and step <= last_step:
            return CodeAnswer(fault=CodeFault.USED)
        if abs(distance) > TOLERATED_STEPS:
            return CodeAnswer(fault=CodeFault.SKEWED, seconds_off=distance * PERIOD)
        return CodeAnswer(step=step)
    return CodeAnswer(fault=CodeFault.WRONG)


# Recovery codes ----------------------------------------------------------------------------------------


def make_recovery_codes() -> list[str]:
    """Return codes of some 49 bits each, in two groups of five."""
    codes: set[str] = set()
    while len(codes) < RECOVERY_COUNT:
        text = "".join(secrets.choice(ALPHABET) for _n in range(RECOVERY_LENGTH))
        codes.add(f"{text[:5]}-{text[5:]}")
    return sorted(codes)


def tidy_recovery_code(text: str) -> str:
    """Return a recovery code as it was made, however it was typed; empty when it can't be one."""
    kept = "".join(c for c in text.upper() if c.isalnum())
    if len(kept) != RECOVERY_LENGTH or any(c not in ALPHABET for c in kept):
        return ""
    return f"{kept[:5]}-{kept[5:]}"


# What is unusual ---------------------------------------------------------------------------------------


class Oddity(StrEnum):
    NEW_DEVICE = "new_device"
    NEW_NETWORK = "new_network"
    NIGHT = "night"
    TWO_PLACES = "two_places"
    MANY_ACCOUNTS = "many_accounts"
    MANY_FAILURES = "many_failures"
    CLONED_KEY = "cloned_key"
    FORGED_HEADER = "forged_header"


# The person herself is told of these; the others are for the security administrator.
TOLD = frozenset({Oddity.NEW_DEVICE, Oddity.NEW_NETWORK, Oddity.TWO_PLACES, Oddity.CLONED_KEY})


def network_of(address: str) -> str:
    """Return the range that an address belongs to: /24 of IPv4, /48 of IPv6; empty when it is none."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network(f"{parsed}/{24 if parsed.version == 4 else 48}", strict=False))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on something is unusual, as the dated row says."""

    night_from: time
    night_until: time
    two_places_minutes: int
    many_accounts: int
    many_failures: int
    window_minutes: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier sign-in that succeeded."""

    at: datetime
    device: str
    network: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What happened around a sign-in: ``failures`` of the account, ``accounts`` tried in vain from the address."""

    failures: int = 0
    accounts: int = 0


def is_night(moment: time, thresholds: Thresholds) -> bool:
    start, end = thresholds.night_from, thresholds.night_until
    return start <= moment < end if start <= end else moment >= start or moment < end


def judge(
    *,
    at: datetime,
    device: str,
    network: str,
    earlier: Iterable[Earlier],
    around: Surroundings,
    thresholds: Thresholds,
    is_staff: bool,
) -> list[Oddity]:
    """Return what is unusual about a sign-in that succeeded; ``at`` is in local time.

    The first sign-in of all has nothing to be compared with and is never new.
    """
    known = list(earlier)
    found = []
    if known and all(each.device != device for each in known):
        found.append(Oddity.NEW_DEVICE)
    if known and all(each.network != network for each in known):
        found.append(Oddity.NEW_NETWORK)
    if is_staff and is_night(at.time(), thresholds):
        found.append(Oddity.NIGHT)
    last = max(known, key=lambda each: each.at, default=None)
    within = timedelta(minutes=thresholds.two_places_minutes)
    if last is not None and last.network != network and last.device != device and at - last.at <= within:
        found.append(Oddity.TWO_PLACES)
    if around.failures >= thresholds.many_failures:
        found.append(Oddity.MANY_FAILURES)
    if around.accounts >= thresholds.many_accounts:
        found.append(Oddity.MANY_ACCOUNTS)
    return found
