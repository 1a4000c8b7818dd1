"""Tells people which of their devices a session is on, from what the browser says about itself."""

from django.utils.translation import gettext as _

_SYSTEMS = (
    ("HarmonyOS", "鸿蒙"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "安卓"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
# In this order: most browsers also claim to be Chrome and Safari.
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("AlipayClient", "支付宝"),
    ("QQBrowser", "QQ浏览器"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def describe_device(user_agent: str) -> str:
    """Return for example ``安卓 微信``; 未知设备 when nothing is recognised."""
    found = [next((name for sign, name in table if sign in user_agent), "") for table in (_SYSTEMS, _BROWSERS)]
    return " ".join(filter(None, found)) or _("未知设备")
