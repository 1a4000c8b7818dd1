"""What every test stands on: a database that answers, or one sentence that says how to get one."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import starting_point
from tests.cast import cast, forget_jobs, run_jobs
from zhengtong.kernel.calendars import forget

__all__ = ["cast", "run_jobs"]


# How long an example takes says something of the machine, not of the rule.
hypothesis_settings.register_profile("rules", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("rules")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Collect the static files that pages name by their hash: once, before parallel workers start."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Stop the whole run when no database answers, instead of failing every test with the same trace.

    What it asks for gives each of xdist's workers a database of its own.
    """
    parameters = connections["default"].get_connection_params() | {"dbname": "postgres", "connect_timeout": 5}
    known = {key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if parameters.get(key)}
    try:
        psycopg.connect(**known).close()
    except psycopg.OperationalError as error:
        pytest.exit(
            f"连不上测试数据库 {settings.DATABASES['default']['NAME']}：{error}\n"
            "用 make test ARGS='…' 运行测试，或者先运行 make database · no database answers, use make test",
            returncode=4,
        )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Give the test database what every installation starts with: the cache's table, rules, the item."""
    monkeypatch = pytest.MonkeyPatch()
    with django_db_blocker.unblock():
        call_command("createcachetable")
        call_command("seed")
        starting_point.keep()
    # What Django would do is to leave them empty.
    monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", lambda _self: starting_point.put_back())
    yield
    monkeypatch.undo()


@pytest.fixture(autouse=True)
def _empty_queue(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Empty the job queue after a test with real transactions: Django's flush doesn't know its tables.

    A calendar that a test imported is forgotten too; its rollback doesn't reach the process's own copy.
    """
    yield
    forget()
    mark = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (mark and mark.kwargs.get("transaction")):
        with django_db_blocker.unblock():
            forget_jobs()
