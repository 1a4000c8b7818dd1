"""An import, step by step: upload, check, confirm or cancel, apply. Nothing is written but by its last step, or all."""

import hashlib
import logging
from collections.abc import Callable

from django.core.files.uploadedfile import UploadedFile
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from zhengtong.core.audit.public import canonical, record, sm3
from zhengtong.core.files.public import StoredFile
from zhengtong.core.identity.public import Account, get_account_actor
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import SYSTEM, Actor, Denied, require
from zhengtong.screens.declaration import ModelScreens
from zhengtong.screens.sheets import tasks
from zhengtong.screens.sheets.checking import Check, Rows, digest_of
from zhengtong.screens.sheets.models import REPEATABLE, RUNNING, SheetRun, State, Verdict
from zhengtong.screens.sheets.problems import FileRefused, Problem
from zhengtong.screens.sheets.progress import Cancelled, Progress, showing
from zhengtong.screens.sheets.receiving import receive_table
from zhengtong.screens.sheets.shape import Shape
from zhengtong.screens.sheets.target import Target, drop_stage

logger = logging.getLogger(__name__)
BATCH = 20_000
# A first key of PostgreSQL's advisory locks, so that runs don't meet others' locks.
LOCKS = 0x5348
STAGE_LOST = "stage_lost"


class Stale(Exception):
    """Between check and confirmation somebody else wrote to these rows: their lines and keys."""

    def __init__(self, rows: list[tuple[int, str]]) -> None:
        super().__init__(f"{len(rows)} rows were written by others")
        self.rows = rows


def screens_of(run: SheetRun) -> ModelScreens:
    """Return the declaration that a run is of. Raises LookupError when it is gone."""
    return next(each for each in registry.of(ModelScreens) if each.key == run.screens)


def _sheet_permission(screens: ModelScreens) -> str:
    assert screens.sheet is not None
    return screens.sheet.permission


def _require_own(actor: Actor, run: SheetRun) -> ModelScreens:
    screens = screens_of(run)
    require(actor, _sheet_permission(screens))
    if run.account_id != actor.account_id:
        raise Denied(_sheet_permission(screens), visible=False)
    return screens


# What people do ------------------------------------------------------------------------------------------


@transaction.atomic
def start_run(*, actor: Actor, screens: ModelScreens, file: StoredFile) -> SheetRun:
    """Begin an import of a kept file. It isn't checked yet. Raises Denied."""
    require(actor, _sheet_permission(screens))
    run = SheetRun.objects.create(
        screens=screens.key,
        file=file,
        account_id=actor.account_id,
        appointment=actor.appointment,
        actor_name=actor.name,
    )
    record(actor, "sheets.check_sheet", run, after={"screens": screens.key, "sha256": file.sha256, "size": file.size})
    return run


def receive_sheet(*, actor: Actor, screens: ModelScreens, upload: "UploadedFile[bytes]") -> SheetRun:
    """Take in an uploaded table and have the worker check it. Raises Denied, and FileRefused for what is no table."""
    require(actor, _sheet_permission(screens))
    file = receive_table(actor=actor, upload=upload)
    with transaction.atomic():
        run = start_run(actor=actor, screens=screens, file=file)
        enqueue(tasks.check_sheet, run_id=run.pk)
    return run


@transaction.atomic
def check_again(*, actor: Actor, run: SheetRun) -> SheetRun:
    """Have the worker check the run's file once more, against the rows as they are now."""
    _require_own(actor, run)
    if _move(run, REPEATABLE, State.CHECKING, cancel_asked_at=None, code="", done=0, total=0):
        enqueue(tasks.check_sheet, run_id=run.pk)
    return run


@transaction.atomic
def confirm_run(*, actor: Actor, run: SheetRun) -> SheetRun:
    """Have the worker apply what was checked. Confirming twice is confirming once."""
    _require_own(actor, run)
    if _move(run, {State.CHECKED}, State.APPLYING, done=0, total=run.accepted_count):
        enqueue(tasks.apply_sheet, run_id=run.pk)
    return run


