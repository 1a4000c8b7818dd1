"""What letters bring: consultations, complaints, suggestions and surveys, answered within limits."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="letters", title=_("公众互动"), declares=())
