"""Changes of one window made into one row a key: what the target lacks is the last state, not the way to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from zhengtong.capabilities.exchange.capture.pgoutput import (
    UNCHANGED,
    Begin,
    Commit,
    Delete,
    Insert,
    Message,
    Relation,
    RelationColumn,
    Row,
    Truncate,
    Update,
)
from zhengtong.capabilities.sources.public import SourceError

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """``key`` and ``columns`` (the key among them) by the names of the source."""

    key: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass
class Collapsed:
    """What a window came to. ``rows``: the last state by key, in the order of ``Wanted.columns``; None: it is gone.

    ``is_whole``: the table was truncated, and the rows are all that it has since.
    """

    rows: dict[Key, Row | None] = field(default_factory=dict)
    is_whole: bool = False
    changes: int = 0
    # Behind the last transaction that was taken in; 0 when there was none.
    end: int = 0


class Collapser:
    """Takes messages in the order of the log. A transaction counts once its commit is seen."""

    def __init__(self, wanted: Wanted, was: Sequence[RelationColumn] = ()) -> None:
        """``was``: the agreed columns as they were when the capture began, empty for whatever is there."""
        self._wanted, self._was = wanted, was
        self._places: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {}
        self._pending: list[Insert | Update | Delete | Truncate] = []
        self.found = Collapsed()

    def take(self, messages: Iterable[Message], *, after: int = 0, until: int | None = None) -> Collapsed:
        """Take transactions that end behind ``after`` and not behind ``until``. Raises SourceError for a table that
        changed its shape."""
        for message in messages:
            match message:
                case Begin():
                    self._pending = []
                case Relation():
                    self._look_at(message)
                case Insert() | Update() | Delete() | Truncate():
                    self._pending.append(message)
                case Commit():
                    if until is not None and message.end > until:
                        return self.found
                    if message.end > after:
                        for change in self._pending:
                            self._apply(change)
                        self.found.end = message.end
                    self._pending = []
        return self.found

    def _look_at(self, relation: Relation) -> None:
        compare_columns(self._was, relation.columns, self._wanted.columns)
        names = [column.name for column in relation.columns]
        identity = {column.name for column in relation.columns if column.is_key}
        if relation.identity == "n" or not (relation.identity == "f" or identity >= set(self._wanted.key)):
            raise SourceError(
                "identity-other",
                _(
                    "库表“%(table)s”的主键（复制标识）不含合约的主键列“%(key)s”，删除和改键无法捕获。"
                    "请数据库管理员执行：ALTER TABLE %(table)s REPLICA IDENTITY FULL;"
                )
                % {"table": f"{relation.schema}.{relation.name}", "key": "、".join(self._wanted.key)},
            )
        self._places[relation.relation] = (
            tuple(names.index(name) for name in self._wanted.key),
            tuple(names.index(name) for name in self._wanted.columns),
        )

    def _apply(self, change: Insert | Update | Delete | Truncate) -> None:
        rows = self.found.rows
        self.found.changes += 1
        if isinstance(change, Truncate):
            if self._places.keys() & set(change.relations) or not self._places:
                rows.clear()
                self.found.is_whole = True
            return
        key_places, places = self._places[change.relation]
        match change:
            case Insert():
                rows[_pick_key(change.new, key_places)] = _pick(change.new, places)
            case Delete():
                rows[_pick_key(change.old or change.key or (), key_places)] = None
            case Update():
                before = change.old or change.key
                key = _pick_key(change.new, key_places, before)
                old_key = key if before is None else _pick_key(before, key_places)
                known = rows.get(old_key)
                new = _fill(_pick(change.new, places), change.old and _pick(change.old, places), known)
                if old_key != key:
                    rows[old_key] = None
                rows[key] = new


def _pick(row: Row, places: tuple[int, ...]) -> Row:
    return tuple(row[place] for place in places)


def _pick_key(row: Row, places: tuple[int, ...], before: Row | None = None) -> Key:
    found = []
    for place in places:
        value = row[place]
        if value is UNCHANGED and before is not None:
            value = before[place]
        if not isinstance(value, str):
            raise SourceError("key-empty", _("变更记录里有主键为空的行，无法捕获，请核对库表的主键。"))
        found.append(value)
    return tuple(found)


def _fill(new: Row, *known: Row | None) -> Row:
    """Put what the log left out from what is known of the row before it."""
    for before in known:
        if before is not None and UNCHANGED in new:
            new = tuple(old if value is UNCHANGED else value for value, old in zip(new, before, strict=True))
    return new


# The shape of the table ----------------------------------------------------------------------------------


def compare_columns(was: Sequence[RelationColumn], now: Sequence[RelationColumn], wanted: Sequence[str]) -> None:
    """Raise SourceError when an agreed column was renamed or dropped, got another type, or was made wider."""
    by_name = {column.name: column for column in now}
    missing = [name for name in wanted if name not in by_name]
    if missing:
        raise SourceError(
            "column-missing",
            _("数据源的列“%(columns)s”已经改名或者删除，没有合并任何数据。请更新目录和合约，再重新全量。")
            % {"columns": "、".join(missing)},
        )
    for before in was:
        after = by_name.get(before.name)
        if after is None or (after.type_id, after.modifier) == (before.type_id, before.modifier):
            continue
        if after.type_id != before.type_id and not (before.type_id in _TEXTS and after.type_id in _TEXTS):
            code, said = "column-other", _("数据源的列“%(column)s”换了类型，没有合并任何数据。")
        elif _is_wider(before, after):
            code, said = "column-wider", _("数据源的列“%(column)s”加宽了，接收方可能装不下，没有合并任何数据。")
        else:
            continue
        advice = _("请更新目录和合约，再重新全量。")
        raise SourceError(code, said % {"column": before.name} + advice)


_TEXTS = frozenset({25, 1042, 1043})
_NUMERIC = 1700


def _is_wider(before: RelationColumn, after: RelationColumn) -> bool:
    if before.modifier == -1:
        return False
    if after.modifier == -1:
        return True
    if before.type_id == _NUMERIC:
        was, now = (divmod(each.modifier - 4, 1 << 16) for each in (before, after))
        return now[0] - now[1] > was[0] - was[1] or now[1] > was[1]
    return after.modifier > before.modifier
