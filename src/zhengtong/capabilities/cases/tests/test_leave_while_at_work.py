"""An appointment ends while its holder is in the middle of a step: both come to an end, one after the other."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.cast import make_cast
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.tests.test_merge_while_at_work import wait_until_blocked
from zhengtong.core.identity import public as identity
from zhengtong.core.worklist.public import list_mine
from zhengtong.kernel.policy import SYSTEM


@pytest.mark.django_db(transaction=True)
def test_the_step_counts_and_the_rest_goes_to_the_successor(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    cast = make_cast()
    done, left = cast.reviewing(), cast.reviewing()

    def end_beside() -> None:
        try:
            identity.end_appointment(
                actor=SYSTEM,
                appointment=cast.appointment(cast.reviewer),
                end_date=timezone.localdate() - timedelta(days=1),
                successor=cast.appointment(cast.inspector),
                reason="调离",
            )
        finally:
            connections.close_all()

    with transaction.atomic():
        cases.recommend(actor=cast.reviewer, case_id=done.pk, outcome="grant", opinion="符合")
        ending = threading.Thread(target=end_beside)
        ending.start()
        wait_until_blocked()
    ending.join(30)
    assert not ending.is_alive()
    [review] = cases.list_tasks(done).filter(node=cases.TaskNode.REVIEW)
    assert review.done_by_id == cast.reviewer.appointment
    assert [item.reference for item in list_mine(cast.inspector)] == [left.number]
