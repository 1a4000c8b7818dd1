"""Setting a paper from a template that people edited: in the sandbox, and only if all that must stand on it does."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from django.utils.translation import gettext as _

from zhengtong.core.papers import sandbox
from zhengtong.core.papers.faults import TemplateFault, say_fault
from zhengtong.core.papers.fonts import FOLDERS
from zhengtong.core.papers.kinds import PaperKind
from zhengtong.core.papers.typesetting import LIBRARY, ROOT, STANDARDS, Sheet, describe_sheet, read_moment, write_inputs

MAIN = "main.typ"
LONGEST_SOURCE = 60_000
# Waiting for a processor is not the template's fault, so the clock is wider than the processor time.
WALL_SECONDS = sandbox.CPU_SECONDS * 4
# A process takes a processor for about a second: not more of them at once than this, however many people look.
_places = BoundedSemaphore(2)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(T.*)?")


@dataclass(frozen=True, slots=True)
class SetPaper:
    """What a template made of a sheet: the file, how many pages it has, and the first of them as pictures."""

    pdf: bytes
    pages: int
    pictures: tuple[bytes, ...] = ()

    @property
    def shown(self) -> list[str]:
        """The pictures as addresses that a page can hold."""
        return [f"data:image/png;base64,{base64.b64encode(picture).decode()}" for picture in self.pictures]


def set_edited(source: str, kind: PaperKind, sheet: Sheet, *, shows: bool = False) -> SetPaper:
    """Return ``sheet`` as ``source`` sets it, with pictures of its pages when ``shows``.

    Raises FontsMissing, and TemplateFault when the text can't be set within the limits, or leaves out what has to stand
    on such a paper.
    """
    if len(source) > LONGEST_SOURCE:
        raise TemplateFault("long", _("模板太长，请删减到 %(n)d 字以内。") % {"n": LONGEST_SOURCE})
    described = describe_sheet(sheet)
    wanted = list_wanted(kind, described)
    with _make_room(source) as folder:
        request = {
            "folder": str(folder),
            "main": MAIN,
            "inputs": write_inputs(sheet, described),
            "timestamp": read_moment(sheet),
            "fonts": [each for each in (os.environ.get("FONT_DIR", ""), *FOLDERS) if each and Path(each).is_dir()],
            "standards": STANDARDS,
            "wanted": wanted,
            "shows": shows,
        }
        verdict = _run(request, folder)
        if fault := say_fault(verdict, source):
            raise fault
        pictures = [(folder / f"page-{page}.png").read_bytes() for page in range(1, verdict["shown"] + 1)]
        return SetPaper((folder / "paper.pdf").read_bytes(), verdict["pages"], tuple(pictures))


def list_wanted(kind: PaperKind, described: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return all that has to be found on the paper, under the words for it."""
    wanted = {
        _("标题"): [described["title"]],
        _("文号"): [described["number"]],
        _("制发机关"): [described["issuer_name"]],
        _("核验码"): [described["code"]],
        _("核验二维码"): [described["verify_url"]],
    }
    for path, words in kind.must_show:
        wanted[str(words)] = list(_texts(_follow(described["content"], path.split("."))))
    return {name: [text for text in texts if text] for name, texts in wanted.items() if any(texts)}


def _follow(value: Any, path: list[str]) -> Any:
    for place, name in enumerate(path):
        if isinstance(value, list):
            return [_follow(each, path[place:]) for each in value]
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _texts(value: Any) -> Iterable[str]:
    """Yield the texts in ``value`` as they are printed: days in Chinese."""
    if isinstance(value, str):
        if day := _DAY.fullmatch(value):
            yield f"{int(day[1])}年{int(day[2])}月{int(day[3])}日"
        else:
            yield from value.splitlines()
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)


@contextmanager
def _make_room(source: str) -> Any:
    """Give a folder that holds the template and the shared library, and nothing else that could be read."""
    with tempfile.TemporaryDirectory(prefix="paper-") as name:
        folder = Path(name)
        shutil.copytree(LIBRARY.parent, folder / LIBRARY.parent.relative_to(ROOT))
        (folder / MAIN).write_text(source, encoding="utf-8")
        yield folder


def _run(request: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    # Nothing of the platform's environment: no secrets, and a proxy that isn't there where the kernel can't refuse.
    environment = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "RAYON_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }
    command = [sys.executable, "-I", str(Path(sandbox.__file__))]
    if not _places.acquire(timeout=WALL_SECONDS):
        return {"limit": "busy"}
    try:
        done = subprocess.run(
            command,
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=WALL_SECONDS,
            env=environment,
            cwd=folder,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"limit": "time"}
    finally:
        _places.release()
    if done.returncode:
        return {"limit": {-24: "time", -9: "time", -25: "output"}.get(done.returncode, "memory")}
    verdict: dict[str, Any] = json.loads(done.stdout)
    return verdict
