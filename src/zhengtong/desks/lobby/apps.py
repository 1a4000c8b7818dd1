"""The lobby module's application."""

from zhengtong.kernel.modules import ModuleConfig


class LobbyConfig(ModuleConfig):
    name = "zhengtong.desks.lobby"
    label = "lobby"
    verbose_name = "政务服务大厅"
