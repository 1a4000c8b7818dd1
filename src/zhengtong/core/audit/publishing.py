"""Bringing roots off the machine: whoever would rewrite the journal would have to reach them there, too.

A channel is declared by whoever can carry it; each attempt leaves a receipt, and what failed is tried again.
"""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from zhengtong.core.audit.evidence import get_seal
from zhengtong.core.audit.models import JournalRoot, RootReceipt
from zhengtong.core.audit.sealing import CANNOT_SEAL, close_root, note_trouble
from zhengtong.core.audit.services import record
from zhengtong.kernel.modules import Declaration, Text, registry
from zhengtong.kernel.policy import Actor, require
from zhengtong_verify.archive import write_archive
from zhengtong_verify.sealing import fingerprint, write_seal

PUBLISH: Final = "audit.publish_roots"
TIMEOUT_SECONDS: Final = 20
LONGEST_ANSWER: Final = 500
# A root that couldn't be brought out for so many attempts is tried by hand again.
MOST_ATTEMPTS: Final = 48


class NotPublished(Exception):
    """A root didn't get where it should; the text says why and what to do."""


@dataclass(frozen=True)
class RootChannel(Declaration):
    """A way off the machine. ``target`` says where it leads, "" when it isn't set up; ``carry`` brings a root there
    and returns what the other side answered. It raises NotPublished."""

    code: str
    title: Text
    target: Callable[[], str]
    carry: Callable[[JournalRoot], str]

    @property
    def key(self) -> str:
        return self.code


def write_root(root: JournalRoot) -> bytes:
    """Return a root with its seal as a ZIP that ``openssl`` and anything else can check part by part."""
    name = f"roots/{root.number}.json"
    return write_archive({name: root.header.encode(), **write_seal(name, get_seal(root))})


def describe_root(root: JournalRoot) -> dict[str, Any]:
    """Return a root as it is pushed and shown to programs."""
    return {
        "number": root.number,
        "hash": root.hash,
        "header": root.header,
        "algorithm": root.algorithm,
        "signature": bytes(root.signature).hex(),
        "certificates": [fingerprint(der) for der in get_seal(root).certificates],
        "token": bytes(root.token).hex(),
        "installation": settings.PUBLIC_URL,
    }


def say_folder() -> str:
    """Return the folder that roots are written to."""
    return str(settings.JOURNAL_ROOTS_DIR or "")


def carry_to_folder(root: JournalRoot) -> str:
    """Write a root into the folder (another machine's, mounted; a write-once medium) and read it back."""
    path = Path(say_folder()) / f"journal-root-{root.number:08d}.zip"
    content = write_root(root)
    try:
        if path.exists():
            if path.read_bytes() != content:
                raise NotPublished(_("“%(path)s”已经存在，内容却不同：请查明是谁改动的。") % {"path": path.name})
            return _("已在那里，内容一致")
        aside = path.with_suffix(f".{os.getpid()}")
        with aside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
        if path.read_bytes() != content:
            raise NotPublished(_("写入后读回的内容不同，请检查存放日志根的磁盘。"))
    except OSError as error:
        said = error.strerror or str(error)
        raise NotPublished(_("写不进存放日志根的文件夹：%(error)s。请检查挂载和权限。") % {"error": said}) from error
    return path.name


def _address() -> str:
    return str(settings.JOURNAL_ROOTS_URL or "")


def carry_by_http(root: JournalRoot) -> str:
    """POST a root as JSON to the configured address; any 2xx is a receipt, and its text is kept."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": root.hash}
    if settings.JOURNAL_ROOTS_KEY:
        headers["Authorization"] = f"Bearer {settings.JOURNAL_ROOTS_KEY}"
    request = urllib.request.Request(_address(), json.dumps(describe_root(root)).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            text = answer.read(LONGEST_ANSWER).decode(errors="replace").replace("\x00", "")
            return f"{answer.status} {text}".strip()
    except urllib.error.HTTPError as error:
        raise NotPublished(_("对方答复 %(code)s，没有收下。请与对方核对地址和密钥。") % {"code": error.code}) from error
    except (OSError, ValueError) as error:
        raise NotPublished(_("连不上对方：%(error)s。请检查网络和地址。") % {"error": error}) from error


def say_address() -> str:
    """Return where roots are pushed, without what could be a secret in the address."""
    parts = urlsplit(_address())
    return f"{parts.scheme}://{parts.hostname}{parts.path}" if parts.hostname else ""


def list_channels() -> list[RootChannel]:
    """Return the channels that are set up."""
    return [channel for channel in registry.of(RootChannel) if channel.target()]


def publish_roots() -> JournalRoot | None:
    """Close a root over the blocks since the last one, and bring out whatever didn't get out before."""
    try:
        root = close_root()
    except CANNOT_SEAL as error:
        note_trouble(str(error))
        root = None
    for channel in list_channels():
        for waiting in list_unpublished(channel.code):
            if not carry(waiting, channel):
                break  # the rest would fail for the same reason
    return root


def list_unpublished(channel: str) -> list[JournalRoot]:
    """Return the roots without a receipt of ``channel``, the oldest first; not those that were given up."""
    done = RootReceipt.objects.filter(channel=channel, is_done=True).values_list("root", flat=True)
    waiting = JournalRoot.objects.exclude(pk__in=done).order_by("-number")[:MOST_ATTEMPTS]
    return sorted(waiting, key=lambda root: root.number)


def carry(root: JournalRoot, channel: RootChannel) -> bool:
    """Try to bring a root out once; keep what came of it."""
    try:
        answer, is_done = channel.carry(root), True
    except NotPublished as error:
        answer, is_done = str(error), False
    RootReceipt.objects.create(
        root=root.number, channel=channel.code, target=channel.target()[:300], is_done=is_done, answer=answer
    )
    return is_done


def publish_now(*, actor: Actor) -> JournalRoot | None:
    """Close and publish a root because somebody asked for it. Raises Denied, and what ``CANNOT_SEAL`` names."""
    require(actor, PUBLISH)
    with transaction.atomic():
        root = close_root()
        if root is not None:
            record(actor, "audit.publish_root", root, after={"hash": root.hash})
    publish_roots()
    return root
