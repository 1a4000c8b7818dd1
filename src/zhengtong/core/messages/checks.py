"""System checks: declared templates and the provider must fit together."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from zhengtong.core.messages.domain import MessageTemplate
from zhengtong.kernel.modules import registry


@register()
def templates_name_their_sensitive_placeholders(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"template {template.code!r} hides {name!r}, which its body doesn't have", id="messages.E001")
        for template in registry.of(MessageTemplate)
        for name in sorted(template.sensitive - template.placeholders)
    ]


@register()
def the_demo_provider_is_for_the_demo(**kwargs: Any) -> list[CheckMessage]:
    if settings.DEMO or not settings.SMS_PROVIDER.endswith(".DemoInboxProvider"):
        return []
    return [Error("SMS_PROVIDER shows texts to everybody and DEMO is off", id="messages.E002")]
