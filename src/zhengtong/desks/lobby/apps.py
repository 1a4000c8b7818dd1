"""The lobby module's application."""

from zhengtong.kernel.modules import ModuleConfig


class LobbyDeskConfig(ModuleConfig):
    name = "zhengtong.desks.lobby"
    label = "lobby_desk"
    verbose_name = "办事大厅现场"
