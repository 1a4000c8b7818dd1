"""The desk of the security administrator: applications, attempts, locks, sessions."""

from zhengtong.kernel.modules import ModuleConfig


class SecurityDeskConfig(ModuleConfig):
    name = "zhengtong.desks.security"
    label = "security_desk"
    verbose_name = "安全"