@transaction.atomic
def cancel_run(*, actor: Actor, run: SheetRun) -> SheetRun:
    """Cancel a run: at once when it waits; when it is at work, its worker takes back all that it did and stops."""
    _require_own(actor, run)
    if _move(run, REPEATABLE, State.CANCELLED, finished_at=timezone.now()):
        drop_stage(run.stage)
        record(actor, "sheets.cancel_sheet", run, after={"screens": run.screens})
    else:
        SheetRun.objects.filter(pk=run.pk, state__in=RUNNING).update(cancel_asked_at=timezone.now())
        run.refresh_from_db()
    return run


def _move(run: SheetRun, states: frozenset[State] | set[State], to: State, **changes: object) -> bool:
    moved = SheetRun.objects.filter(pk=run.pk, state__in=states).update(state=to, **changes)
    run.refresh_from_db()
    return bool(moved)


# In one go, for programs ---------------------------------------------------------------------------------


def check_sheet(screens: ModelScreens, actor: Actor, file: "StoredFile | UploadedFile[bytes]") -> SheetRun:
    """Check a table and return the run with its verdicts. A file that can't be read gives a refused run."""
    stored = file if isinstance(file, StoredFile) else receive_table(actor=actor, upload=file)
    run = start_run(actor=actor, screens=screens, file=stored)
    work_check(run.pk, actor)
    run.refresh_from_db()
    return run


def apply_run(run: SheetRun, actor: Actor) -> SheetRun:
    """Confirm and apply a checked run; return it as it is then."""
    _require_own(actor, run)
    _move(run, {State.CHECKED}, State.APPLYING, done=0, total=run.accepted_count)
    work_apply(run.pk, actor)
    run.refresh_from_db()
    return run


# What the worker does ------------------------------------------------------------------------------------


def actor_of_run(run: SheetRun) -> Actor:
    """Return the actor of a run with the rights that she has now, in the post she acted in."""
    if run.account_id is None:
        return SYSTEM
    actor = get_account_actor(Account.objects.get(pk=run.account_id), appointment_id=run.appointment)
    if actor.appointment != run.appointment:
        raise Denied("act in that appointment")
    return actor


def rights_of(actor: Actor) -> str:
    """Return a digest of what an actor may do and where: a run is applied with the rights that it was checked with."""
    grants = sorted((g.role, sorted(g.permissions), sorted(g.organisations)) for g in actor.grants)
    return hashlib.sha256(canonical({"kind": actor.kind, "grants": grants})).hexdigest()


def work_check(run_id: int, actor: Actor | None = None) -> None:
    """Check a run that waits for it. Killed and run again it begins anew; a second worker finds nothing to do."""
    _work(run_id, State.CHECKING, actor, _check)


def work_apply(run_id: int, actor: Actor | None = None) -> None:
    """Apply a confirmed run in one transaction. Killed in the middle it has done nothing; run twice it does it once."""
    _work(run_id, State.APPLYING, actor, _apply)


def _work(
    run_id: int, state: State, actor: Actor | None, work: Callable[[SheetRun, ModelScreens, Actor, Progress], None]
) -> None:
    run = SheetRun.objects.select_related("file").get(pk=run_id)
    try:
        acting = actor or actor_of_run(run)
        with showing(run) as progress, transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCKS, run_id])
            run.refresh_from_db()
            if run.state != state:
                return
            if run.cancel_asked_at is not None:
                raise Cancelled
            screens = screens_of(run)
            require(acting, _sheet_permission(screens))
            work(run, screens, acting, progress)
    except Cancelled:
        _end(run, State.CANCELLED)
        record(acting, "sheets.cancel_sheet", run, after={"screens": run.screens})
    except FileRefused as refused:
        repeatable = refused.code == STAGE_LOST
        _end(run, State.STALE if repeatable else State.REFUSED, refused.code, refused.params)
    except Stale as stale:
        _end(run, State.STALE, "stale", {"count": len(stale.rows)})
        _keep_stale(run, stale.rows)
    except Denied:
        _end(run, State.STALE, "denied")
    except (OperationalError, InterfaceError):
        raise  # the database went away: the job is run again
    except Exception:
        logger.exception("import failed", extra={"run": str(run.public_id), "screens": run.screens})
        _end(run, State.FAILED, "failed", {"number": str(run.public_id)[:8]})


