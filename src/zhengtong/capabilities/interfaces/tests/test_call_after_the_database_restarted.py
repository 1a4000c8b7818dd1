"""A connection that ended while nobody called: the next call notices, opens another, and is answered."""

import pytest
from django.db import connection, connections

from zhengtong.capabilities.interfaces.tests.office import Office


@pytest.mark.django_db(transaction=True)
def test_a_call_over_a_connection_that_the_database_ended_is_answered(office: Office) -> None:
    assert office.call().status_code == 200
    before = _end_connection()
    answer = office.call()
    assert answer.status_code == 200, answer.content
    assert _process() != before


def _process() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
        return int(process)


def _end_connection() -> int:
    process = _process()
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
    finally:
        other.close()
    return process
