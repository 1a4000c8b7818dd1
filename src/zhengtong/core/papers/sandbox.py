"""Sets a paper from a template that people edited, in a process of its own: it can't take the platform with it.

Run as ``python -I sandbox.py`` with one JSON request on standard input; what is set goes into the folder it names, the
verdict as one JSON line to standard output. Before it reads the template the process limits its own memory, processor
time and output, and gives up opening sockets and starting programs. It imports nothing of the platform.
"""

import ctypes
import json
import os
import platform
import resource
import sys
from pathlib import Path
from typing import Any

CPU_SECONDS = 6
# Fonts are mapped, not read: most of this is address space only.
MEMORY_BYTES = 2 << 30
OUTPUT_BYTES = 12 << 20
MAX_PAGES = 30
SHOWN_PAGES = 4
PPI = 80.0

# Of each machine: its number in a system call's record, and the numbers of socket, execve and execveat.
_CALLS = {"x86_64": (0xC000003E, (41, 59, 322)), "aarch64": (0xC00000B7, (198, 221, 281))}
_LOAD, _EQUALS, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # EACCES
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2


class _Step(ctypes.Structure):
    _fields_ = [("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("k", ctypes.c_uint)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step))]


def refuse_network_and_programs() -> bool:
    """Have the kernel refuse sockets and new programs to this process for good. False where it can't be asked to."""
    found = _CALLS.get(platform.machine())
    if found is None or sys.platform != "linux":
        return False
    machine, calls = found
    steps = [_Step(_LOAD, 0, 0, 4), _Step(_EQUALS, 0, len(calls) + 1, machine), _Step(_LOAD, 0, 0, 0)]
    steps += [_Step(_EQUALS, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    steps += [_Step(_RETURN, 0, 0, _ALLOW), _Step(_RETURN, 0, 0, _REFUSE)]
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def limit() -> None:
    """Limit what this process may use."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def squeeze(text: str) -> str:
    """Return ``text`` without blanks, breaks and signs of no width: what is compared with what was printed."""
    return "".join(character for character in text if not character.isspace() and character not in "\u200b\u200c\u200d")


def find_missing(wanted: dict[str, list[str]], printed: str, pages: int) -> list[str]:
    """Return the names of those ``wanted`` texts that aren't in ``printed``.

    A long text may be parted by the foot of a page, so it is looked for in pieces, of which one a page may be broken.
    """
    missing = []
    for name, texts in wanted.items():
        for text in map(squeeze, texts):
            pieces = [text[start : start + 12] for start in range(0, len(text), 12)]
            absent = sum(piece not in printed for piece in pieces)
            if absent > min(pages - 1, len(pieces) - 1) and absent:
                missing.append(name)
                break
    return missing


def set_paper(request: dict[str, Any]) -> dict[str, Any]:
    """Set what is asked for, and return the verdict."""
    import typst

    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=request["fonts"])
    folder = Path(request["folder"])
    try:
        compiler = typst.Compiler(
            input=str(folder / request["main"]),
            root=str(folder),
            font_paths=fonts,
            sys_inputs=request["inputs"],
            package_path=str(folder / "packages"),
            package_cache_path=str(folder / "packages"),
        )
        pdf = compiler.compile(format="pdf", pdf_standards=request["standards"], timestamp=request["timestamp"])
        assert isinstance(pdf, bytes)  # one file, because it is a PDF
    except typst.TypstError as error:
        return {"fault": error.message, "diagnostic": error.diagnostic, "hints": list(error.hints or [])}
    pages, printed = read_pdf(pdf)
    if pages > MAX_PAGES:
        return {"limit": "pages"}
    # A picture is read by what it stands for; in the foot of a page the PDF itself doesn't say it.
    printed += squeeze(compiler.query("image", field="alt"))
    (folder / "paper.pdf").write_bytes(pdf)
    shown = 0
    if request["shows"]:
        pictures = compiler.compile(format="png", ppi=PPI)
        pictures = [pictures] if isinstance(pictures, bytes) else list(pictures or [])
        for shown, picture in enumerate(pictures[:SHOWN_PAGES], start=1):
            (folder / f"page-{shown}.png").write_bytes(picture)
    return {"pages": pages, "shown": shown, "missing": find_missing(request["wanted"], printed, pages)}


def read_pdf(pdf: bytes) -> tuple[int, str]:
    """Return the number of pages of ``pdf``, and all that can be read on them."""
    import io
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(pdf))
    count = len(reader.pages)
    if count > MAX_PAGES:
        return count, ""
    return count, squeeze("".join(page.extract_text() for page in reader.pages))


def main() -> None:
    """Read the request, set the paper within the limits and print the verdict."""
    request = json.load(sys.stdin)
    limit()
    refuse_network_and_programs()
    os.chdir(request["folder"])
    verdict: dict[str, Any]
    try:
        verdict = set_paper(request)
    except MemoryError:
        verdict = {"limit": "memory"}
    except OSError:
        verdict = {"limit": "output"}
    sys.stdout.write(json.dumps(verdict) + "\n")


if __name__ == "__main__":
    main()
