"""What the crypto module brings: encryption of what identifies a person, behind one door."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="crypto", title=_("密码"))
