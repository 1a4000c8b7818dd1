"""Trusted time: the RFC 3161 authority and the tokens kept with what they prove."""

from zhengtong.kernel.modules import ModuleConfig


class TimestampsConfig(ModuleConfig):
    name = "zhengtong.capabilities.timestamps"
    label = "timestamps"
    verbose_name = "可信时间"
