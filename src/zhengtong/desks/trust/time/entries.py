"""What trusted time brings to the desk."""

from django.utils.translation import gettext_lazy as _

from zhengtong.screens.menu import MenuEntry

TIME = (
    MenuEntry(
        "trust.time",
        _("可信时间"),
        "clock",
        "trust_desk:time",
        ("timestamps.view_register",),
        order=93,
        group=_("信任服务"),
    ),
)