def _end(run: SheetRun, state: State, code: str = "", params: dict[str, object] | None = None) -> None:
    now = timezone.now()
    SheetRun.objects.filter(pk=run.pk, state__in=RUNNING).update(
        state=state, code=code, params=params or {}, finished_at=now
    )
    if state in (State.CANCELLED, State.REFUSED):
        drop_stage(run.stage)


def _keep_stale(run: SheetRun, rows: list[tuple[int, str]]) -> None:
    with transaction.atomic():
        run.rows.filter(verdict=Verdict.STALE).delete()
        kept = Rows(run)
        for line, key in rows:
            kept.add(line, key, Verdict.STALE, {"problems": [Problem("changed_since").plain()]})
        kept.flush()


def _check(run: SheetRun, screens: ModelScreens, actor: Actor, progress: Progress) -> None:
    run.rows.all().delete()
    run.notes = {}
    check = Check(run, Shape(screens), actor, progress)
    check.read_file()
    check.judge()
    run.rights, run.file_digest = rights_of(actor), digest_of(run.file)
    run.state, run.code, run.params = State.CHECKED, "", {}
    run.checked_at, run.finished_at = timezone.now(), None
    _finish(run, progress)


def _apply(run: SheetRun, screens: ModelScreens, actor: Actor, progress: Progress) -> None:
    if rights_of(actor) != run.rights:
        raise Denied(_sheet_permission(screens))
    target = Target(Shape(screens), run.notes["names"], run.stage) if run.accepted_count else None
    run.digest = sm3(b"")
    if target is not None:
        merge(run, target, screens, actor, progress)
    counts = {
        "new": run.new_count,
        "changed": run.changed_count,
        "same": run.same_count,
        "refused": run.refused_count,
    }
    record(
        actor,
        "sheets.apply_sheet",
        run,
        after={
            "screens": run.screens,
            "sha256": run.file.sha256,
            "sm3": run.file_digest,
            **counts,
            "changes_sm3": run.digest,
        },
    )
    run.state, run.finished_at = State.APPLIED, timezone.now()
    _finish(run, progress)


def merge(run: SheetRun, target: Target, screens: ModelScreens, actor: Actor, progress: Progress) -> None:
    """Write the run's staged rows. Raises FileRefused when they are gone, Stale when others wrote to theirs."""
    if target.count_staged() != (run.new_count, run.changed_count):
        raise FileRefused(STAGE_LOST)
    if stale := target.lock_and_find_stale():
        raise Stale(stale)
    progress.start(run.accepted_count)
    if screens.sheet is not None and screens.sheet.apply is not None:
        screens.sheet.apply(actor=actor, rows=list(target.staged_rows()), run=run)
    else:
        written = (0, 0)
        for first, end in target.batches(BATCH):
            new, changed = target.merge(first, end)
            written = (written[0] + new, written[1] + changed)
            progress.advance(new + changed)
        if written != (run.new_count, run.changed_count):
            raise Stale([])
    target.note_new(run.pk)
    run.digest = sm3(f"{run.file_digest}{target.digest_input()}".encode())
    target.drop_stage()


def _finish(run: SheetRun, progress: Progress) -> None:
    """Save the run unless somebody cancelled it in its last moment: the row is locked from here to the commit."""
    if SheetRun.objects.select_for_update().filter(pk=run.pk, cancel_asked_at=None).first() is None:
        raise Cancelled
    run.total = run.done = progress.done
    run.save()
