"""The letters module's application."""

from zhengtong.kernel.modules import ModuleConfig


class LettersDeskConfig(ModuleConfig):
    name = "zhengtong.desks.letters"
    label = "letters_desk"
    verbose_name = "公众互动"
