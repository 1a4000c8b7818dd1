"""The desk of those who keep keys, certificates and time."""

from django.utils.translation import gettext_lazy as _

from zhengtong.desks.trust.certificates.declarations import DECLARES as CERTIFICATES
from zhengtong.desks.trust.data.entries import DATA
from zhengtong.desks.trust.keys.menu import KEYS
from zhengtong.desks.trust.time.entries import TIME
from zhengtong.kernel.modules import Module

MODULE = Module(code="trust", title=_("信任服务"), declares=(*KEYS, *CERTIFICATES, *DATA, *TIME))
