"""Imports in the background, and the clearing away of checks that nobody confirmed."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from zhengtong.kernel.jobs import job, periodic

# Rows that were checked and not confirmed are personal data without a purpose after this.
KEPT_DAYS: Final = 7


@job("sheets.check_sheet")
def check_sheet(run_id: int) -> None:
    from zhengtong.screens.sheets.services import work_check

    work_check(run_id)


@job("sheets.apply_sheet")
def apply_sheet(run_id: int) -> None:
    from zhengtong.screens.sheets.services import work_apply

    work_apply(run_id)


@periodic("sheets.forget_unconfirmed", "20 3 * * *")
def forget_unconfirmed(timestamp: int) -> None:
    from zhengtong.screens.sheets.models import REPEATABLE, SheetRun, State
    from zhengtong.screens.sheets.target import drop_stage

    before = timezone.now() - timedelta(days=KEPT_DAYS)
    for run in SheetRun.objects.filter(state__in=REPEATABLE, created_at__lt=before):
        if SheetRun.objects.filter(pk=run.pk, state__in=REPEATABLE).update(
            state=State.CANCELLED, finished_at=timezone.now()
        ):
            run.rows.all().delete()
            drop_stage(run.stage)
