"""Client certificates through a real nginx: bound, used, and each that doesn't hold refused in its own words."""

import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.cast import PASSWORD, Cast, make_cast
from zhengtong.capabilities.signon.models import Attempt, BoundCertificate, Outcome
from zhengtong.capabilities.signon.tests.proxy import Issuer, Proxy

SECRET = "nginx-and-the-platform-know-this-0001"
CERTIFICATE, BIND = "/account/login/certificate/", "/account/security/certificates/bind/"
HEADER = "X-Client-Certificate"


class Visitor:
    """A browser at the proxy's door, with a client certificate or without."""

    def __init__(self, url: str, ca: Path | None = None, certificate: Path | None = None) -> None:
        self.url, self.cookies = url, CookieJar()
        context = ssl.create_default_context(cafile=str(ca) if ca else None)
        if certificate is not None:
            context.load_cert_chain(certificate)
        handlers = [urllib.request.HTTPSHandler(context=context), urllib.request.HTTPCookieProcessor(self.cookies)]
        self.opener = urllib.request.build_opener(*handlers)

    def open(self, path: str, data: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> str:
        if data is not None:
            token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
            data = {**data, "csrfmiddlewaretoken": token or ""}
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        request = urllib.request.Request(self.url + path, body, headers or {})
        try:
            answer = self.opener.open(request, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        return re.sub(r"<[^>]+>|\s+", "", answer.read().decode())

    def is_in(self) -> bool:
        return "登录安全" in self.open("/account/security/")

    def sign_in(self, cast: Cast) -> None:
        self.open("/account/login/")
        self.open("/account/login/", {"login": cast.accounts["approver"].username, "password": PASSWORD})


class Door:
    """The platform behind nginx, and the authority whose certificates it trusts."""

    def __init__(self, folder: Path, platform: str) -> None:
        self.folder, self.platform, self.issuer = folder, platform, Issuer("安澜市发证机构")
        self.good = self.issuer.issue(folder, "沈立新")
        self.expired = self.issuer.issue(folder, "过期", start=-20, days=10)
        self.early = self.issuer.issue(folder, "未生效", start=5)
        self.revoked = self.issuer.issue(folder, "已吊销", is_revoked=True)
        self.unbound = self.issuer.issue(folder, "没绑定")
        self.impostor = Issuer("沈立新的冒名者").issue(folder, "冒名")
        self.self_signed = write_self_signed(folder)

    def visitor(self, certificate: Path | None = None) -> Visitor:
        return Visitor(self.proxy.url, self.folder / "ca.pem", certificate)

    proxy: Proxy


def write_self_signed(folder: Path) -> Path:
    alone = Issuer("自签名")
    path = folder / "self.pem"
    private = alone.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(alone.certificate.public_bytes(Encoding.PEM) + private)
    return path


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def door(live_server: Any, settings: Any, tmp_path: Path) -> Iterator[Door]:
    settings.TRUSTED_PROXIES = frozenset({"127.0.0.1"})
    settings.CLIENT_CERTIFICATE_SECRET = SECRET
    made = Door(tmp_path, live_server.url)
    with Proxy(tmp_path, made.issuer, live_server.url, SECRET) as proxy:
        made.proxy = proxy
        yield made


def test_a_certificate_is_bound_and_signs_in(cast: Cast, door: Door) -> None:
    holder = door.visitor(door.good)
    holder.sign_in(cast)
    assert "CN=沈立新" in holder.open(BIND)
    assert "已绑定数字证书" in holder.open(BIND, {})
    assert "已经绑定了账号" in holder.open(BIND, {})
    bound = BoundCertificate.objects.get(account=cast.accounts["approver"])
    certificate = x509.load_pem_x509_certificate(door.good.read_bytes())
    assert int(bound.serial, 16) == certificate.serial_number

    again = door.visitor(door.good)
    assert "CN=沈立新" in again.open(CERTIFICATE)
    again.open(CERTIFICATE, {})
    assert again.is_in()
    assert Attempt.objects.filter(outcome=Outcome.SUCCEEDED).latest("at").proofs == ["sc"]

    forbidden = {
        door.expired: "过期，请到发证机构更新",
        door.early: "才生效，请到时再用",
        door.revoked: "已经被吊销",
        door.unbound: "还没有绑定账号",
        door.impostor: "不是本单位认可的机构颁发的",
        door.self_signed: "这是自己签发的证书",
        None: "没有收到数字证书",
    }
    for path, said in forbidden.items():
        visitor = door.visitor(path)
        assert said in visitor.open(CERTIFICATE), path
        assert not visitor.is_in()
    assert Attempt.objects.filter(outcome=Outcome.CERTIFICATE).count() == 6


def test_a_forged_header_is_worth_nothing(cast: Cast, door: Door) -> None:
    account = cast.accounts["approver"]
    pem = door.good.read_text().partition("-----BEGIN PRIVATE")[0]
    certificate = x509.load_pem_x509_certificate(pem.encode())
    holder = door.visitor(door.good)
    holder.sign_in(cast)
    holder.open(BIND)
    holder.open(BIND, {})
    assert BoundCertificate.objects.filter(account=account, serial=f"{certificate.serial_number:x}").exists()
    forged = {HEADER: urllib.parse.quote(pem), "X-Client-Verify": "SUCCESS", "X-Proxy-Secret": "guessed" * 6}
    # Through nginx, which overwrites what the client wrote.
    outside = door.visitor()
    assert "没有收到数字证书" in outside.open(CERTIFICATE, headers=forged)
    # Past nginx, straight to the platform.
    inside = Visitor(door.platform)
    assert "不能采信；这次尝试已经记录" in inside.open(CERTIFICATE, headers=forged)
    assert not inside.is_in()
    assert Attempt.objects.get(outcome=Outcome.FORGED).is_unusual
