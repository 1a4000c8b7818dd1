"""What the messages module brings: the texts that accounts need. A person reads her own messages without permission."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import ACCOUNT_NOTICES, ACCOUNT_TEXTS, Protected
from zhengtong.core.messages.domain import MessageTemplate, NoticeTopic
from zhengtong.core.messages.journal import ACTION_WORDS
from zhengtong.core.messages.models import Message
from zhengtong.core.messages.services import RESEND
from zhengtong.kernel.modules import Module, Permission

MODULE = Module(
    code="messages",
    title=_("消息"),
    declares=(
        ACTION_WORDS,
        Permission(RESEND, _("查看和重发发送失败的消息")),
        # What was sent concerns everybody; an operator sees of it neither text nor number.
        Protected(Message, is_unscoped=True),
        NoticeTopic("identity", _("账号和授权"), _("委托、授权、登录安全"), order=30, has_texts=False),
        MessageTemplate(
            "messages.mail_code",
            _("核验邮箱"),
            _("您的邮箱验证码是 {code}，{minutes} 分钟内有效。不是您本人填写的，请不用理会。"),
            sensitive=frozenset({"code"}),
        ),
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
