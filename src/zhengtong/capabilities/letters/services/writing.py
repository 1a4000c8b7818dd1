"""A letter comes in: written on the web step by step, or typed in by an operator who has the writer on the phone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.letters import permissions
from zhengtong.capabilities.letters.domain import CODE_LENGTH, Node, make_code, read_code
from zhengtong.capabilities.letters.errors import LetterConflict, LetterRefused
from zhengtong.capabilities.letters.messages import tell_writer
from zhengtong.capabilities.letters.models import (
    Letter,
    LetterCategory,
    LetterChannel,
    LetterDraft,
    LetterFile,
    LetterKind,
    LetterNumber,
    Reception,
)
from zhengtong.capabilities.letters.redaction import clean
from zhengtong.capabilities.letters.services.clocks import start_clock
from zhengtong.capabilities.letters.services.steps import note_act, open_work
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.files.public import PAPERS_AND_PHOTOS, UploadRefused, receive_upload
from zhengtong.core.identity.public import InvalidIdentifier, Organisation, Region, parse_phone
from zhengtong.kernel.policy import Actor, ActorKind, require
from zhengtong.kernel.rows import find_sole
from zhengtong.kernel.steps import step

TITLE_MOST: Final = 60
BODY_LEAST: Final = 10
BODY_MOST: Final = 5000
FILES_MOST: Final = 6
DRAFT_HOURS: Final = 24
TEXTS: Final = {"title": TITLE_MOST, "body": BODY_MOST, "place": 120, "writer_name": 30, "writer_phone": 30}
FLAGS: Final = ("is_confidential", "may_publish")


def start_draft(*, actor: Actor, kind: str) -> LetterDraft:
    """Begin to write. Raises LetterRefused for a kind that there isn't."""
    _check_kind(kind)
    account_id = actor.account_id if actor.kind is ActorKind.CITIZEN else None
    return LetterDraft.objects.create(account_id=account_id, content={"kind": kind})


@step()
def save_draft(*, draft: LetterDraft, answers: Mapping[str, Any]) -> LetterDraft:
    """Keep what was typed in one step. Raises LetterConflict for a draft that was sent."""
    held = LetterDraft.objects.select_for_update().get(pk=draft.pk)
    if held.letter_id is not None:
        raise LetterConflict(_("这封信已经提交，不能再修改。"))
    held.content = {**held.content, **answers}
    held.save(update_fields=["content"])
    return held


def attach_file(*, actor: Actor, draft: LetterDraft, upload: "UploadedFile[bytes]") -> LetterFile:
    """Add a photo or paper to a draft. Raises UploadRefused and LetterRefused."""
    if draft.letter_id is not None:
        raise LetterConflict(_("这封信已经提交，不能再修改。"))
    if draft.files.count() >= FILES_MOST:
        raise LetterRefused(_("最多上传%(n)s个附件"), "files", n=FILES_MOST)
    stored = receive_upload(actor=actor, upload=upload, allowed=PAPERS_AND_PHOTOS)
    return LetterFile.objects.create(draft=draft, file=stored)


def remove_file(*, draft: LetterDraft, file_id: int) -> None:
    """Take an attachment out of a draft that wasn't sent."""
    LetterFile.objects.filter(draft=draft, draft__letter=None, pk=file_id).delete()


@step()
def submit_draft(*, actor: Actor, draft: LetterDraft) -> Letter:
    """Send a draft; sent twice it is one letter, with the same number and code. Raises LetterRefused."""
    held = find_sole(LetterDraft.objects.select_for_update(of=("self",)).filter(pk=draft.pk))
    if held is None:
        raise LetterRefused(_("这封信放得太久，已经清除。请重新填写。"))
    if held.letter_id is not None:
        return Letter.objects.get(pk=held.letter_id)
    letter, code = _receive(actor=actor, channel=LetterChannel.WEB, account_id=held.account_id, given=held.content)
    held.files.update(letter=letter)
    held.letter = letter
    held.content = {"number": letter.number, "code": code}
    held.save(update_fields=["letter", "content"])
    return letter


@step()
def record_letter(*, actor: Actor, channel: str, **given: Any) -> tuple[Letter, str]:
    """Type in what somebody says on the phone or at the counter; return the letter, and the code to tell her.

    Raises Denied and LetterRefused.
    """
    require(actor, permissions.ACCEPT)
    if channel not in (LetterChannel.PHONE, LetterChannel.COUNTER):
        raise LetterRefused(_("请选择来电或者窗口"), "channel")
    return _receive(actor=actor, channel=channel, account_id=None, given=given)


