"""Rows that were put right at the source, read again by their keys."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from zhengtong.capabilities.contracts.public import Contract, ContractContent
from zhengtong.capabilities.exchange.capture.feed import key_of
from zhengtong.capabilities.exchange.models import CorrectionTicket
from zhengtong.capabilities.sources.public import Condition, Operator, Reading, open_source

BEGINS = "ticket:"
# Values of one question; a source's limit of what a statement may hold is far above.
_AT_ONCE = 500


def replay_window(ticket: CorrectionTicket) -> str:
    """Return the name of the window that reads a ticket's rows again: one run a ticket, however often it is tried."""
    return f"{BEGINS}{ticket.number}"


def find_ticket(window: str) -> CorrectionTicket | None:
    """Return the ticket that a window reads again, None for a window of another kind."""
    if not window.startswith(BEGINS):
        return None
    return CorrectionTicket.objects.filter(number=window.removeprefix(BEGINS).partition(" ")[0]).first()


class ReplayFeed:
    """The rows of a ticket as the source has them now. Of a key of several columns it may read a few more: they are
    as the source has them, too."""

    is_whole, removed = False, ""

    def __init__(self, contract: Contract, content: ContractContent, ticket: CorrectionTicket) -> None:
        self.window = replay_window(ticket)
        self._opened = open_source(contract.source)
        self._connection = self._opened.__enter__()
        key = key_of(content)
        self._readings = list(_plan(content, key, ticket)) if key else []
        table = self._connection.read_table(content.place)
        self.is_unique = len(self._readings) == 1 and bool(table.key) and set(table.key) <= set(key)

    def expected(self) -> int | None:
        return sum(self._connection.count(reading) for reading in self._readings)

    def batches(self) -> Iterator[pa.RecordBatch]:
        for reading in self._readings:
            yield from self._connection.read(reading)

    def settle(self) -> None:
        """The source isn't told."""

    def close(self) -> None:
        self._opened.__exit__(None, None, None)


def _plan(content: ContractContent, key: Sequence[str], ticket: CorrectionTicket) -> Iterator[Reading]:
    originals = ticket.held.values_list("original", flat=True)
    keys = sorted({tuple(str(row[name]) for name in key) for row in originals if all(row.get(name) for name in key)})
    columns = tuple(dict.fromkeys(field.source for field in content.fields))
    for start in range(0, len(keys), _AT_ONCE):
        part = keys[start : start + _AT_ONCE]
        wanted = tuple(
            Condition(name, Operator.ONE_OF, tuple(dict.fromkeys(each[place] for each in part)))
            for place, name in enumerate(key)
        )
        yield Reading(content.place, columns, (*content.conditions, *wanted))
