"""What payments bring: fees asked for, paid, reconciled and given back."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="payments", title=_("收费"), declares=())
