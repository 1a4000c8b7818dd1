"""The desk of requests and contracts: its lines in the menu. Ledgers and rules are the capability's own screens."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.public import AskingPage
from zhengtong.capabilities.contracts.public import (
    APPLY,
    APPROVE,
    COORDINATE,
    REVIEW,
    VIEW,
    list_to_decide,
    why_not_shared,
)
from zhengtong.kernel.modules import Module
from zhengtong.kernel.policy import Actor
from zhengtong.screens.menu import MenuEntry

GROUP = _("数据")
MOST = 99


def count_waiting(actor: Actor) -> int:
    """Return how many requests wait for this person's roles."""
    return len(list_to_decide(actor).values_list("pk")[:MOST])


MODULE = Module(
    code="contracts_desk",
    title=_("共享申请"),
    declares=(
        AskingPage("contracts_desk:ask", APPLY, why_not_shared),
        MenuEntry("contracts.mine", _("共享申请"), "send", "contracts_desk:mine", (VIEW,), order=55, group=GROUP),
        MenuEntry(
            "contracts.waiting",
            _("审查和审批"),
            "check",
            "contracts_desk:waiting",
            (REVIEW, APPROVE, COORDINATE),
            order=56,
            count=count_waiting,
            group=GROUP,
        ),
        MenuEntry(
            "contracts.contracts", _("共享合约"), "file", "contracts_desk:contracts", (VIEW,), order=57, group=GROUP
        ),
    ),
)
