"""An index so large that the planner lets several workers read it: a query is weighed and answered as ever."""

import pytest
from django.db import connection

from zhengtong.core.search.candidates import _most_rows
from zhengtong.core.search.query import parse

pytestmark = pytest.mark.django_db


def test_a_query_is_weighed_though_its_plan_is_gathered() -> None:
    with connection.cursor() as cursor:
        for setting in ("parallel_setup_cost = 0", "parallel_tuple_cost = 0", "min_parallel_table_scan_size = 0"):
            cursor.execute(f"SET LOCAL {setting}")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL force_parallel_mode = on")
    assert _most_rows(parse("开饭店要办什么"), in_names=False) >= 0
