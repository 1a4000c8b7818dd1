"""Rules of the registry of applications: what may be asked for, which addresses a browser may be sent back to."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST_ADDRESS: Final = 500
MOST_ADDRESSES: Final = 20
# RFC 6749 sets no limit; a browser's address bar does.
LONGEST_STATE: Final = 1024
_NATIVE_SCHEME: Final = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")


class Scope(StrEnum):
    """What an application may be told. The values are those of the wire."""

    OPENID = "openid"
    PROFILE = "profile"
    PHONE = "phone"
    IDENTITY = "identity"
    ORGANISATION = "organisation"
    ENTERPRISE = "enterprise"
    SCIM = "scim"


@dataclass(frozen=True, slots=True)
class ScopeWords:
    """What a scope is called, and what people are told that it passes on."""

    title: str | Promise
    passes: str | Promise


SCOPES: Final[dict[Scope, ScopeWords]] = {
    Scope.OPENID: ScopeWords(_("登录标识"), _("一个不含个人信息的编号，让它认得您是同一个人")),
    Scope.PROFILE: ScopeWords(_("姓名"), _("您的姓名，您是群众还是工作人员")),
    Scope.PHONE: ScopeWords(_("手机号"), _("您核验过的手机号")),
    Scope.IDENTITY: ScopeWords(_("公民身份号码"), _("您的公民身份号码和是否已实名核验")),
    Scope.ORGANISATION: ScopeWords(_("机构和岗位"), _("您所在的机构、现任的岗位")),
    Scope.ENTERPRISE: ScopeWords(_("代表的企业"), _("您经核验可以代表的企业的名称和统一社会信用代码")),
    Scope.SCIM: ScopeWords(_("维护人员和岗位"), _("由人事系统维护本机构的账号、岗位和任职（SCIM），不涉及登录")),
}
SIGN_IN_SCOPES: Final = tuple(scope for scope in Scope if scope is not Scope.SCIM)
# Whoever signs in is told about these before they are passed on.
PERSONAL_SCOPES: Final = frozenset(SIGN_IN_SCOPES) - {Scope.OPENID}


class AddressRefused(ValueError):
    """An address that a browser, or the platform itself, may not be sent to."""

    def __init__(self, message: str | Promise, address: str) -> None:
        super().__init__(str(message) % {"address": address[:120]})


def is_private_host(host: str) -> bool:
    """Return whether a host is this machine or, by its number, inside a private network."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private


def check_address(address: str, *, is_native: bool = False) -> str:
    """Return ``address`` as it may be registered: without wildcard, fragment, credentials. Raises AddressRefused.

    Only https leaves the machine or a private network (OAuth 2.0 Security BCP, RFC 9700, 2.1 and 4.1). An application
    on a phone or a desk may use a scheme of its own with a dot in it (RFC 8252, 7.1).
    """
    if not address or len(address) > LONGEST_ADDRESS:
        raise AddressRefused(_("地址“%(address)s”是空的或者太长"), address)
    if any(ord(letter) <= 32 or ord(letter) == 127 or letter in "\\<>\"'" for letter in address):
        raise AddressRefused(_("地址“%(address)s”里有空格、换行或者不能用的符号"), address)
    if "*" in address:
        raise AddressRefused(_("地址“%(address)s”含通配符，请把每个地址写完整"), address)
    if "#" in address:
        raise AddressRefused(_("地址“%(address)s”含“#”后面的部分，请去掉"), address)
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressRefused(_("地址“%(address)s”不是一个网址"), address) from None
    if parts.scheme not in ("https", "http"):
        if is_native and _NATIVE_SCHEME.fullmatch(parts.scheme) and (parts.netloc or parts.path):
            return address
        raise AddressRefused(_("地址“%(address)s”不是 https 开头的网址"), address)
    if not host or parts.username is not None or parts.password is not None:
        raise AddressRefused(_("地址“%(address)s”没有主机名，或者夹带了用户名"), address)
    if any(part in (".", "..") for part in parts.path.split("/")):
        raise AddressRefused(_("地址“%(address)s”的路径里有“..”，请写成最终的地址"), address)
    if parts.scheme == "http" and not is_private_host(host):
        raise AddressRefused(_("地址“%(address)s”要用 https；只有本机和内网地址可以用 http"), address)
    return address


def read_addresses(text: str, *, is_native: bool = False) -> list[str]:
    """Return the addresses of a text, one a line, each once. Raises AddressRefused."""
    found = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(found) > MOST_ADDRESSES:
        raise AddressRefused(_("地址太多，最多20个；第21个是“%(address)s”"), found[MOST_ADDRESSES])
    return [check_address(address, is_native=is_native) for address in found]


def is_registered(address: str, registered: list[str]) -> bool:
    """Return whether ``address`` is one of those registered, letter by letter.

    Of an application on the same machine the port alone may differ (RFC 8252, 7.3): the system chooses it.
    """
    if address in registered:
        return True
    try:
        asked = urlsplit(address)
        asked_port = asked.port
    except ValueError:
        return False
    if asked.scheme != "http" or asked.hostname not in ("127.0.0.1", "::1") or asked_port is None:
        return False
    if asked.fragment or asked.username is not None or asked.password is not None:
        return False
    for each in map(urlsplit, registered):
        same = (each.scheme, each.hostname, each.path, each.query) == (
            asked.scheme,
            asked.hostname,
            asked.path,
            asked.query,
        )
        if same:
            return True
    return False
