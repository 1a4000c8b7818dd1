"""Where the signer's socket is: one rule for the signer, which has no Django, and for those who call it."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

LONGEST = 107  # bytes that fit in sockaddr_un before the closing zero


def signer_socket(environ: Mapping[str, str], data_dir: Path) -> Path:
    """Return the socket that ``environ`` names, or the one in ``data_dir``; a short one where that is too long."""
    path = Path(environ.get("SIGNER_SOCKET") or data_dir / "signer" / "socket")
    if len(os.fsencode(path)) <= LONGEST:
        return path
    short = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"zhengtong-signer-{short}" / "socket"
