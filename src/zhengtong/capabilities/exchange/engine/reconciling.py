"""A merge that counts only when the target has what was sealed: shown before the commit where the target can do so."""

from collections.abc import Iterable

import pyarrow as pa
from django.utils.translation import gettext as _

from zhengtong.capabilities.exchange.engine.chunks import RowSum
from zhengtong.capabilities.sources.public import ConfirmingTarget, Landing, Merged, SourceError, Target, compute


def merge_reconciled(target: Target, landing: Landing, total: RowSum) -> Merged:
    """Merge what is staged, whose rows add up to ``total``. Raises SourceError (``reconcile-differs``)."""

    def confirm(rows: Iterable[pa.RecordBatch]) -> None:
        landed = total.like()
        for batch in rows:
            landed.add(batch)
        if landed.text != total.text:
            raise SourceError(
                "reconcile-differs",
                _("目标里的数据与封存的不一致（封存 %(sent)d 行，落地 %(landed)d 行），已撤回合并，稍后自动重试。")
                % {"sent": total.rows, "landed": landed.rows},
                is_passing=True,
            )

    if isinstance(target, ConfirmingTarget):
        return target.merge_confirmed(landing, confirm)
    merged = target.merge(landing)
    if not merged.was_done:
        try:
            confirm(target.read_landed(landing))
        except SourceError as error:
            if error.code != "cannot":
                raise
            _compare_counts(merged, total)
    return merged


def _compare_counts(merged: Merged, total: RowSum) -> None:
    """Compare with what the receiver says it took, where its rows can't be read back: an interface."""
    taken = merged.inserted + merged.updated + merged.unchanged
    if taken != total.rows:
        raise SourceError(
            "reconcile-differs",
            _("接收方说收到 %(landed)d 行，送出的是 %(sent)d 行。请与接收方核对。")
            % {"sent": total.rows, "landed": taken},
        )


def leave_out(batch: pa.RecordBatch, removed: str) -> pa.RecordBatch:
    """Return the rows that the target has afterwards, without the column ``removed`` that says so ("" for none)."""
    if not removed:
        return batch
    gone = batch.column(removed).fill_null(False)
    return batch.filter(compute.invert(gone)).drop_columns([removed])
