"""The powers desk: the lists as the public reads them. The desk's own pages are the capability's declared screens."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="powers_desk", title=_("权责清单公开"), declares=())
