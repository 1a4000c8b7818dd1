"""Who may do what about ratings (好差评)."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Permission, Role

VIEW = "ratings.view_rating"
HANDLE = "ratings.handle_rating"
VERIFY = "ratings.verify_rating"
ANY = (VIEW, HANDLE, VERIFY)

PERMISSIONS = (
    Permission(VIEW, _("查看评价和统计")),
    Permission(HANDLE, _("联系差评人、整改差评")),
    Permission(VERIFY, _("核实差评整改")),
)
ROLES = (
    Role("rating_handler", _("差评整改员"), (VIEW, HANDLE)),
    Role("rating_verifier", _("差评核实员"), (VIEW, VERIFY)),
)
