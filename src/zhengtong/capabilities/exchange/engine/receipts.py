"""The receipt of a run: what was carried, chunk by chunk, sealed so that either side proves it without the platform.

While the signer or the time-stamp authority doesn't answer, the run isn't held up: the receipt waits (待补戳), and
:func:`stamp_waiting` seals it later.
"""

from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import ContractContent
from zhengtong.capabilities.exchange.engine.path import describe_columns
from zhengtong.capabilities.exchange.models import Receipt, Run
from zhengtong.core.audit.public import CANNOT_SEAL, get_sealer
from zhengtong_verify.batch import write_batch
from zhengtong_verify.canonical import canonical, sm3
from zhengtong_verify.receipt import KIND, RECEIPT

_BATCH: Final = 50


def write_receipt(run: Run, content: ContractContent, digest: str) -> bytes:
    """Return the text of a receipt, in the one form that it can have. ``digest`` is that of the contract."""
    sealed: dict[str, Any] = run.detail["sealed"]
    return canonical(
        {
            "format": "zhengtong-exchange-receipt",
            "version": 1,
            "contract": {
                "number": content.number,
                "sm3": digest,
                "provider": content.provider,
                "consumer": content.consumer,
                "resource": content.resource,
                "purpose": content.purpose,
                "legal_basis": content.legal_basis,
            },
            "window": run.window,
            "run": run.pk,
            "columns": describe_columns(content),
            "rows": {
                "expected": sealed["expected"],
                "read": sealed["read"],
                "held": sealed["held"],
                "removed": sealed["removed"],
                "landed": sealed["read"] - sealed["held"] - sealed["removed"],
                "inserted": run.inserted,
                "updated": run.updated,
                "deleted": run.deleted,
                "unchanged": run.unchanged,
            },
            "chunks": sealed["chunks"],
            "chain": sealed["chain"],
            "ended_at": timezone.now().isoformat(),
        }
    )


def make_receipt(run: Run, content: ContractContent, digest: str) -> Receipt:
    """Keep the receipt of a run that has ended, sealed if it can be. In the caller's transaction."""
    text = write_receipt(run, content, digest)
    chunks = run.detail["sealed"]["chunks"]
    receipt = Receipt(
        run=run,
        digest=sm3(text),
        archive=text,
        rows=sum(each["rows"] for each in chunks),
        chunks=len(chunks),
        is_stamped=False,
    )
    _seal(receipt, run, text)
    receipt.save(force_insert=True)
    return receipt


def stamp_waiting() -> int:
    """Seal the receipts that wait; return how many were. Ends at the first that can't be: the others can't either."""
    done = 0
    while done < _BATCH:
        with transaction.atomic():
            waiting = Receipt.objects.select_for_update(skip_locked=True, of=("self",)).select_related("run__contract")
            receipt = waiting.filter(is_stamped=False).order_by("id").first()
            if receipt is None or not _seal(receipt, receipt.run, bytes(receipt.archive)):
                break
            receipt.save(update_fields=["archive", "is_stamped"])
            done += 1
    return done


def _seal(receipt: Receipt, run: Run, text: bytes) -> bool:
    try:
        receipt.archive = write_batch(
            kind=KIND,
            files={RECEIPT: text},
            seal=get_sealer().seal,
            made_at=timezone.now().isoformat(),
            made_by=settings.SITE_NAME,
            installation=f"{settings.SITE_NAME} {settings.PUBLIC_URL}",
            about=_("合约 %(contract)s 窗口 %(window)s 的交换回执")
            % {"contract": run.contract.number, "window": run.window},
        )
    except CANNOT_SEAL:
        return False
    receipt.is_stamped = True
    return True
