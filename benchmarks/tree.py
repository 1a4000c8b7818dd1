"""The tree that ``can`` and ``can_list`` ask: 5,000 organisations, 40,000 appointments, in a schema of its own."""

from dataclasses import dataclass
from time import perf_counter
from typing import Any

from django.db import connection

from benchmarks.figure import say
from zhengtong.core.identity.models import Account
from zhengtong.core.identity.public import get_account_actor
from zhengtong.kernel.policy import Actor

SCHEMA = "bench_tree"
ORGANISATIONS, COUNTIES, IN_COUNTY, APPOINTMENTS = 5_000, 50, 98, 40_000
PERMISSION, ROLE = "cases.view_case", "supervisor"
# Organisations, and the accounts of who works there: an office, the head of a county's, the city's government.
PLACES = {"office": 150, "county": 101, "city": 1}
_TABLES = (
    "identity_account",
    "identity_region",
    "identity_organisation",
    "identity_succession",
    "identity_treestamp",
    "identity_staffmember",
    "identity_post",
    "identity_postrole",
    "identity_appointment",
)
# Organisation 1 is the city's government, 2–100 its departments; then each county's government with its bureaus.
_FILL = """
INSERT INTO identity_region (id, code, name, level, parent_id, path) VALUES (1, '990100', '市', 'city', NULL, '990100');
INSERT INTO identity_region (id, code, name, level, parent_id, path)
SELECT n + 1, '99' || to_char(n, 'FM0000'), '县', 'county', 1, ('990100.99' || to_char(n, 'FM0000'))::ltree
FROM generate_series(1, {counties}) n;
INSERT INTO identity_organisation
    (id, public_id, name, short_name, kind, region_id, parent_id, path, address, phone, is_active)
SELECT n, gen_random_uuid(), '机构' || n, '机构' || n, 'department', coalesce(county, 0) + 1, nullif(above, 0),
    (CASE WHEN n = 1 THEN '1' WHEN above = 1 THEN '1.' || n ELSE '1.' || above || '.' || n END)::ltree, '', '', true
FROM (
    SELECT n, county, CASE WHEN n = 1 THEN 0 WHEN county IS NULL OR n = head THEN 1 ELSE head END AS above
    FROM generate_series(1, {organisations}) n
    CROSS JOIN LATERAL (SELECT CASE WHEN n > 100 THEN (n - 101) / {in_county} + 1 END AS county) c
    CROSS JOIN LATERAL (SELECT 101 + (county - 1) * {in_county} AS head) h
) shape;
INSERT INTO identity_account (id, password, public_id, kind, username, is_active, date_joined)
SELECT n, '', gen_random_uuid(), 'staff', 'bench' || n, true, now() FROM generate_series(1, {people}) n;
INSERT INTO identity_staffmember (id, account_id, name, phone, enforcement_number, clearance)
SELECT n, n, '人' || n, '', '', 10 FROM generate_series(1, {people}) n;
INSERT INTO identity_post (id, organisation_id, title, is_active)
SELECT n, (n - 1) % {organisations} + 1, '岗位' || n, true FROM generate_series(1, {appointments}) n;
INSERT INTO identity_postrole (id, post_id, role, reach)
SELECT n, n, '{role}', CASE WHEN (n - 1) % {organisations} = 0 OR ((n - 1) % {organisations} - 100) % {in_county} = 0
    THEN 'subtree' ELSE 'own' END FROM generate_series(1, {appointments}) n;
INSERT INTO identity_appointment (id, staff_id, post_id, kind, start_date, end_reason)
SELECT n, (n - 1) % {people} + 1, n, CASE WHEN n > {people} THEN 'concurrent' ELSE 'main' END, '2020-01-01', ''
FROM generate_series(1, {appointments}) n;
INSERT INTO identity_treestamp (id, stamp) VALUES (1, gen_random_uuid()) ON CONFLICT (id) DO NOTHING;
"""


@dataclass(frozen=True)
class Person:
    """A user and the organisation whose rows are asked for."""

    name: str
    account: Account
    organisation: int

    def act(self) -> Actor:
        return get_account_actor(self.account)


def use_tree(bare: Any) -> list[Person]:
    """Let both connections see the tree, made at the first run; return an office's, a county's and a city's user."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"{SCHEMA}.identity_treestamp"])
        is_new = cursor.fetchone()[0] is None
        if is_new:
            say("making the tree …")
            began = perf_counter()
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            for table in _TABLES:
                cursor.execute(f"CREATE TABLE {SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)")
        cursor.execute(f"SET search_path = {SCHEMA}, public")
        if is_new:
            fill_tree(ROLE)
            say(f"  {perf_counter() - began:.0f} s")
    bare.execute(f"SET search_path = {SCHEMA}, public")
    bare.commit()
    return [Person(name, Account.objects.get(pk=at), {"city": 4_321}.get(name, at)) for name, at in PLACES.items()]


def fill_tree(role: str) -> None:
    """Fill the tables of the current schema; everybody who is appointed holds ``role``."""
    sizes = {"people": APPOINTMENTS - 2_000, "organisations": ORGANISATIONS, "counties": COUNTIES}
    with connection.cursor() as cursor:
        cursor.execute(_FILL.format(**sizes, in_county=IN_COUNTY, appointments=APPOINTMENTS, role=role))
        cursor.execute("ANALYZE")
