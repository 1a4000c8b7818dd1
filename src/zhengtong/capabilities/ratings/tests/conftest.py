"""The cast, a store of its own, and a case that was rated."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings

from tests.cast import Cast, cast, run_jobs
from zhengtong.capabilities.cases.public import appraise_case
from zhengtong.capabilities.ratings.models import FollowUp

__all__ = ["cast", "rated", "run_jobs", "store"]
Rate = Callable[..., FollowUp | None]


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path, db: None) -> None:
    settings.DATA_DIR = tmp_path
    cache.clear()


@pytest.fixture
def rated(cast: Cast, run_jobs: Callable[[], None]) -> Rate:
    """Return what brings a case to its end, rates it, and gives the follow-up, if there is one."""

    def rate(score: int = 1, comment: str = "等了很久，没有人主动说明。我电话13900001234。") -> FollowUp | None:
        case = cast.granted()
        run_jobs()
        appraise_case(actor=cast.owner, case_id=case.pk, score=score, comment=comment)
        return FollowUp.objects.filter(case=case).first()

    return rate
