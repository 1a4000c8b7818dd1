"""Where the rows of a window come from: a whole table, its rows after a watermark, or a log of changes."""

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final, Protocol

import pyarrow as pa
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import Contract, ContractContent, Mode
from zhengtong.capabilities.sources.public import CHUNK_ROWS, Connection, Reading, SourceError, open_source

Plan = MutableMapping[str, Any]
# A chunk from a link that is limited is about a second's worth of rows of so many bytes, and never fewer than these.
_ROW_BYTES: Final = 500
_LEAST_ROWS: Final = 100


class Feed(Protocol):
    """The rows of one window, in batches whose columns are named as in the source.

    ``window`` names it for ever. ``is_whole``: these are all rows there are, so the target's others are deleted.
    ``removed`` names a boolean column of the batches whose rows are deletions, "" for none. A feed whose source itself
    guarantees that no key comes twice says so by an attribute ``is_unique``.
    """

    window: str
    is_whole: bool
    removed: str

    def expected(self) -> int | None:
        """Return how many rows the source says there are, asked apart from reading them; None if it can't say."""
        ...

    def batches(self) -> Iterator[pa.RecordBatch]: ...

    def settle(self) -> None:
        """Tell the source that the window has arrived: called after the commit, and again if that was interrupted."""
        ...


# Called with the contract, what was agreed, and the plan of the run: its ``window`` ("" or what it was called when it
# was asked for) and whatever an earlier attempt wrote there to read the same window again.
FeedMaker = Callable[[Contract, ContractContent, Plan], AbstractContextManager[Feed]]
_BY_MODE: dict[str, FeedMaker] = {}
_BY_PREFIX: dict[str, FeedMaker] = {}


def register_feed(mode: str, make: FeedMaker) -> None:
    """Let ``make`` give the feeds of contracts of a mode."""
    _BY_MODE[mode] = make


def register_window(prefix: str, make: FeedMaker) -> None:
    """Let ``make`` give the feeds of windows whose name begins with ``prefix``, whatever the contract's mode."""
    _BY_PREFIX[prefix] = make


def open_feed(contract: Contract, content: ContractContent, plan: Plan) -> AbstractContextManager[Feed]:
    """Return the feed of a window. Raises SourceError."""
    for prefix, make in _BY_PREFIX.items():
        if plan["window"].startswith(prefix):
            return make(contract, content, plan)
    if content.mode not in _BY_MODE:
        raise SourceError("no-feed", _("合约约定的方式不经过数据交换。"))
    return _BY_MODE[content.mode](contract, content, plan)


def count_at_once(contract: Contract) -> int:
    """Return of how many rows the chunks of a contract are: the smaller, the slower its links, so that progress is
    seen and no server takes the pauses between them for the end."""
    limits = [each.bytes_a_second for each in (contract.source, contract.target) if each and each.bytes_a_second]
    return min([CHUNK_ROWS, *(max(_LEAST_ROWS, limit // _ROW_BYTES) for limit in limits)])


class TableFeed:
    """Rows of a table or file: all of them, or those with ``after`` < watermark ≤ ``until``."""

    removed = ""

    def __init__(
        self, connection: Connection, content: ContractContent, plan: Plan, *, chunk_rows: int | None = None
    ) -> None:
        self._connection = connection
        self.is_whole = content.mode != Mode.INCREMENT
        if self.is_whole:
            self.window = str(plan["window"])
        else:
            if "until" not in plan:
                plan["until"] = self._connection.find_watermark(content.place, content.watermark) or plan["after"]
            self.window = f"{plan['after']}..{plan['until']}"
        self._table = table = self._connection.read_table(content.place)
        agreed = tuple(dict.fromkeys(each.source for each in content.fields))
        landing_key = {each.source for each in content.fields if each.column.name in content.key}
        self.is_unique = bool(table.key) and set(table.key) <= landing_key
        self._is_empty = not self.is_whole and plan["until"] == plan["after"]
        self._reading = Reading(
            content.place,
            agreed,
            content.conditions,
            "" if self.is_whole else content.watermark,
            "" if self.is_whole else plan["after"],
            "" if self.is_whole else plan["until"],
            chunk_rows or CHUNK_ROWS,
        )

    def expected(self) -> int | None:
        """Ask for the count, once the columns are as agreed: a window without rows would not notice that one is gone.

        Raises SourceError ``column-missing``.
        """
        there = {each.name for each in self._table.columns}
        if missing := [name for name in self._reading.columns if name not in there]:
            said = _(
                "“%(table)s”里没有列“%(columns)s”，可能已经改名或者删除，没有改动目标。请与提供单位核对，更新目录和合约。"
            )
            raise SourceError("column-missing", said % {"table": self._table.name, "columns": "”“".join(missing)})
        return 0 if self._is_empty else self._connection.count(self._reading)

    def batches(self) -> Iterator[pa.RecordBatch]:
        if not self._is_empty:
            yield from self._connection.read(self._reading)

    def settle(self) -> None:
        """A table isn't told."""


@contextmanager
def open_table_feed(contract: Contract, content: ContractContent, plan: Plan) -> Iterator[Feed]:
    with open_source(contract.source) as connection:
        yield TableFeed(connection, content, plan, chunk_rows=count_at_once(contract))


for _mode in (Mode.SNAPSHOT, Mode.ONCE, Mode.INCREMENT):
    register_feed(_mode, open_table_feed)
