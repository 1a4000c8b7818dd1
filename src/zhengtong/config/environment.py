"""The environment, parsed in one place. ``docs/reference/environment.md`` is the table of it."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlparse

from zhengtong.kernel.sockets import signer_socket


class UnusableEnvironment(Exception):
    """A variable holds something that can't be used."""


def _flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    return default if not value else value in {"1", "true", "yes", "on"}


def _secret(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if value and len(value) < 32:
        raise UnusableEnvironment(f"{name} 至少 32 个字符，可以用 openssl rand -hex 32 生成")
    return value


def _data_cipher() -> str:
    cipher = os.environ.get("DATA_CIPHER", "").strip().lower() or "aes256"
    if cipher not in ("aes256", "sm4"):
        raise UnusableEnvironment(f"DATA_CIPHER 应为 aes256 或 sm4，现在是 {cipher!r}")
    return cipher


def _timestamp_clock() -> str:
    usual = "local" if _flag("DEMO", True) else "synchronised"
    clock = os.environ.get("TIMESTAMP_CLOCK", "").strip().lower() or usual
    if clock not in ("local", "synchronised"):
        raise UnusableEnvironment(f"TIMESTAMP_CLOCK 应为 local 或 synchronised，现在是 {clock!r}")
    return clock


@dataclass(frozen=True)
class Gateways:
    """How texts and e-mails leave: nothing set, and the demo keeps them; without the demo, nothing goes out."""

    sms_url: str
    sms_key: str
    sms_secret: str
    sms_sign: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_security: str
    mail_from: str

    @classmethod
    def read(cls, site_name: str) -> "Gateways":
        port, security = os.environ.get("SMTP_PORT") or "25", os.environ.get("SMTP_SECURITY", "").strip().lower()
        if not port.isdigit():
            raise UnusableEnvironment(f"SMTP_PORT 应为数字，现在是 {port!r}")
        if security not in ("", "starttls", "tls"):
            raise UnusableEnvironment(f"SMTP_SECURITY 应为 starttls 或 tls，或者不填，现在是 {security!r}")
        return cls(
            sms_url=os.environ.get("SMS_URL", ""),
            sms_key=os.environ.get("SMS_KEY", ""),
            sms_secret=os.environ.get("SMS_SECRET", ""),
            sms_sign=os.environ.get("SMS_SIGN", site_name),
            smtp_host=os.environ.get("SMTP_HOST", ""),
            smtp_port=int(port),
            smtp_user=os.environ.get("SMTP_USER", ""),
            smtp_password=os.environ.get("SMTP_PASSWORD", ""),
            smtp_security=security,
            mail_from=os.environ.get("MAIL_FROM", ""),
        )


@dataclass(frozen=True)
class JournalRoots:
    """Where the roots of the journal are brought to, off this machine; nothing set, nothing is."""

    folder: str
    url: str
    key: str
    mail: str

    @classmethod
    def read(cls) -> "JournalRoots":
        url = os.environ.get("JOURNAL_ROOTS_URL", "")
        if url and urlparse(url).scheme not in ("http", "https"):
            raise UnusableEnvironment(f"JOURNAL_ROOTS_URL 应为 http 或 https 地址，现在是 {url!r}")
        return cls(
            folder=os.environ.get("JOURNAL_ROOTS_DIR", ""),
            url=url,
            key=os.environ.get("JOURNAL_ROOTS_KEY", ""),
            mail=os.environ.get("JOURNAL_ROOTS_MAIL", ""),
        )


@dataclass(frozen=True)
class Environment:
    database_url: str
    data_dir: Path
    port: int
    public_url: str
    debug: bool
    demo: bool
    site_name: str
    case_prefix: str
    clamd_socket: str
    trusted_proxies: frozenset[str]
    client_certificate_secret: str
    signer_socket: Path
    data_cipher: str
    timestamp_clock: str
    upload_max_bytes: int
    source_folders: Path
    gateways: Gateways
    journal_roots: JournalRoots

    @classmethod
    def read(cls) -> "Environment":
        port = os.environ.get("PORT", "8000")
        if not port.isdigit():
            raise UnusableEnvironment(f"PORT 应为数字，现在是 {port!r}")
        data_dir = Path(os.environ.get("DATA_DIR") or "var").resolve()
        site_name = os.environ.get("SITE_NAME", "安澜市政务服务")
        return cls(
            database_url=os.environ.get("DATABASE_URL", ""),
            data_dir=data_dir,
            port=int(port),
            public_url=(os.environ.get("PUBLIC_URL") or f"http://localhost:{port}").rstrip("/"),
            debug=_flag("DEBUG", False),
            demo=_flag("DEMO", True),
            site_name=site_name,
            case_prefix=os.environ.get("CASE_PREFIX", "AL"),
            clamd_socket=os.environ.get("CLAMD_SOCKET", "/run/clamav/clamd.ctl"),
            trusted_proxies=frozenset(os.environ.get("TRUSTED_PROXIES", "").replace(",", " ").split()),
            client_certificate_secret=_secret("CLIENT_CERTIFICATE_SECRET"),
            signer_socket=signer_socket(os.environ, data_dir),
            data_cipher=_data_cipher(),
            timestamp_clock=_timestamp_clock(),
            upload_max_bytes=int(os.environ.get("UPLOAD_MAX_MB", "20")) * 1024 * 1024,
            source_folders=Path(os.environ.get("SOURCE_FOLDERS") or data_dir / "folders").resolve(),
            gateways=Gateways.read(site_name),
            journal_roots=JournalRoots.read(),
        )

    def database(self) -> dict[str, object]:
        """Return ``DATABASE_URL`` as Django wants it. A socket folder comes as ``?host=/path``."""
        url = urlparse(self.database_url or "postgresql:///zhengtong")
        query = {key: values[-1] for key, values in parse_qs(url.query).items()}
        return {
            "ENGINE": "django.contrib.gis.db.backends.postgis",
            "NAME": unquote(url.path.lstrip("/")) or "zhengtong",
            "USER": unquote(url.username or query.get("user", "")),
            "PASSWORD": unquote(url.password or query.get("password", "")),
            "HOST": url.hostname or query.get("host", ""),
            "PORT": str(url.port or query.get("port", "")),
        }
