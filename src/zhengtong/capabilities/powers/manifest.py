"""What powers bring: the lists by which an organ may act."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="powers", title=_("权力清单"), declares=())
