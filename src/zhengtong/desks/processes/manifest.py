"""The processes desk's lines in the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="processes_desk", title=_("流程设计"), declares=())
