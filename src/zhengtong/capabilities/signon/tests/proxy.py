"""A real nginx before the platform, with certificates of an authority that the test makes."""

import datetime as dt
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

NGINX = "/usr/sbin/nginx"
DAY = dt.timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass
class Issuer:
    """A small authority: issues, and writes its list of revoked ones."""

    name: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    revoked: list[int] = field(default_factory=list)

    @property
    def certificate(self) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        built = (
            x509.CertificateBuilder()
            .subject_name(_name(self.name))
            .issuer_name(_name(self.name))
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(now - 100 * DAY)
            .not_valid_after(now + 100 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        )
        return built.sign(self.key, SHA256())

    def issue(self, folder: Path, name: str, *, start: int = -10, days: int = 20, is_revoked: bool = False) -> Path:
        """Write key and certificate of ``name`` into one file; the days count from today."""
        key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
        serial = x509.random_serial_number()
        made = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name(self.name))
            .public_key(key.public_key())
            .serial_number(serial)
            .not_valid_before(now + start * DAY)
            .not_valid_after(now + (start + days) * DAY)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(self.key, SHA256())
        )
        if is_revoked:
            self.revoked.append(serial)
        path = folder / f"{name}.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(made.public_bytes(Encoding.PEM) + private)
        return path

    def write_list(self) -> bytes:
        now = dt.datetime.now(dt.UTC)
        made = x509.CertificateRevocationListBuilder().issuer_name(_name(self.name))
        made = made.last_update(now - DAY).next_update(now + DAY)
        for serial in self.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now - DAY).build()
            made = made.add_revoked_certificate(entry)
        return made.sign(self.key, SHA256()).public_bytes(Encoding.PEM)


CONFIGURATION = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/localhost.pem; ssl_certificate_key {folder}/localhost.pem;
    ssl_client_certificate {folder}/ca.pem; ssl_crl {folder}/crl.pem;
    ssl_verify_client optional;
    # A certificate that doesn't hold reaches the platform too, which says why in its own words.
    error_page 495 = @platform;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Client-Certificate $ssl_client_escaped_cert;
    proxy_set_header X-Client-Verify $ssl_client_verify;
    proxy_set_header X-Proxy-Secret {secret};
    location / {{ proxy_pass {platform}; }}
    location @platform {{ proxy_pass {platform}; }}
  }}
}}
"""


class Proxy:
    """nginx on a port of its own; ``with`` starts and stops it."""

    def __init__(self, folder: Path, issuer: Issuer, platform: str, secret: str) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        issuer.issue(folder, "localhost")
        (folder / "ca.pem").write_bytes(issuer.certificate.public_bytes(Encoding.PEM))
        (folder / "crl.pem").write_bytes(issuer.write_list())
        text = CONFIGURATION.format(folder=folder, port=self.port, platform=platform, secret=secret)
        (folder / "nginx.conf").write_text(text)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def __enter__(self) -> "Proxy":
        command = [NGINX, "-e", str(self.folder / "error.log"), "-c", str(self.folder / "nginx.conf")]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self
            time.sleep(0.02)
        raise RuntimeError((self.folder / "error.log").read_text())

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(10)
