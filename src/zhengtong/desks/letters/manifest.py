"""The letters desk's lines in the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="letters_desk", title=_("公众互动"), declares=())
