"""By which channel a person wants which notices, and where her e-mail goes."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Account, Refused
from zhengtong.core.messages.domain import MessageTemplate, NoticeTopic, mask_mail
from zhengtong.core.messages.models import Channel, MailAddress, NoticeChoice
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, Denied

CODE_MINUTES: Final = 30
MOST_TRIES: Final = 5
CHOSEN: Final = (Channel.SMS, Channel.MAIL)


def is_wanted(account_id: int, topic: str, channel: str) -> bool:
    """Return whether she wants notices about ``topic`` by ``channel``: everybody does who hasn't said otherwise."""
    said = NoticeChoice.objects.filter(account_id=account_id, topic=topic, channel=channel)
    chosen = said.values_list("is_wanted", flat=True).first()
    return True if chosen is None else chosen


def find_mail_address(account_id: int) -> str | None:
    """Return where her e-mail goes; None as long as she hasn't verified an address."""
    found = MailAddress.objects.filter(account_id=account_id, verified_at__isnull=False).first()
    return found.address if found else None


def get_mail_address(account: Account) -> MailAddress | None:
    return MailAddress.objects.filter(account=account).first()


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """A topic as the settings show it. ``binding`` names what of it the law asks for, which is always sent as text."""

    topic: NoticeTopic
    sms: bool
    mail: bool
    binding: tuple[str, ...]


def _templates_of(topic: str) -> list[MessageTemplate]:
    return [template for template in registry.of(MessageTemplate) if template.topic == topic]


def list_choices(account: Account) -> list[TopicChoice]:
    """Return every topic with what she chose, in the order in which the topics are shown."""
    said = {(choice.topic, choice.channel): choice.is_wanted for choice in NoticeChoice.objects.filter(account=account)}
    return [
        TopicChoice(
            topic,
            said.get((topic.code, Channel.SMS), True),
            said.get((topic.code, Channel.MAIL), True),
            tuple(dict.fromkeys(str(each.title) for each in _templates_of(topic.code) if each.is_binding)),
        )
        for topic in sorted(registry.of(NoticeTopic), key=lambda each: (each.order, each.code))
    ]


@transaction.atomic
def choose_notices(*, actor: Actor, account: Account, wanted: Iterable[tuple[str, str]]) -> None:
    """Keep by which channels she wants which topics: a pair of ``wanted`` is a topic and a channel. Raises Denied."""
    _be_herself(actor, account)
    chosen = set(wanted)
    before = {str(each): each.is_wanted for each in NoticeChoice.objects.filter(account=account)}
    rows = [
        NoticeChoice(account=account, topic=topic.code, channel=channel, is_wanted=(topic.code, channel) in chosen)
        for topic in registry.of(NoticeTopic)
        for channel in CHOSEN
    ]
    NoticeChoice.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["account", "topic", "channel"], update_fields=["is_wanted"]
    )
    after = {f"{row.topic} {row.channel}": row.is_wanted for row in rows}
    record(actor, "messages.choose_notices", account, before=before, after=after)


@transaction.atomic
def set_mail_address(*, actor: Actor, account: Account, address: str) -> tuple[MailAddress, str]:
    """Keep an unverified address and return it with the code that is to be sent there. Raises Refused and Denied."""
    _be_herself(actor, account)
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused("mail", _("邮箱地址不对，请照这样填写：name@example.cn"), "address") from None
    if len(address) > 200:
        raise Refused("mail", _("邮箱地址太长"), "address")
    code = f"{secrets.randbelow(1_000_000):06d}"
    kept, _made = MailAddress.objects.update_or_create(
        account=account,
        defaults={
            "address": address,
            "verified_at": None,
            "code_digest": digest(code),
            "code_sent_at": timezone.now(),
            "tries": 0,
        },
    )
    record(actor, "messages.set_mail_address", kept, after={"address": mask_mail(address)})
    return kept, code


def verify_mail_address(*, actor: Actor, account: Account, code: str) -> MailAddress:
    """Note that she has typed the code that was sent to her address. Raises Refused and Denied."""
    _be_herself(actor, account)
    problem = _try_code(actor, account, code)
    if problem:
        raise Refused("code", problem, "code")
    return MailAddress.objects.get(account=account)


@transaction.atomic
def _try_code(actor: Actor, account: Account, code: str) -> str:
    """Return what is wrong with the code; a wrong one counts, so this transaction stays."""
    kept = MailAddress.objects.select_for_update().filter(account=account).first()
    if kept is None or kept.verified_at is not None or not kept.code_digest:
        return _("没有等待核验的邮箱，请先填写邮箱。")
    late = kept.code_sent_at is None or timezone.now() - kept.code_sent_at > timedelta(minutes=CODE_MINUTES)
    if late or kept.tries >= MOST_TRIES:
        return _("验证码已经失效，请重新获取。")
    if not secrets.compare_digest(kept.code_digest, digest(code.strip())):
        kept.tries += 1
        kept.save(update_fields=["tries"])
        return _("验证码不对，请核对邮件里的 6 位数字。")
    kept.verified_at, kept.code_digest = timezone.now(), ""
    kept.save(update_fields=["verified_at", "code_digest"])
    record(actor, "messages.verify_mail_address", kept, after={"address": mask_mail(kept.address)})
    return ""


@transaction.atomic
def drop_mail_address(*, actor: Actor, account: Account) -> None:
    """Forget her address: no more e-mail. Raises Denied."""
    _be_herself(actor, account)
    for kept in MailAddress.objects.filter(account=account):
        record(actor, "messages.drop_mail_address", kept, before={"address": mask_mail(kept.address)})
        kept.delete()


def _be_herself(actor: Actor, account: Account) -> None:
    """Nobody else sets this, not even who acts for her."""
    if actor.account_id != account.pk:
        raise Denied("messages.choose_notices")
