"""The items desk's lines in the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="items_desk", title=_("事项编制"), declares=())
