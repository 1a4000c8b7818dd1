"""What the signer is told by its environment."""

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zhengtong.kernel.sockets import signer_socket


class UnusableConfiguration(Exception):
    """The environment can't be used; the text is one sentence."""


@dataclass(frozen=True)
class Configuration:
    folder: Path
    socket: Path
    allowed_uids: frozenset[int]
    module: str = ""
    token: str = "zhengtong"
    pin_file: Path | None = None
    device: str = ""
    most_connections: int = 200
    most_at_once: int = 16
    largest_message: int = 16 * 1024 * 1024
    message_seconds: float = 30.0
    idle_seconds: float = 600.0

    request_hours: float = 24.0

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Configuration":
        data_dir = Path(environ.get("DATA_DIR") or "var").resolve()
        return cls(
            folder=Path(environ.get("SIGNER_FOLDER") or data_dir / "signer").resolve(),
            socket=signer_socket(environ, data_dir),
            allowed_uids=frozenset({os.getuid(), *map(_uid, environ.get("SIGNER_CALLERS", "").split())}),
            module=environ.get("SIGNER_PKCS11_MODULE", ""),
            token=environ.get("SIGNER_PKCS11_TOKEN") or "zhengtong",
            pin_file=Path(environ["SIGNER_PKCS11_PIN_FILE"]) if environ.get("SIGNER_PKCS11_PIN_FILE") else None,
            device=environ.get("SIGNER_DEVICE", ""),
            most_connections=_number(environ, "SIGNER_MAX_CONNECTIONS", 200),
            largest_message=_number(environ, "SIGNER_MAX_MESSAGE_MB", 16) << 20,
        )


def _uid(name: str) -> int:
    if name.isdigit():
        return int(name)
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        raise UnusableConfiguration(f"SIGNER_CALLERS 里的系统用户“{name}”不存在") from None


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= 10_000):
        raise UnusableConfiguration(f"{name} 应为 1 到 10000 的数字，现在是 {value!r}")
    return int(value)
