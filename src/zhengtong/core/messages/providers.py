"""How text messages leave the platform: a protocol, and the provider of the demo."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from zhengtong.core.crypto.public import digest
from zhengtong.core.messages.models import DemoText

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


class DemoInboxProvider:
    """Keeps texts where ``/demo/inbox/`` shows them; the newest ``DEMO_KEEPS`` only."""

    def send(self, phone: str, text: str, reference: str) -> Receipt:
        kept, _ = DemoText.objects.get_or_create(
            reference=reference, defaults={"phone": phone, "phone_digest": digest(phone), "text": text}
        )
        DemoText.objects.filter(pk__lte=kept.pk - DEMO_KEEPS).delete()
        return Receipt(reference=reference, delivered_at=timezone.now())


def get_provider() -> SmsProvider:
    """Return the provider that ``settings.SMS_PROVIDER`` names."""
    return cast(SmsProvider, import_string(settings.SMS_PROVIDER)())
