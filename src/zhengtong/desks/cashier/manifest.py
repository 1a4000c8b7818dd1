"""The cashier's lines in the menu."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhengtong.capabilities.payments.public import RECONCILE, VIEW
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

# Whoever takes money at the counter has it on the page of the case; these are for those who keep it.
KEEPERS = ("cashier", "refund_approver")

MODULE = Module(
    code="cashier",
    title=pgettext_lazy("menu", "收费"),
    declares=(
        MenuEntry("cashier.home", _("收费台"), "list", "cashier:home", (VIEW,), roles=KEEPERS, order=20),
        MenuEntry("cashier.days", _("每日对账"), "check", "cashier:days", (RECONCILE,), order=21),
    ),
)
