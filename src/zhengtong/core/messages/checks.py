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
    shown = {"SMS_PROVIDER": ".DemoInboxProvider", "MAIL_PROVIDER": ".DemoMailProvider"}
    return [
        Error(f"{name} shows messages to everybody and DEMO is off", id="messages.E002")
        for name, provider in shown.items()
        if not settings.DEMO and getattr(settings, name).endswith(provider)
    ]


@register()
def a_gateway_has_its_key(**kwargs: Any) -> list[CheckMessage]:
    if not settings.SMS_PROVIDER.endswith(".HttpSmsProvider") or (settings.SMS_URL and settings.SMS_SECRET):
        return []
    return [Error("SMS_PROVIDER speaks to a gateway, but SMS_URL or SMS_SECRET is missing", id="messages.E003")]
