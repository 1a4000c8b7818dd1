"""An operator's new database has no PostGIS: it is added, or the sentence holds the command for a superuser."""

from collections.abc import Iterator

import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from zhengtong.config.postgis import PostgisMissing, require_postgis


@pytest.fixture
def bare(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database without any extension, under an alias of its own."""
    default = connections["default"]
    name = f"{default.settings_dict['NAME']}_bare"
    with django_db_blocker.unblock():
        with default._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        connections.databases["bare"] = {**default.settings_dict, "NAME": name}
        try:
            yield "bare"
        finally:
            connections["bare"].close()
            del connections["bare"]
            del connections.databases["bare"]
            with default._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}"')


def ask(alias: str, statement: str) -> object:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_postgis_is_added_or_asked_for(bare: str) -> None:
    name = connections[bare].settings_dict["NAME"]
    if ask(bare, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        require_postgis(connections[bare])
        require_postgis(connections[bare])
    else:
        with pytest.raises(PostgisMissing, match=f"psql -d {name} -c 'CREATE EXTENSION postgis'"):
            require_postgis(connections[bare])
    has_it = ask(bare, "SELECT count(*) FROM pg_extension WHERE extname = 'postgis'")
    assert has_it == int(bool(ask(bare, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")))
