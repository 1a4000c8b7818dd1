"""Workers are killed, people cancel, two do the same at once: an import is nothing or all, and once."""

from collections.abc import Callable
from threading import Thread

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from zhengtong.core.audit.models import AuditRecord
from zhengtong.core.identity.models import Organisation, Region
from zhengtong.kernel.policy import Actor
from zhengtong.screens.sheets import progress, services
from zhengtong.screens.sheets.models import SheetRun, State
from zhengtong.screens.sheets.target import Target
from zhengtong.screens.sheets.tests.files import (
    Enterprise,
    csv_file,
    enterprises,
    make_registrar,
    registrar_of,
    row,
    upload,
)

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 60


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> SheetRun:
    monkeypatch.setattr(services, "BATCH", 20)
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0)
    return services.check_sheet(enterprises(), actor(), upload(csv_file([row(n) for n in range(ROWS)])))


def actor() -> Actor:
    """Return the registrar, made at first."""
    office = Organisation.objects.filter(name="澄波区登记机关").first()
    return registrar_of(office) if office else make_registrar()[0]


def elsewhere(work: Callable[[], object]) -> None:
    """Do ``work`` on a connection of its own, committed when this returns."""

    def inside() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = Thread(target=inside)
    thread.start()
    thread.join()


def during_second_batch(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    merge, calls = Target.merge, list[int]()

    def merging(self: Target, first: int, end: int) -> tuple[int, int]:
        calls.append(first)
        if len(calls) == 2:
            act()
        return merge(self, first, end)

    monkeypatch.setattr(Target, "merge", merging)


def confirm(run: SheetRun) -> None:
    SheetRun.objects.filter(pk=run.pk, state=State.CHECKED).update(state=State.APPLYING)


def test_a_worker_that_dies_in_the_middle_has_done_nothing_and_the_next_does_it_all(
    run: SheetRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]

    def kill() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [backend])

    with monkeypatch.context() as patched:
        during_second_batch(patched, lambda: elsewhere(kill))
        confirm(run)
        with pytest.raises(OperationalError):
            services.work_apply(run.pk, actor())
    connection.close()
    run.refresh_from_db()
    assert (run.state, Enterprise.objects.count()) == (State.APPLYING, 0)
    assert 0 < run.done < ROWS  # what a person saw of it
    services.work_apply(run.pk, actor())
    run.refresh_from_db()
    assert (run.state, Enterprise.objects.count(), run.done) == (State.APPLIED, ROWS, ROWS)
    assert AuditRecord.objects.filter(action="sheets.apply_sheet").count() == 1


def test_cancelled_half_way_nothing_stays(run: SheetRun, monkeypatch: pytest.MonkeyPatch) -> None:
    who = actor()
    during_second_batch(
        monkeypatch, lambda: elsewhere(lambda: services.cancel_run(actor=who, run=SheetRun.objects.get(pk=run.pk)))
    )
    run = services.apply_run(run, who)
    assert (run.state, Enterprise.objects.count()) == (State.CANCELLED, 0)
    assert AuditRecord.objects.filter(action="sheets.cancel_sheet").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [run.stage])
        assert cursor.fetchone()[0] is None


def test_two_workers_apply_it_once(run: SheetRun) -> None:
    confirm(run)
    who = actor()

    def work() -> None:
        try:
            services.work_apply(run.pk, who)
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.refresh_from_db()
    assert (run.state, Enterprise.objects.count()) == (State.APPLIED, ROWS)
    assert AuditRecord.objects.filter(action="sheets.apply_sheet").count() == 1


def test_a_row_made_in_the_very_moment_is_not_overwritten(run: SheetRun, monkeypatch: pytest.MonkeyPatch) -> None:
    who = actor()
    last = row(ROWS - 1)

    def make() -> None:
        Enterprise.objects.create(
            credit_code=last[0],
            name="同时登记的",
            kind="limited",
            region=Region.objects.get(code="990102"),
            established_date=timezone.localdate(),
            registrar_id=who.organisation,
        )

    during_second_batch(monkeypatch, lambda: elsewhere(make))
    run = services.apply_run(run, who)
    assert run.state == State.STALE
    assert [each.name for each in Enterprise.objects.all()] == ["同时登记的"]


def test_a_check_that_is_run_again_begins_anew(run: SheetRun) -> None:
    SheetRun.objects.filter(pk=run.pk).update(state=State.CHECKING)
    services.work_check(run.pk, actor())
    run.refresh_from_db()
    assert (run.state, run.new_count, run.total, run.done) == (State.CHECKED, ROWS, ROWS, ROWS)
