"""The messages module's application. Its label isn't "messages", because Django's own flash messages have that."""

from zhengtong.kernel.modules import ModuleConfig


class MessagesConfig(ModuleConfig):
    name = "zhengtong.core.messages"
    label = "messaging"
    verbose_name = "消息"

    def ready(self) -> None:
        super().ready()
        from zhengtong.core.messages import checks  # noqa: F401  (registers the system checks)
