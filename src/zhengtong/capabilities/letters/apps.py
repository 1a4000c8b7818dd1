"""The letters module's application."""

from zhengtong.kernel.modules import ModuleConfig


class LettersConfig(ModuleConfig):
    name = "zhengtong.capabilities.letters"
    label = "letters"
    verbose_name = "公众互动"
