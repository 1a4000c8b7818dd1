"""What the messages module brings: a person reads her own messages, so no permission is needed."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="messages", title=_("消息"))
