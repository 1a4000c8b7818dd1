"""A real nginx before the platform, as docs/howto/connect-two-nodes.md has it: it takes any client certificate."""

import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

NGINX = "/usr/sbin/nginx"
SECRET = "a-secret-of-the-proxy-and-the-platform"

CONFIGURATION = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {pem}; ssl_certificate_key {pem};
    ssl_protocols TLSv1.2 TLSv1.3;
    # The platform's trust list says who a certificate belongs to; nginx has its holder prove that she has its key.
    ssl_verify_client optional_no_ca;
    client_max_body_size 2m;
    proxy_read_timeout 200s;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Client-Certificate $ssl_client_escaped_cert;
    proxy_set_header X-Client-Verify $ssl_client_verify;
    proxy_set_header X-Proxy-Secret {secret};
    location /exchange/v1/nodes/ {{ proxy_pass {platform}; }}
  }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class NodeProxy:
    """nginx on ``port``, before ``platform``, with the certificate and key in ``pem``. ``with`` starts and stops it."""

    def __init__(self, folder: Path, port: int, platform: str, pem: Path) -> None:
        self.folder, self.port = folder, port
        folder.mkdir(exist_ok=True)
        text = CONFIGURATION.format(folder=folder, port=port, platform=platform, secret=SECRET, pem=pem)
        (folder / "nginx.conf").write_text(text)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def __enter__(self) -> "NodeProxy":
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
