"""The lobby desk's lines in the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="lobby_desk", title=_("办事大厅现场"), declares=())
