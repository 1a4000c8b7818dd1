"""The desk of the catalogue: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.desks.catalogue.manifest_finding import DECLARES as FINDING
from zhengtong.kernel.modules import Module

MODULE = Module(code="catalogue_desk", title=_("目录编制"), declares=FINDING)
