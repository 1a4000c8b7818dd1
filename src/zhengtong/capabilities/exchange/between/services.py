"""Sending a table to another node, and landing what one sends: exactly once, whatever is killed in between.

The receiver's target is another database than the platform's, so the two commits can't be one. The target marks the
message's id in the transaction of its merge; a message that is done again finds the mark and changes nothing. What the
receipt says was landed has been compared with what was sealed before it was committed.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import pyarrow as pa
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.capabilities.exchange.between.batches import BadBatch, TooLarge, read_data, write_data
from zhengtong.capabilities.exchange.between.models import NodeLanding
from zhengtong.capabilities.exchange.engine.chunks import RowSum
from zhengtong.capabilities.exchange.engine.reconciling import leave_out, merge_reconciled
from zhengtong.capabilities.nodes.public import (
    OPERATE,
    MessageKind,
    Node,
    NotNow,
    OutgoingMessage,
    Priority,
    Received,
    Unacceptable,
    get_own_node,
    get_roots,
    refuse_beyond,
    send_message,
)
from zhengtong.capabilities.sources.public import (
    Column,
    Landing,
    Reading,
    Source,
    SourceError,
    open_source,
    open_target,
)
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

DATASET: Final = "nodes.dataset"


def send_table(
    *,
    actor: Actor,
    node: Node,
    source: Source,
    table: str,
    key: str,
    dataset: str,
    title: str,
    is_whole: bool = False,
    mark: int = Mark.INTERNAL,
) -> OutgoingMessage:
    """Read a table and send it as one sealed batch. Raises Refused, Denied, SourceError and what signing raises."""
    refuse_beyond(actor=actor, node=node, kind=DATASET, title=title, mark=mark)
    if source.organisation_id not in actor.reach(OPERATE):
        raise Refused("not-yours", _("这个数据源不在您的管理范围。"), "source")
    keys = tuple(part.strip() for part in key.replace("，", ",").split(",") if part.strip())
    with open_source(source) as opened:
        described = opened.read_table(table)
        missing = [each for each in keys if each not in {column.name for column in described.columns}]
        if missing or not keys:
            raise Refused("key", _("表里没有这一列：%s") % "、".join(missing or [key]), "key")
        reading = Reading(table=table, columns=tuple(column.name for column in described.columns))
        return send_dataset(
            actor=actor,
            node=node,
            dataset=dataset,
            title=title,
            columns=described.columns,
            key=keys,
            batches=opened.read(reading),
            is_whole=is_whole,
            mark=mark,
            about=f"{source.code}.{table}",
        )


def send_dataset(
    *,
    actor: Actor,
    node: Node,
    dataset: str,
    title: str,
    columns: tuple[Column, ...],
    key: tuple[str, ...],
    batches: Iterable[pa.RecordBatch],
    is_whole: bool = False,
    mark: int = Mark.INTERNAL,
    about: str = "",
) -> OutgoingMessage:
    """Seal ``batches`` and put them in line for ``node``, which lands them under ``dataset``'s code.

    Raises Refused, Denied, and what signing and stamping raise.
    """
    refuse_beyond(actor=actor, node=node, kind=DATASET, title=title, mark=mark)
    own = get_own_node()
    try:
        body, rows = write_data(
            dataset=dataset,
            title=title,
            made_by=own.name if own else "",
            columns=columns,
            key=key,
            batches=batches,
            is_whole=is_whole,
            most_bytes=node.largest_mb << 20,
        )
    except TooLarge:
        raise Refused("too-large", _("数据超过对方接收的上限 %d MB，请分批发送。") % node.largest_mb, "table") from None
    return send_message(
        actor=actor,
        node=node,
        kind=DATASET,
        body=body,
        title=_("%(title)s（%(rows)d 行）") % {"title": title, "rows": rows},
        mark=mark,
        about=about,
        priority=Priority.BULK,
    )


@step()
def set_landing(*, actor: Actor, node: Node, dataset: str, target: Source, table: str) -> NodeLanding:
    """Say where a dataset of ``node`` is put. Raises Refused and Denied."""
    require(actor, OPERATE, node)
    if target.organisation_id not in actor.reach(OPERATE):
        raise Refused("not-yours", _("这个数据源不在您的管理范围。"), "target")
    if not target.is_writable:
        raise Refused("not-writable", _("“%s”没有登记为可以写入。") % target.name, "target")
    name = table.strip()
    if not name:
        raise Refused("table", _("请写明表名。"), "table")
    landing, _made = NodeLanding.objects.update_or_create(
        node=node,
        dataset=dataset,
        defaults={"target": target, "table": name, "set_by_id": actor.held_appointment},
    )
    record(
        actor,
        "nodes.set_landing",
        landing,
        after={"node": node.code, "dataset": dataset, "target": target.code, "table": name},
    )
    return landing


def receive_dataset(received: Received) -> Mapping[str, Any]:
    """Verify a batch by itself and land it under the message's id. Raises Unacceptable and NotNow."""
    try:
        stated, batches = read_data(received.body, get_roots(received.node))
        landing = (
            NodeLanding.objects.select_related("target").filter(node=received.node, dataset=stated.dataset).first()
        )
        if landing is None:
            raise Unacceptable(
                "no-landing",
                _("本节点还没有登记数据集“%s”放到哪里，请与本节点的管理员联系，登记后重发。") % stated.dataset,
            )
        place = Landing(
            table=landing.table,
            columns=stated.columns,
            key=stated.key,
            run=f"node-{received.run}",
            is_whole=stated.is_whole,
            most_deleted=stated.most_deleted,
            removed=stated.removed,
        )
        total = RowSum(stated.columns)
        with open_target(landing.target) as target:
            target.prepare(place)
            target.stage(place, _add_up(batches, stated.removed, total))
            merged = merge_reconciled(target, place, total)
            target.drop_staging(place)
    except BadBatch as error:
        raise Unacceptable(
            error.code, _("数据包核验不通过（%s），没有写入。请重新生成后再发。") % error.code
        ) from error
    except SourceError as error:
        if error.is_passing:
            raise NotNow(error.code, _("接收方的目标库暂时不能写入，稍后自动重试。")) from error
        raise Unacceptable(error.code, error.message) from error
    NodeLanding.objects.filter(pk=landing.pk).update(last_rows=stated.rows, last_at=timezone.now())
    return {
        "dataset": stated.dataset,
        "rows": stated.rows,
        "inserted": merged.inserted,
        "updated": merged.updated,
        "deleted": merged.deleted,
        "unchanged": merged.unchanged,
    }


def _add_up(batches: Iterable[pa.RecordBatch], removed: str, total: RowSum) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        total.add(leave_out(batch, removed))
        yield batch


DATASET_KIND = MessageKind(DATASET, gettext_lazy("数据"), receive_dataset)
