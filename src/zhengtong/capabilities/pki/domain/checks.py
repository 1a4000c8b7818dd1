"""What is checked of an application before a person looks at it; each check is a line that she sees."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhengtong.capabilities.pki.domain.names import UnusableName, check_hosts
from zhengtong.capabilities.pki.domain.requests import KeyRequest

LEAST_PASSWORD = 10


@dataclass(frozen=True)
class Check:
    """One line: what was checked, whether it holds, and what was found."""

    name: str
    passed: bool
    said: str


def check_names(request: KeyRequest, *, common_name: str, hosts: Sequence[str]) -> list[Check]:
    """Compare the names that a request asks for with those that the holder may have.

    What a certificate says comes from the platform's records, never from the request; one that says something else was
    made for somebody else, or by mistake.
    """
    name = _("名称与持有人一致")
    if request.common_name and request.common_name.strip() != common_name:
        said = _("证书请求里写的是“%(asked)s”，持有人是“%(holder)s”")
        found = [Check(name, False, said % {"asked": request.common_name[:64], "holder": common_name})]
    elif request.common_name:
        found = [Check(name, True, common_name)]
    else:
        found = [Check(name, True, _("证书请求没有写名称，按持有人写“%s”") % common_name)]
    return [*found, *_check_asked_hosts(request.hosts, hosts)]


def _check_asked_hosts(asked: tuple[str, ...], hosts: Sequence[str]) -> Iterable[Check]:
    if not asked:
        return
    name = _("域名和地址一致")
    try:
        wanted = check_hosts(asked)
    except UnusableName as error:
        yield Check(name, False, str(error.message))
        return
    extra = sorted(set(wanted) - set(hosts))
    if extra:
        yield Check(name, False, _("证书请求里还有没有申请的：%s") % "、".join(extra[:5]))
    else:
        yield Check(name, True, "、".join(wanted[:5]))


def refuse_weak_password(password: str) -> str:
    """Return why a password doesn't protect a key that lies in a file, "" when it does."""
    if len(password) < LEAST_PASSWORD:
        return _("口令至少 %d 个字符。") % LEAST_PASSWORD
    if len(password) > 64 or not password.isascii() or not password.isprintable():
        return _("口令最多 64 个字符，只用字母、数字和常用符号，有的软件不认识其他字符。")
    kinds = (str.isdigit, str.isalpha)
    if not all(any(kind(character) for character in password) for kind in kinds):
        return _("口令里要有字母，也要有数字。")
    return ""
