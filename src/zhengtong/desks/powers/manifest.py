"""The powers desk's lines in the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="powers_desk", title=_("权力清单"), declares=())
