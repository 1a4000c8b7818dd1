"""One database with all migrations applied, of which the workers of a run make copies instead of applying them anew."""

import os
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connections

from zhengtong.config.migrating import in_less_time

# What a run inside of a run is told: the template of the one around it, whose migrations it has too.
TOLD = "ZHENGTONG_TEST_TEMPLATE"


def use_template(known: dict[str, Any]) -> None:
    """Let the test database be a copy of this run's template, which the first who asks makes.

    ``known`` are psycopg's words for the server. A run of one process has no template: it needs one database only.
    """
    settings = connections["default"].settings_dict
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if not (name := os.environ.get(TOLD)) and run:
        name = f"{settings['NAME']}_template"
        with psycopg.connect(**known, autocommit=True) as server:
            server.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
            made = server.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
            ).fetchone()
            if made != (run,):
                server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                server.execute(f'CREATE DATABASE "{name}"')
                _migrate(name)
                server.execute(f"COMMENT ON DATABASE \"{name}\" IS '{run}'")
        os.environ[TOLD] = name
    if name:
        settings["TEST"]["TEMPLATE"] = name


def _migrate(name: str) -> None:
    connection = connections["default"]
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        with in_less_time():
            call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
