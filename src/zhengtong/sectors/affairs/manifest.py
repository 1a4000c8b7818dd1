"""What the social affairs sector brings: the items of civil affairs, human resources and social security."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="affairs", title=_("社会事务"), declares=())
