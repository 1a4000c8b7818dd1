"""What every test stands on: a database that answers, or one sentence that says how to get one."""

import contextlib
import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
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
from tests.servers import mariadb, mariadb_process, sshd, sshd_process
from tests.signer import OWN_CONNECTIONS, SignerProcess, folder_of
from tests.template import use_template
from zhengtong.kernel.calendars import forget

__all__ = ["cast", "mariadb", "mariadb_process", "run_jobs", "sshd", "sshd_process"]


# How long an example takes says something of the machine, not of the rule.
hypothesis_settings.register_profile("rules", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("rules")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Collect the static files that pages name by their hash: once, before parallel workers start."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        call_command("collectstatic", interactive=False, verbosity=0)


def pytest_collection_finish() -> None:
    """All tests and all modules are loaded and stay: nothing looks for garbage among them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> None:
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
    with django_db_blocker.unblock():
        use_template(known)


@pytest.fixture(scope="session")
def signer(
    django_db_modify_db_settings: None, django_db_keepdb: bool, django_db_createdb: bool
) -> Iterator[SignerProcess]:
    """The signer whose keys the rows of this test database name. It is there before the database is."""
    creation: Any = connections["default"].creation
    database = creation._get_test_db_name()
    anew = django_db_createdb or not django_db_keepdb
    process = SignerProcess(folder_of(settings.DATA_DIR, database, anew=anew)).start()
    settings.SIGNER_SOCKET = process.socket
    # Files are encrypted under this database's keys, so they aren't another's; processes that tests start find both.
    own = Path(settings.DATA_DIR) / "databases" / database
    if anew:
        shutil.rmtree(own, ignore_errors=True)
    own.mkdir(parents=True, exist_ok=True)
    # The website that a journey starts looks for them in its own folder.
    with contextlib.suppress(FileExistsError):
        (own / "static").symlink_to(settings.STATIC_ROOT)
    settings.DATA_DIR = own
    # A renewal in the middle of a test is one more question than the test counts.
    settings.DATA_KEY_FRESH_SECONDS = settings.DATA_KEY_SECONDS = 24 * 3600
    os.environ["DATA_DIR"], os.environ["SIGNER_SOCKET"] = str(own), str(process.socket)
    yield process
    process.stop()


@pytest.fixture(scope="module")
def own_signer_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignerProcess]:
    """A signer beside the session's, with narrow limits, which a file of tests may kill and hold ceremonies with."""
    limits = {"SIGNER_MAX_CONNECTIONS": str(OWN_CONNECTIONS), "SIGNER_MAX_MESSAGE_MB": "1"}
    process = SignerProcess(tmp_path_factory.mktemp("signer"), limits).start()
    yield process
    process.stop()


@pytest.fixture
def own_signer(own_signer_process: SignerProcess, settings: Any) -> SignerProcess:
    settings.SIGNER_SOCKET = own_signer_process.socket
    return own_signer_process


@pytest.fixture(scope="session")
def django_db_setup(signer: SignerProcess, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Give the test database what every installation starts with: the cache's table, rules, the item."""
    monkeypatch = pytest.MonkeyPatch()
    with django_db_blocker.unblock():
        call_command("createcachetable")
        call_command("seed")
        call_command("prepare_trust")
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
