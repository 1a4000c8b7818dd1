"""Making and changing data keys, and sealing what there is anew. Who may, and the journal, stand above this module."""

import time
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Max
from django.utils import timezone

from zhengtong.core.crypto import signer
from zhengtong.core.crypto.columns import list_column_stores
from zhengtong.core.crypto.declarations import SealedStore
from zhengtong.core.crypto.domain import CipherName
from zhengtong.core.crypto.keyring import keyring
from zhengtong.core.crypto.models import DataKey, DataKeyUse, Resealing, ResealingStep
from zhengtong.kernel.jobs import Job, enqueue
from zhengtong.kernel.modules import registry

# One run of the job stops after so long and goes on at the next turn of the clock: others want a worker too.
RUN_SECONDS = 240.0
# A value that was sealed with the key before is in the table at last so long after.
MARGIN_SECONDS = 60


def prepare_data_keys() -> list[DataKey]:
    """Make the data keys that an installation lacks, and return those made. Raises SignerUnavailable."""
    used = set(DataKey.objects.filter(state=DataKey.State.ACTIVE).values_list("use", flat=True))
    return [_put_in_use(use, CipherName(settings.DATA_CIPHER)) for use in DataKeyUse if use not in used]


def replace_data_key(use: DataKeyUse, cipher: str = "") -> DataKey:
    """Put a new data key in use and begin at once to seal everything of ``use`` anew. Raises SignerUnavailable."""
    key = _put_in_use(use, CipherName(cipher or settings.DATA_CIPHER))
    enqueue(_continue_job())
    return key


def _put_in_use(use: DataKeyUse, chosen: CipherName) -> DataKey:
    """Put a new data key in use; the clock begins to seal what there is anew.

    The transaction is the outermost one: nothing may be sealed under a key whose row is then rolled back.
    """
    wrapped = signer.call("data_key", algorithm=chosen)["wrapped"]
    now = timezone.now()
    try:
        with transaction.atomic(durable=True):
            _hold(use)
            # Who had begun sealing anew for the key before now does so for this one.
            Resealing.objects.filter(use=use, finished_at=None).update(finished_at=now)
            DataKey.objects.filter(use=use, state=DataKey.State.ACTIVE).update(state=DataKey.State.OLD, replaced_at=now)
            last = DataKey.objects.aggregate(last=Max("number"))["last"] or 0
            key = DataKey.objects.create(number=last + 1, use=use, cipher=chosen, wrapped=wrapped)
            Resealing.objects.create(use=use, key=key)
    finally:
        keyring.forget()
    return key


def rewrap_data_keys() -> int:
    """Wrap every data key under the newest key-encryption key; return how many. What they sealed stays as it is."""
    with transaction.atomic():
        keys = list(DataKey.objects.select_for_update().order_by("number"))
        for key in keys:
            key.wrapped = signer.call("rewrap", wrapped=key.wrapped)["wrapped"]
        DataKey.objects.bulk_update(keys, ["wrapped"])
    keyring.forget()
    return len(keys)


def continue_resealing(seconds: float = RUN_SECONDS) -> bool:
    """Go on sealing anew for some seconds; return whether everything is done.

    One process at a time: another one that is called meanwhile returns at once. Killed at any moment it goes on from
    the last batch, whose rows and whose mark are one transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('crypto:resealing', 0))")
        if not cursor.fetchone()[0]:
            return False
    try:
        deadline = time.monotonic() + seconds
        # Each of them is called: one that has to wait doesn't keep the others waiting.
        done = [_continue(each, deadline) for each in Resealing.objects.filter(finished_at=None).order_by("pk")]
        return all(done)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended('crypto:resealing', 0))")


def list_stores(use: DataKeyUse) -> list[SealedStore]:
    """Return everything that is sealed under data keys of ``use``."""
    columns = list_column_stores() if use == DataKeyUse.FIELDS else []
    return [*columns, *(store for store in registry.of(SealedStore) if store.use == use)]


def _continue(resealing: Resealing, deadline: float) -> bool:
    keyring.forget()  # the key that was put in use a moment ago is the one to seal with
    while True:
        for store in list_stores(DataKeyUse(resealing.use)):
            step, _made = ResealingStep.objects.get_or_create(resealing=resealing, store=store.code)
            while not step.is_done:
                if time.monotonic() >= deadline:
                    return False
                if not _take_batch(resealing, store, step):
                    return True
        if not _end_turn(resealing):
            return False
        if resealing.finished_at is not None:
            return True


def _take_batch(resealing: Resealing, store: SealedStore, step: ResealingStep) -> bool:
    """Seal some things anew; return False when a still newer key was put in use meanwhile."""
    with transaction.atomic():
        if not Resealing.objects.filter(pk=resealing.pk, finished_at=None).exists():
            return False
        batch = store.reseal(step.position, resealing.key_id)
        step.is_done = batch.position is None
        step.position = batch.position or ""
        step.looked += batch.looked
        step.changed += batch.changed
        step.changed_in_all += batch.changed
        step.unreadable += batch.unreadable
        step.save()
    return True


def _end_turn(resealing: Resealing) -> bool:
    """Finish, or begin another turn; return False when it must wait.

    A process may seal with the key before as long as it may hold it. So it is finished only by a turn that began after
    that and found nothing to change.
    """
    now = timezone.now()
    settled_at = resealing.began_at + timedelta(seconds=settings.DATA_KEY_FRESH_SECONDS + MARGIN_SECONDS)
    steps = ResealingStep.objects.filter(resealing=resealing)
    if resealing.turn_began_at >= settled_at and not steps.filter(changed__gt=0).exists():
        with transaction.atomic():
            resealing.finished_at = now
            resealing.save(update_fields=["finished_at"])
            DataKey.objects.filter(use=resealing.use, state=DataKey.State.OLD).update(
                state=DataKey.State.RETIRED, retired_at=now
            )
        return True
    if now < settled_at:
        return False
    with transaction.atomic():
        resealing.turn, resealing.turn_began_at = F("turn") + 1, now
        resealing.save(update_fields=["turn", "turn_began_at"])
        steps.update(position="", looked=0, changed=0, unreadable=0, is_done=False)
    resealing.refresh_from_db()
    return True


def _hold(use: DataKeyUse) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"crypto:data-key:{use}"])


def _continue_job() -> Job:
    """The job stands above this module, which it calls."""
    from zhengtong.core.crypto.tasks import continue_resealing as declared

    return declared
