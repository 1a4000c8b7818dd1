"""Whom the exchange tells what: a run that failed, a row to be put right."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.exchange.models import CorrectionTicket, Run
from zhengtong.capabilities.exchange.permissions import CORRECT, OPERATE, VIEW
from zhengtong.core.messages.public import MessageTemplate, send_message
from zhengtong.core.worklist.public import list_leaders
from zhengtong.kernel.modules import Declaration, registry
from zhengtong.kernel.policy import Actor

# More people than this in one office aren't told of the same thing.
MOST_TOLD = 5

MESSAGE_TEMPLATES = (
    MessageTemplate(
        "exchange.failed", _("数据交换失败"), _("合约 {contract}（{resource}）的数据交换没有完成：{message}")
    ),
    MessageTemplate(
        "exchange.ticket",
        _("数据待更正"),
        _("{consumer}使用的“{resource}”有 {rows} 行不合格，请在 {due} 前在源头更正（更正单 {number}）。"),
    ),
    MessageTemplate(
        "exchange.answered", _("更正单已答复"), _("更正单 {number}（{resource}）已答复：{state}。{answer}")
    ),
)


@dataclass(frozen=True)
class ExchangePages(Declaration):
    """The names of the desk's pages that messages and work lead to: of a run by its id, of a ticket by its number."""

    run: str
    ticket: str

    @property
    def key(self) -> str:
        return "exchange"


def run_url(run: Run) -> str:
    """Return the address of a run's page, "" when no desk shows runs."""
    return _url("run", run.pk)


def ticket_url(ticket: CorrectionTicket) -> str:
    return _url("ticket", ticket.number)


def _url(which: str, part: object) -> str:
    try:
        page = registry.get(ExchangePages, "exchange")
    except LookupError:
        return ""
    return reverse(getattr(page, which), args=[part])


def tell_of_failure(run: Run, *, actor: Actor) -> None:
    """Tell whoever operates the exchange for the provider, and the consumer who waits for the data."""
    contract = run.contract
    told: set[int] = set()
    for organisation, permissions in ((contract.provider_id, (OPERATE,)), (contract.consumer_id, (OPERATE, VIEW))):
        for appointment in list_leaders(organisation, permissions)[:MOST_TOLD]:
            account = appointment.staff.account
            if account.pk in told:
                continue
            told.add(account.pk)
            send_message(
                actor=actor,
                recipient=account,
                template="exchange.failed",
                context={
                    "contract": contract.number,
                    "resource": contract.resource.name,
                    "message": run.message or run.get_state_display(),
                },
                link=run_url(run),
            )


def tell_provider(ticket: CorrectionTicket, due: str, *, actor: Actor) -> None:
    for appointment in list_leaders(ticket.provider_id, (CORRECT,))[:MOST_TOLD]:
        send_message(
            actor=actor,
            recipient=appointment.staff.account,
            template="exchange.ticket",
            context={
                "consumer": ticket.contract.consumer.name,
                "resource": ticket.contract.resource.name,
                "rows": ticket.rows,
                "due": due,
                "number": ticket.number,
            },
            link=ticket_url(ticket),
        )


def tell_opener(ticket: CorrectionTicket, *, actor: Actor) -> None:
    if ticket.opened_by is None:
        return
    send_message(
        actor=actor,
        recipient=ticket.opened_by.staff.account,
        template="exchange.answered",
        context={
            "number": ticket.number,
            "resource": ticket.contract.resource.name,
            "state": ticket.get_state_display(),
            "answer": ticket.answer,
        },
        link=ticket_url(ticket),
    )
