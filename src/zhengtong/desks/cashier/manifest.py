"""The cashier desk's lines in the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="cashier_desk", title=_("收费对账"), declares=())
