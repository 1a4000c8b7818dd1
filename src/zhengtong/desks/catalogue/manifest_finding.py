"""What finding data brings to the desk: its lines in the menu, and where hits of the search lead."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.public import FIND
from zhengtong.screens.menu import MenuEntry

GROUP = _("数据")
DECLARES = (
    MenuEntry("catalogue.find", _("查找数据"), "search", "catalogue_desk:find", (FIND,), order=49, group=GROUP),
    MenuEntry("catalogue.flows", _("共享关系"), "chart", "catalogue_desk:flows", (FIND,), order=53, group=GROUP),
)
