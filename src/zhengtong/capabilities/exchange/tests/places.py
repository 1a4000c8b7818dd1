"""Two real places for the tests: a schema that gives and one that receives, in a database beside the test database.

They are one database, so that what was given and what arrived are compared by ``EXCEPT``; the two sides' connections
are told apart by their application's name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections

GIVER, TAKER = "zt-giver", "zt-taker"


def parameters(database: str | None = None) -> dict[str, Any]:
    """Return what reaches the server of the test database, as the role of the tests."""
    known = connections["default"].get_connection_params()
    words = {key: known[key] for key in ("dbname", "user", "password", "host", "port") if known.get(key)}
    return words | ({"dbname": database} if database else {})


@contextmanager
def make_database(suffix: str) -> Iterator[str]:
    """Make an empty database with the two schemas, dropped at the end."""
    name = f"{parameters()['dbname']}_{suffix}"
    with psycopg.connect(**parameters("postgres"), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        try:
            with psycopg.connect(**parameters(name), autocommit=True) as made:
                made.execute("CREATE SCHEMA giver")
                made.execute("CREATE SCHEMA taker")
            yield name
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def settings_of(database: str, side: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the settings and secrets by which a source row names one side."""
    words = parameters(database)
    settings = {
        "host": words.get("host", ""),
        "port": words.get("port", 5432),
        "database": database,
        "user": words.get("user", ""),
        "schema": "giver" if side == GIVER else "taker",
        "application_name": side,
    }
    return settings, {"password": words.get("password", "")}
