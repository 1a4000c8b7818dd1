"""An authority that nobody here wrote: root, signer and time-stamp authority made and run by the openssl command."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

_CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = replaced
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[stamping]
default_tsa = authority
[authority]
serial = serial
signer_cert = tsa.pem
certs = root.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
ess_cert_id_chain = no
ordering = yes
"""


@dataclass
class ForeignAuthority:
    """A folder with keys and certificates: P-256 throughout, ten years."""

    folder: Path

    def __post_init__(self) -> None:
        (self.folder / "openssl.cnf").write_text(_CONFIG)
        (self.folder / "serial").write_text("01\n")
        self._issue("root", "ca", "Foreign Root")
        self._issue("signer", "signer", "Foreign Journal Signer")
        self._issue("tsa", "tsa", "Foreign Time-Stamp Authority")

    def _issue(self, name: str, section: str, subject: str) -> None:
        self.run("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
        self.run(
            *("req", "-new", "-config", "openssl.cnf", "-subj", f"/C=CN/O=Foreign/CN={subject}"),
            *("-key", f"{name}.key", "-out", f"{name}.csr"),
        )
        issuer = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial")
        by = ("-signkey", "root.key") if name == "root" else issuer
        self.run(
            *("x509", "-req", "-sha256", "-days", "3650", "-in", f"{name}.csr", *by),
            *("-extfile", "openssl.cnf", "-extensions", section, "-out", f"{name}.pem"),
        )
        self.run("x509", "-in", f"{name}.pem", "-outform", "DER", "-out", f"{name}.cer")

    def run(self, *command: str, given: bytes = b"") -> bytes:
        done = subprocess.run(["openssl", *command], cwd=self.folder, input=given, capture_output=True, check=True)
        return done.stdout

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    @property
    def certificates(self) -> tuple[bytes, ...]:
        return self.read("signer.cer"), self.read("root.cer")

    def sign(self, content: bytes) -> bytes:
        return self.run("dgst", "-sha256", "-sign", "signer.key", given=content)

    def stamp(self, content: bytes) -> bytes:
        """Return a time-stamp token over the SHA-256 of ``content``."""
        (self.folder / "stamped").write_bytes(content)
        self.run("ts", "-query", "-data", "stamped", "-sha256", "-cert", "-out", "query.tsq")
        self.run(
            *("ts", "-reply", "-config", "openssl.cnf", "-section", "authority"),
            *("-queryfile", "query.tsq", "-token_out", "-out", "token.der"),
        )
        return self.read("token.der")
