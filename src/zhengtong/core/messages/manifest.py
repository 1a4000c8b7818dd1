"""What the messages module brings: the texts that accounts need. A person reads her own messages without permission."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import ACCOUNT_NOTICES, ACCOUNT_TEXTS
from zhengtong.core.messages.domain import MessageTemplate
from zhengtong.core.messages.journal import ACTION_WORDS
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="messages",
    title=_("消息"),
    declares=(
        ACTION_WORDS,
        *(
            MessageTemplate(
                code=f"identity.{text}",
                title=_("账号安全"),
                body=body,
                sensitive=frozenset({"digits"}) & MessageTemplate("", "", body).placeholders,
            )
            for text, body in ACCOUNT_TEXTS.items()
        ),
        *(
            MessageTemplate(code=f"identity.{notice}", title=title, body=body)
            for notice, (title, body) in ACCOUNT_NOTICES.items()
        ),
    ),
)