def _receive(*, actor: Actor, channel: str, account_id: int | None, given: Mapping[str, Any]) -> tuple[Letter, str]:
    now = timezone.now()
    texts = check_letter(given)
    category, region = _category(given.get("category")), _region(given.get("region"))
    reception = find_reception(region)
    code = make_code()
    phone = texts["writer_phone"]
    letter = Letter(
        number=_next_number(timezone.localdate(now).year),
        kind=given["kind"],
        category=category,
        channel=channel,
        region=region,
        account_id=account_id,
        phone_digest=digest(phone) if phone else "",
        reception=reception,
        organisation=reception,
        recorded_by_id=None if channel == LetterChannel.WEB else actor.appointment,
        received_at=now,
        is_confidential=bool(given.get("is_confidential")),
        may_publish=bool(given.get("may_publish")) and not given.get("is_confidential"),
        **texts,
    )
    letter.code_digest = digest(f"{letter.number}:{code}")
    start_clock(letter, now)
    letter.save()
    note_act(letter, "receive", actor=actor, words="来信已收到，等待受理。", journal={"channel": channel})
    open_work(letter, Node.ACCEPTANCE, reception.pk)
    tell_writer(letter, "received", actor=actor)
    return letter, code


def check_letter(given: Mapping[str, Any]) -> dict[str, str]:
    """Return the cleaned texts of a letter. Raises LetterRefused naming the first field that can't be used."""
    _check_kind(str(given.get("kind", "")))
    texts = {}
    for name, most in TEXTS.items():
        text = clean(str(given.get(name) or "")).strip()
        if len(text) > most:
            raise LetterRefused(_("最多%(n)s个字，现在有%(now)s个"), name, n=most, now=len(text))
        texts[name] = text
    if len(texts["title"]) < 4:
        raise LetterRefused(_("请用一句话写明是什么事，至少4个字"), "title")
    if len(texts["body"]) < BODY_LEAST:
        raise LetterRefused(_("请把事情写清楚，至少%(n)s个字"), "body", n=BODY_LEAST)
    if not texts["writer_name"]:
        raise LetterRefused(_("请填写怎样称呼您"), "writer_name")
    try:
        texts["writer_phone"] = parse_phone(texts["writer_phone"]).value
    except InvalidIdentifier as error:
        raise LetterRefused(_("请填写能联系到您的手机号码，11 位数字"), "writer_phone") from error
    return texts


def _check_kind(kind: str) -> None:
    if kind not in LetterKind.values:
        raise LetterRefused(_("请选择要写哪一类信"), "kind")


def _category(given: Any) -> LetterCategory:
    found = LetterCategory.objects.filter(pk=given, is_active=True).first() if isinstance(given, int) else None
    if found is None:
        raise LetterRefused(_("请选择是哪方面的事"), "category")
    return found


def _region(given: Any) -> Region:
    found = Region.objects.filter(pk=given).first() if isinstance(given, int) else None
    if found is None:
        raise LetterRefused(_("请选择事情发生在哪里"), "region")
    return found


def find_reception(region: Region) -> Organisation:
    """Return who receives the letters of a region: the nearest one going up. Raises LetterRefused without any."""
    found = {row.region_id: row.organisation for row in Reception.objects.select_related("organisation")}
    at: Region | None = region
    while at is not None:
        if at.pk in found:
            return found[at.pk]
        at = at.parent
    raise LetterRefused(_("这个地方还没有开通来信，请拨打 12345。"), "region")


def _next_number(year: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {LetterNumber._meta.db_table} (year, last) VALUES (%s, 1) "
            "ON CONFLICT (year) DO UPDATE SET last = letters_letternumber.last + 1 RETURNING last",
            [year],
        )
        return f"LX-{year}-{cursor.fetchone()[0]:06d}"


def find_by_code(number: str, code: str) -> Letter | None:
    """Return the letter that number and code open together, None when one of them is wrong."""
    typed = read_code(code)
    if len(typed) != CODE_LENGTH or len(number) > 20:
        return None
    letter = Letter.objects.filter(number=number).select_related("category", "organisation").first()
    expected = digest(f"{number}:{typed}")
    return letter if letter is not None and letter.code_digest == expected else None


@step()
def reveal_contact(*, actor: Actor, letter: Letter, purpose: str) -> Letter:
    """Show name and phone once, for a stated purpose. The handling office doesn't see who is to be kept secret."""
    require(actor, permissions.VIEW, letter)
    if letter.is_confidential and not any(actor.has(each) for each in permissions.RECEPTION):
        raise LetterRefused(_("来信人要求保密，承办单位不能查看其联系方式。需要核实时请联系受理单位。"))
    if len(purpose.strip()) < 2:
        raise LetterRefused(_("请写明查看的用途，至少两个字"), "purpose")
    record(actor.stating(purpose.strip()[:200]), "letters.unmask", letter, subject=letter.phone_digest)
    return letter


def drop_old_drafts() -> int:
    """Remove drafts of more than a day ago; letters and attachments that were sent stay."""
    old = LetterDraft.objects.filter(created_at__lt=timezone.now() - timedelta(hours=DRAFT_HOURS))
    LetterFile.objects.filter(draft__in=old, letter=None).delete()
    removed, _rows = old.delete()
    return removed


__all__ = [
    "BODY_MOST",
    "FILES_MOST",
    "TITLE_MOST",
    "UploadRefused",
    "attach_file",
    "check_letter",
    "drop_old_drafts",
    "find_by_code",
    "find_reception",
    "record_letter",
    "remove_file",
    "reveal_contact",
    "save_draft",
    "start_draft",
    "submit_draft",
]
