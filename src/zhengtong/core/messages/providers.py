"""How texts and e-mails leave the platform: a protocol for each, and the providers of the demo.

The real ones are ``http_sms.HttpSmsProvider`` and ``smtp_mail.SmtpMailProvider``; another gateway is one more class.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from zhengtong.core.crypto.public import digest
from zhengtong.core.messages.models import Channel, DemoText

DEMO_KEEPS = 500


class SendFailed(Exception):
    """The provider didn't take the message. ``code`` is its error code and never quotes phone or text.

    ``is_permanent``: trying again is no use (the number doesn't exist).
    """

    def __init__(self, code: str, *, is_permanent: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.is_permanent = is_permanent


@dataclass(frozen=True, slots=True)
class Receipt:
    """``reference`` is the provider's; ``delivered_at`` is set when it already knows that the phone has it."""

    reference: str
    delivered_at: datetime | None = None


class SmsProvider(Protocol):
    """Sends a text. ``reference`` is the same when a killed worker's job runs again: a provider that honours it
    sends once. Raises SendFailed."""

    def send(self, phone: str, text: str, reference: str) -> Receipt: ...


class MailProvider(Protocol):
    """Sends an e-mail, under the same rule. Raises SendFailed."""

    def send(self, address: str, subject: str, text: str, reference: str) -> Receipt: ...


class DemoInboxProvider:
    """Keeps texts where ``/demo/inbox/`` shows them; the newest ``DEMO_KEEPS`` only."""

    def send(self, phone: str, text: str, reference: str) -> Receipt:
        return _keep(reference, phone, text)


class DemoMailProvider:
    """Keeps e-mails in the same place."""

    def send(self, address: str, subject: str, text: str, reference: str) -> Receipt:
        return _keep(reference, address, text, channel=Channel.MAIL, subject=subject)


def _keep(reference: str, address: str, text: str, **more: str) -> Receipt:
    kept, _ = DemoText.objects.get_or_create(
        reference=reference, defaults={"phone": address, "phone_digest": digest(address), "text": text, **more}
    )
    DemoText.objects.filter(pk__lte=kept.pk - DEMO_KEEPS).delete()
    return Receipt(reference=reference, delivered_at=timezone.now())


def get_provider() -> SmsProvider:
    """Return the provider that ``settings.SMS_PROVIDER`` names."""
    return cast(SmsProvider, import_string(settings.SMS_PROVIDER)())


def get_mail_provider() -> MailProvider:
    """Return the provider that ``settings.MAIL_PROVIDER`` names."""
    return cast(MailProvider, import_string(settings.MAIL_PROVIDER)())
