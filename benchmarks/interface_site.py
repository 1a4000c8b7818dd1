"""The site that the interface benchmarks run on: nginx with TLS before a department's service and before the platform.

Both are called over TLS by the same client; the platform calls the service over TLS as well.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.db import connection

_NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder}; client_max_body_size 2m; keepalive_requests 1000000;
  ssl_certificate {folder}/site.pem; ssl_certificate_key {folder}/site.key; ssl_protocols TLSv1.3;
  upstream service {{ server 127.0.0.1:{service}; keepalive 64; }}
  upstream platform {{ server 127.0.0.1:{platform}; keepalive 64; }}
  proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
  server {{ listen 127.0.0.1:{direct} ssl; location / {{ proxy_pass http://service; }} }}
  server {{ listen 127.0.0.1:{gateway} ssl; location / {{ proxy_pass http://platform; }} }}
}}
"""


@dataclass(frozen=True)
class Site:
    """Where the service itself (``direct``) and the platform (``gateway``) listen with TLS; ``authority`` is PEM."""

    direct: int
    gateway: int
    authority: str


@contextmanager
def running_site() -> Iterator[Site]:
    """Run all of it; nothing of it stays."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="interface-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        direct, gateway, service, platform = _free_ports(4)
        authority = _make_certificate(folder)
        parameters = connection.get_connection_params()
        words = {"host": "host", "port": "port", "user": "user", "password": "password", "dbname": "dbname"}
        line = " ".join(f"{name}={parameters[own]}" for name, own in words.items() if parameters.get(own))
        environment = {
            **os.environ,
            "INTERFACE_DATABASE": line,
            "SIGNER_SOCKET": str(settings.SIGNER_SOCKET),
            "DJANGO_SETTINGS_MODULE": "zhengtong.config.settings",
        }
        granian = [str(Path(sys.executable).with_name("granian")), "--interface=wsgi", "--host=127.0.0.1", "--no-ws"]
        workers = ["--workers=2", "--log-level=warning"]
        _start(
            stack,
            [
                *granian,
                *workers,
                f"--port={service}",
                "--blocking-threads=16",
                "benchmarks.interface_service:application",
            ],
            environment,
        )
        _start(
            stack,
            [*granian, *workers, f"--port={platform}", "--blocking-threads=16", "zhengtong.config.wsgi:application"],
            environment,
        )
        text = _NGINX.format(folder=folder, direct=direct, gateway=gateway, service=service, platform=platform)
        (folder / "nginx.conf").write_text(text)
        _start(stack, ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], environment)
        for port in (service, platform, direct, gateway):
            _wait_for(port)
        yield Site(direct, gateway, authority)


def _start(stack: ExitStack, command: Sequence[str], environment: dict[str, str]) -> None:
    process = subprocess.Popen(command, env=environment, stdout=sys.stderr)

    def end() -> None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    stack.callback(end)


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _number in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


def _wait_for(port: int) -> None:
    pause = threading.Event()
    for _turn in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            pause.wait(0.1)
        else:
            return
    raise RuntimeError(f"nothing listens at {port}")


def _make_certificate(folder: Path) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).add_extension(names, critical=False)
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=2))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    pem = builder.sign(key, SHA256()).public_bytes(Encoding.PEM)
    (folder / "site.pem").write_bytes(pem)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "site.key").write_bytes(private)
    return pem.decode()
