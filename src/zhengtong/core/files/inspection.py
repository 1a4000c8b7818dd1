"""Decides whether an upload is what it says and fit to be kept; hands the reading of it to the probe."""

import json
import logging
import subprocess
import sys
from pathlib import Path

from zhengtong.core.files.domain import FORMS, HEAD_BYTES, Content, FileKind, extension_of, names_of, sniff
from zhengtong.core.files.probe import CPU_SECONDS, MAX_PIXELS
from zhengtong.core.files.refusals import UploadRefused, refuse_content
from zhengtong.kernel.state_secrets import find_state_secret

logger = logging.getLogger(__name__)
# Waiting for a processor is not the file's fault, so the clock is wider than the processor time.
WALL_SECONDS = CPU_SECONDS * 3
MOST_READ = 1000
_read: dict[tuple[str, FileKind | Content], FileKind | Content] = {}


def inspect_upload(path: Path, name: str, allowed: frozenset[FileKind], *, sha256: str) -> FileKind:
    """Return the kind of the file at ``path``, uploaded as ``name``, whose bytes have the digest ``sha256``.

    Raises UploadRefused when it is none of ``allowed``, when name and bytes disagree, or when it can't be
    opened safely.
    """
    if find_state_secret("", name) is not None:
        raise UploadRefused("state_secret")
    extension = extension_of(name)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise UploadRefused("empty")
    what = sniff(head)
    if not isinstance(what, FileKind) and what is not Content.ZIP:
        raise refuse_content(what, extension, allowed)
    if isinstance(what, FileKind):
        _check_kind(what, extension, allowed)
    kind = _recall(path, what, sha256)
    if isinstance(kind, Content):
        raise refuse_content(kind, extension, allowed)
    _check_kind(kind, extension, allowed)
    return kind


def _check_kind(kind: FileKind, extension: str, allowed: frozenset[FileKind]) -> None:
    if kind not in allowed:
        raise UploadRefused("not_allowed", {"kind": kind.value.upper(), "allowed": names_of(allowed)})
    right = FORMS[kind].extensions
    if not extension:
        raise UploadRefused("no_extension", {"kind": kind.value.upper(), "right": right[0]})
    if extension not in right:
        params = {"extension": extension[:16], "kind": kind.value.upper(), "right": right[0]}
        raise UploadRefused("misnamed", params)


def _recall(path: Path, what: FileKind | Content, sha256: str) -> FileKind | Content:
    """The same bytes get the same verdict, and one file is often handed in for several items: it is read once."""
    if (sha256, what) not in _read:
        if len(_read) >= MOST_READ:
            _read.clear()
        _read[sha256, what] = _probe(path, what)
    return _read[sha256, what]


def _probe(path: Path, what: FileKind | Content) -> FileKind | Content:
    command = [sys.executable, "-I", "-m", "zhengtong.core.files.probe", what.value]
    try:
        with path.open("rb") as file:
            done = subprocess.run(command, stdin=file, capture_output=True, timeout=WALL_SECONDS, check=True)
        verdict = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        # Killed by its own limits, or out of memory in a way that Python couldn't report.
        logger.warning("upload probe gave up", extra={"kind": what.value, "error": type(error).__name__})
        raise UploadRefused("too_complex") from error
    if code := verdict.get("code"):
        raise UploadRefused(code, {"megapixels": MAX_PIXELS // 10_000})
    word = verdict["kind"]
    return Content(word) if word == Content.ZIP else FileKind(word)
