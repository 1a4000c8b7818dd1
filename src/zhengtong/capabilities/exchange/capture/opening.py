"""How the engine comes to the feeds of this folder: by the mode of a contract, or by the name of a window."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import Contract, ContractContent, Mode
from zhengtong.capabilities.exchange.capture.feed import CaptureFeed
from zhengtong.capabilities.exchange.capture.replay import BEGINS, ReplayFeed, find_ticket
from zhengtong.capabilities.exchange.engine.feeds import Feed, Plan, count_at_once, register_feed, register_window
from zhengtong.capabilities.sources.public import SourceError


@contextmanager
def open_capture_feed(contract: Contract, content: ContractContent, plan: Plan) -> Iterator[Feed]:
    opened = CaptureFeed(contract, content, str(plan["window"]), chunk_rows=count_at_once(contract))
    with closing(opened) as feed:
        yield feed


@contextmanager
def open_replay_feed(contract: Contract, content: ContractContent, plan: Plan) -> Iterator[Feed]:
    ticket = find_ticket(str(plan["window"]))
    if ticket is None or ticket.contract_id != contract.pk:
        raise SourceError("no-ticket", _("更正单不在了，不能重新交换。"))
    with closing(ReplayFeed(contract, content, ticket)) as feed:
        yield feed


register_feed(Mode.CAPTURE, open_capture_feed)
register_window(BEGINS, open_replay_feed)
