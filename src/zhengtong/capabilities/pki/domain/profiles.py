"""Profiles (证书模板): what a kind of certificate may be used for, for how long and by whom. Data in TOML."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from zhengtong.capabilities.pki.domain.oids import POLICY_ARC
from zhengtong.core.crypto.public import Purpose


@dataclass(frozen=True)
class Profile:
    """One kind of certificate. ``key_usage`` and ``extended_key_usage`` are asn1crypto's names of RFC 5280's bits.

    ``applicants``: ``person`` (for herself), ``entity`` (for the enterprise one acts for), ``officer`` (for an office,
    a server or a device) or ``service`` (the platform alone). ``purpose``: of the key in the signer, for services.
    """

    code: str
    title: str
    about: str
    policy: int
    days: int
    key_usage: frozenset[str]
    extended_key_usage: tuple[str, ...]
    asks: tuple[str, ...]
    applicants: frozenset[str]
    needs_hosts: bool = False
    is_usage_critical: bool = False
    is_without_status: bool = False
    purpose: Purpose | None = None

    @property
    def policy_oid(self) -> str:
        return f"{POLICY_ARC}.{self.policy}"


@cache
def list_profiles() -> dict[str, Profile]:
    """Return the profiles by code, in the order of the file."""
    text = Path(__file__).with_name("profiles.toml").read_text(encoding="utf-8")
    found = {}
    for code, row in tomllib.loads(text).items():
        found[code] = Profile(
            code=code,
            title=row["title"],
            about=row["about"],
            policy=row["policy"],
            days=row["days"],
            key_usage=frozenset(row["key_usage"]),
            extended_key_usage=tuple(row["extended_key_usage"]),
            asks=tuple(row["asks"]),
            applicants=frozenset(row["applicants"]),
            needs_hosts=row.get("needs_hosts", False),
            is_usage_critical=row.get("is_usage_critical", False),
            is_without_status=row.get("is_without_status", False),
            purpose=Purpose(row["purpose"]) if "purpose" in row else None,
        )
    return found


def get_profile(code: str) -> Profile:
    """Return the profile ``code``; raise LookupError."""
    return list_profiles()[code]
