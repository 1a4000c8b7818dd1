"""Distinguished names: Chinese as UTF8String, lengths of RFC 5280's upper bounds, nothing that hides or misleads."""

import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from asn1crypto.x509 import GeneralName, Name
from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Text

# The order of a name, most general first; upper bounds of RFC 5280 appendix A in characters.
BOUNDS = {
    "country_name": 2,
    "state_or_province_name": 128,
    "locality_name": 128,
    "organization_name": 64,
    "organization_identifier": 64,
    "organizational_unit_name": 64,
    "common_name": 64,
    "serial_number": 64,
}
TITLES: dict[str, Text] = {
    "country_name": _("国家"),
    "state_or_province_name": _("省"),
    "locality_name": _("市"),
    "organization_name": _("单位"),
    "organization_identifier": _("统一社会信用代码"),
    "organizational_unit_name": _("部门"),
    "common_name": _("名称"),
    "serial_number": _("证件标识"),
}
SHORT = {
    "country_name": "C",
    "state_or_province_name": "ST",
    "locality_name": "L",
    "organization_name": "O",
    "organization_identifier": "organizationIdentifier",
    "organizational_unit_name": "OU",
    "common_name": "CN",
    "serial_number": "serialNumber",
}
MOST_HOSTS = 50
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


class UnusableName(ValueError):
    """A name that can't stand in a certificate; ``message`` says why, ``field`` where."""

    def __init__(self, message: Text, field: str = "") -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field


@dataclass(frozen=True)
class Subject:
    """Whom a certificate names: the parts of the name and, of servers and devices, the hosts it speaks for."""

    parts: Mapping[str, str]
    hosts: tuple[str, ...] = field(default=())

    @property
    def common_name(self) -> str:
        return self.parts.get("common_name", "")

    def to_name(self) -> Name:
        """Return the DER name in the usual order. Raises UnusableName."""
        parts = check_parts(self.parts)
        name: Name = Name.build({key: parts[key] for key in BOUNDS if key in parts})
        return name

    def to_hosts(self) -> list[GeneralName]:
        """Return the alternative names. Raises UnusableName."""
        return [_general_name(host) for host in check_hosts(self.hosts)]


def check_parts(parts: Mapping[str, str]) -> dict[str, str]:
    """Return the parts normalised (NFC, single spaces). Raises UnusableName for what can't be in a name."""
    found = {}
    for key, given in parts.items():
        if key not in BOUNDS:
            raise UnusableName(_("证书名称里不能有这一项：%s") % key[:40])
        text = " ".join(unicodedata.normalize("NFC", given).split(" ")).strip()
        if not text:
            continue
        if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for character in text):
            raise UnusableName(_("“%s”里有看不见的字符或者控制字符，请重新输入") % TITLES[key], key)
        if len(text) > BOUNDS[key]:
            message = _("“%(what)s”最多 %(most)d 个字，现在是 %(now)d 个")
            raise UnusableName(message % {"what": TITLES[key], "most": BOUNDS[key], "now": len(text)}, key)
        if key == "country_name" and not re.fullmatch("[A-Z]{2}", text):
            raise UnusableName(_("国家应为两个大写字母，例如 CN"), key)
        if key == "serial_number" and not re.fullmatch(r"[A-Za-z0-9 '()+,\-./:=?]+", text):
            raise UnusableName(_("证件标识只能用字母、数字和短横线"), key)
        found[key] = text
    if not found.get("common_name"):
        raise UnusableName(_("请写明证书颁发给谁（名称）"), "common_name")
    return found


def check_hosts(hosts: tuple[str, ...]) -> list[str]:
    """Return the hosts in lower case, each once. No wildcard: one stolen key would speak for every machine.

    Raises UnusableName.
    """
    if len(hosts) > MOST_HOSTS:
        message = _("一张证书最多写 %(most)d 个域名或地址，现在是 %(now)d 个，请分成几张")
        raise UnusableName(message % {"most": MOST_HOSTS, "now": len(hosts)}, "hosts")
    return list(dict.fromkeys(_check_host(host) for host in hosts))


def _check_host(host: str) -> str:
    given = host.strip().lower()
    shown = "".join(c for c in given[:60] if c.isprintable())
    with suppress(ValueError):
        return str(ipaddress.ip_address(given))
    if "*" in given:
        raise UnusableName(_("不颁发通配符证书：%s。请逐个写明域名") % shown, "hosts")
    try:
        plain = given if given.isascii() else given.encode("idna").decode()
    except UnicodeError:
        raise UnusableName(_("这个域名写错了：%s") % shown, "hosts") from None
    labels = plain.split(".")
    if len(plain) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise UnusableName(_("这不是完整的域名或者 IP 地址：%s") % shown, "hosts")
    if labels[-1].isdigit():
        raise UnusableName(_("这个 IP 地址写错了：%s") % shown, "hosts")
    return plain


def _general_name(host: str) -> GeneralName:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return GeneralName("dns_name", host)
    return GeneralName("ip_address", host)


def describe(name: Name) -> str:
    """Return a name as people read it: ``CN=安澜市立诚餐饮管理有限公司, O=…``, the most special part first."""
    said = []
    for rdn in name.chosen:
        for pair in rdn:
            kind = pair["type"].native
            said.append(f"{SHORT.get(kind, kind)}={pair['value'].native}")
    return ", ".join(reversed(said))
