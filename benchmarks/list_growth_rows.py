"""The rows of ``list_growth``: ``python -m benchmarks.list_growth_rows 10000`` makes them in an empty database.

It prints, as JSON, a session's key and the cursors of pages far into the list of an office's, a county's and a city's
registrar.
"""

import json
import os
import sys
from time import perf_counter
from typing import Any

from benchmarks.figure import say

SIZES = (10_000, 1_000_000)
STATUSES = {"few": "revoked", "many": "active"}
BEGINNINGS = {"few": "澄波", "many": "安澜市"}
_SIGNS_IN = "allauth.account.auth_backends.AuthenticationBackend"
# The office has two hundred in either database, evenly among the others': sixty of them are revoked, and sixty, too,
# begin in their own way. All others' are spread over all organisations; what their codes check is nobody's question.
_FILL = """
INSERT INTO registers_enterprise (credit_code, name, kind, representative_name, representative_digest, address,
    region_id, status, registered_capital, established_date, business_scope, registrar_id)
SELECT '92992099' || to_char(n, 'FM0000000000'),
    CASE WHEN is_own AND own % 10 IN (1, 4, 7) THEN '澄波' WHEN n % 3 = 0 THEN '安澜市' ELSE '第' || n % 977 || '号' END
        || to_char(n * 7919 % {rows}, 'FM0000000') || '商贸有限公司',
    (ARRAY['limited', 'limited', 'self_employed', 'self_employed', 'partnership', 'cooperative'])[n % 6 + 1],
    '王' || n % 997, '', '滨江路' || n % 3000 || '号', registrar.region_id,
    CASE WHEN is_own AND own % 10 IN (0, 3, 6) THEN 'revoked' WHEN n % 7 = 0 THEN 'cancelled' ELSE 'active' END,
    (n % 5000)::int, date '2001-01-01' + (n % 9000)::int, '食品销售；日用百货零售；信息咨询服务。', registrar.id
FROM (
    SELECT n, n % ({rows} / 200) = 0 AS is_own, n / ({rows} / 200) AS own FROM generate_series(1, {rows}::bigint) n
) drawn
CROSS JOIN LATERAL (SELECT n * 7919 % 4999 + 1 AS other) spread
JOIN identity_organisation registrar
    ON registrar.id = CASE WHEN is_own THEN {office} WHEN other < {office} THEN other ELSE other + 1 END
ORDER BY n
"""


def fill(rows: int) -> None:
    """Bring the database up to the code; make tree and rows at the first run."""
    from django.core.management import call_command
    from django.db import connection, transaction

    from benchmarks.tree import PLACES, fill_tree

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM registers_enterprise)")
        if cursor.fetchone()[0]:
            return
        say(f"making {rows:,} enterprises …")
        began = perf_counter()
        with transaction.atomic():
            fill_tree("enterprise_registrar")
            cursor.execute("UPDATE identity_postrole SET reach = 'region' WHERE post_id = %s", [PLACES["county"]])
            cursor.execute(_FILL.format(rows=rows, office=PLACES["office"]))
        cursor.execute("VACUUM ANALYZE")
        say(f"  {perf_counter() - began:.0f} s")


def sign_in() -> dict[str, dict[str, Any]]:
    """Return the sessions' keys, and for each order a cursor in the middle of what each person sees."""
    from django.contrib.sessions.models import Session
    from django.http import QueryDict
    from django.test import Client

    from benchmarks.tree import PLACES
    from zhengtong.capabilities.registers.screens import EnterpriseScreens
    from zhengtong.core.identity.models import Account
    from zhengtong.core.identity.public import get_account_actor
    from zhengtong.screens.listing import Listing
    from zhengtong.screens.paging import write_cursor

    Session.objects.all().delete()
    cookies: dict[str, Any] = {}
    cursors: dict[str, Any] = {}
    for name, at in PLACES.items():
        account = Account.objects.get(pk=at)
        client = Client()
        client.force_login(account, _SIGNS_IN)
        cookies[name] = client.session.session_key
        cursors[name] = {}
        for sort, order in (("", "-id"), ("name", "name")):
            listing = Listing(EnterpriseScreens(), get_account_actor(account), QueryDict(f"sort={sort}"))
            found = listing.matching.order_by(*listing.order)
            cursors[name][order] = write_cursor(found[found.count() // 2], listing.order)
    return {"cookies": cookies, "cursors": cursors}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengtong.config.settings")
    import django

    django.setup()
    fill(int(sys.argv[1]))
    sys.stdout.write(json.dumps(sign_in()))
