"""Marks on letters (密级标识): a report may name people whom only one office may know of."""

import json
from collections.abc import Iterator

from zhengtong.capabilities.letters import permissions
from zhengtong.capabilities.letters.models import Letter, LetterFile
from zhengtong.capabilities.letters.services.steps import party_of
from zhengtong.core.files.public import FileHolder, StoredFile
from zhengtong.core.marks.public import Markable
from zhengtong.core.worklist.public import rename_items
from zhengtong.kernel.policy import can


def _content(letter: Letter) -> bytes:
    files = letter.files.order_by("pk").values_list("file__sha256", flat=True)
    told = {"number": letter.number, "title": letter.title, "body": letter.body, "files": list(files)}
    return json.dumps(told, sort_keys=True, ensure_ascii=False).encode()


def _hide_on_lists(letter: Letter) -> None:
    rename_items(reference=letter.number, title=letter.subject, party=party_of(letter))


def _files(letter: Letter) -> Iterator[StoredFile]:
    for attached in letter.files.select_related("file"):
        yield attached.file


def _holding(file: StoredFile) -> Iterator[Letter]:
    for attached in LetterFile.objects.filter(file=file, letter__isnull=False).select_related("letter"):
        if attached.letter is not None:
            yield attached.letter


MARKABLE_LETTER = Markable(
    Letter,
    may=lambda actor, letter: can(actor, permissions.HANDLE, letter) or can(actor, permissions.DISPATCH, letter),
    name=lambda letter: letter.number,
    url=lambda letter: f"/desk/letters/{letter.number}/",
    content=_content,
    organisation=lambda letter: letter.organisation_id,
    parents=_files,
    on_marked=_hide_on_lists,
)
FILE_HOLDER = FileHolder("letters", list_holders=_holding)
