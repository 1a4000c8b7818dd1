"""The openssl command as judge, and requests as people make them with it."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

OPENSSL_ID = "1234567812345678"


def openssl(*arguments: str, given: bytes = b"", ok: bool = True) -> str:
    """Run openssl and return all that it says; fail when it thinks otherwise than ``ok``."""
    done = subprocess.run(["openssl", *arguments], input=given, capture_output=True, timeout=60, check=False)
    said = (done.stdout + done.stderr).decode(errors="replace")
    assert (done.returncode == 0) is ok, said
    return said


def make_request(
    folder: Path, *, subject: str = "/CN=林国栋", key: Sequence[str] = ("ec", "P-256"), hosts: str = ""
) -> bytes:
    """Return a request in PEM, its key beside it in ``folder`` as key.pem."""
    kind, detail = key
    path = folder / "key.pem"
    if kind == "ec":
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{detail}", "-out", str(path))
    elif kind == "sm2":
        openssl("genpkey", "-algorithm", "SM2", "-out", str(path))
    else:
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{detail}", "-out", str(path))
    extra = ["-addext", f"subjectAltName={hosts}"] if hosts else []
    digest = ["-sm3", "-sigopt", f"distid:{OPENSSL_ID}"] if kind == "sm2" else ["-sha256"]
    out = folder / "request.pem"
    command = ["req", "-new", "-utf8", "-key", str(path), "-subj", subject, "-out", str(out), *digest, *extra]
    openssl(*command)
    return out.read_bytes()
