"""What geography brings: the base map under every map, made of our own region boundaries."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module
from zhengtong.screens.maps import BaseMap

MODULE = Module(
    code="geography",
    title=_("地理信息"),
    declares=(BaseMap("regions", url_name="geography:region_tile"),),
)
