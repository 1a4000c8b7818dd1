"""The rows of ``wall``: ``python -m benchmarks.wall_rows`` makes a million cases of three years in an empty database.

Twenty items in twelve counties, each bureau with one of them; cases are received evenly, go the whole way or
are on it. The tallies are counted by :func:`rebuild_tallies`, whose seconds are said. It prints a session's key.
"""

import json
import os
import sys
from time import perf_counter

from benchmarks.figure import say

CASES, ITEMS, COUNTIES_AT_WORK = 1_000_000, 20, 12
_SIGNS_IN = "allauth.account.auth_backends.AuthenticationBackend"
_ITEMS = """
INSERT INTO cases_serviceitem (id, code, name, name_en, aliases, pinyin, audience, is_published)
SELECT n, 'bench-' || n, '事项' || n, '', '{{}}', '', 'enterprise', true FROM generate_series(1, {items}) n;
INSERT INTO cases_itemversion (id, item_id, number, definition, digest, statutory_limit, promised_days, licence_kind,
    published_at)
SELECT n, n, 1, '{{}}', 'bench' || n, 'licensing.decision', 10, '', now() FROM generate_series(1, {items}) n;
INSERT INTO cases_itemoffice (id, item_id, region_id, organisation_id, window_id, address, hours, phone,
    supervision_phone)
SELECT (county - 1) * {items} + item, item, county + 1, 101 + (county - 1) * {in_county} + item,
    101 + (county - 1) * {in_county}, '', '', '', ''
FROM generate_series(1, {counties}) county, generate_series(1, {items}) item;
"""
# Every case by its number: where, and when each thing happens to it, whether or not that has come yet.
_DRAW = """
CREATE TEMP TABLE drawn AS
SELECT n, office, 101 + (office - 1) / {items} * {in_county} + (office - 1) % {items} + 1 AS organ,
    (office - 1) % {items} + 1 AS item, at, at + interval '20 hours' AS accepted,
    CASE WHEN n % 33 = 0 THEN 'withdraw' WHEN n % 29 = 0 THEN 'declare_not_required' WHEN n % 17 = 0 THEN 'refuse'
        ELSE 'grant' END AS way,
    at + make_interval(hours => 48 + (n * 7919 % 271)::int) AS decided,
    at + make_interval(hours => 60 + (n * 7919 % 271)::int) AS delivered,
    at + interval '15 days' AS due
FROM (
    SELECT n, (n * 104729 % ({items} * {counties}))::int + 1 AS office,
        now() - make_interval(secs => ({rows} - n) * 94.6) AS at
    FROM generate_series(1, {rows}::bigint) n
) drawn;
ANALYZE drawn;
"""
_FILL = """
INSERT INTO cases_case (id, public_id, number, item_name, state, version, channel, delivery_way, applicant_name,
    applicant_number, applicant_phone, identity_checked, form, reused, created_at, saved_at, submitted_at, received_at,
    accepted_at, is_deemed_accepted, decided_at, delivered_at, closed_at, due_at, organisation_id, office_id,
    item_version_id)
SELECT n, gen_random_uuid(), 'BN-2026-' || n, '事项' || item,
    CASE WHEN accepted > now() THEN 'submitted' WHEN way = 'withdraw' THEN 'withdrawn'
        WHEN way = 'declare_not_required' THEN 'not_required' WHEN decided > now() THEN 'reviewing'
        WHEN delivered > now() THEN CASE way WHEN 'refuse' THEN 'refused' ELSE 'granted' END ELSE 'delivered' END,
    1, 'online', 'electronic', '申请人' || n, '', '', false, '', '[]', at, at, at, at,
    CASE WHEN accepted <= now() AND way IN ('grant', 'refuse') THEN accepted END, false,
    CASE WHEN decided <= now() AND way IN ('grant', 'refuse') THEN decided END,
    CASE WHEN delivered <= now() AND way IN ('grant', 'refuse') THEN delivered END,
    CASE WHEN way NOT IN ('grant', 'refuse') AND accepted <= now() THEN accepted
        WHEN way IN ('grant', 'refuse') AND delivered <= now() THEN delivered END, due, organ, office, item
FROM drawn ORDER BY n;
INSERT INTO cases_caseevent (case_id, at, act, from_state, to_state, actor_name, organisation_name, words, note)
SELECT n, happened.at, happened.act, '', '', '', '', '', ''
FROM drawn CROSS JOIN LATERAL (VALUES
    (at, 'submit', true), (accepted, CASE WHEN way IN ('grant', 'refuse') THEN 'accept' ELSE way END, true),
    (decided, 'decide_' || way, way IN ('grant', 'refuse')), (delivered, 'deliver', way IN ('grant', 'refuse'))
) AS happened(at, act, is_done)
WHERE happened.is_done AND happened.at <= now() ORDER BY n, happened.at;
INSERT INTO cases_clock (case_id, purpose, basis, rule, article, unit, budget, extension, started_at, finished_at,
    is_paused, level, due_at, next_alert_at, is_provisional, calendar_version)
SELECT n, 'decision', limits.basis, 'licensing.decision', '', 'working_days', 10, 0, accepted,
    CASE WHEN decided <= now() THEN decided END, false,
    CASE WHEN least(decided, now()) >= at + limits.length THEN 'red'
        WHEN least(decided, now()) >= at + limits.length * 0.9 THEN 'yellow' ELSE 'green' END,
    at + limits.length, NULL, false, 1
FROM drawn CROSS JOIN LATERAL (
    VALUES ('promised', make_interval(hours => 300)), ('statutory', interval '30 days')
) AS limits(basis, length)
WHERE way IN ('grant', 'refuse') AND accepted <= now() ORDER BY n;
INSERT INTO cases_appraisal (case_id, score, comment, given_at)
SELECT n, 3 + n % 3, '', delivered + interval '1 hour' FROM drawn
WHERE n % 3 = 0 AND way IN ('grant', 'refuse') AND delivered + interval '1 hour' <= now();
"""


def fill() -> None:
    """Bring the database up to the code; make tree and rows at the first run."""
    from django.core.management import call_command
    from django.db import connection, transaction

    from benchmarks.tree import IN_COUNTY, fill_tree
    from zhengtong.capabilities.supervision.public import rebuild_tallies, untallied

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM cases_case)")
        if cursor.fetchone()[0]:
            return
        say(f"making {CASES:,} cases …")
        began = perf_counter()
        numbers = {"items": ITEMS, "counties": COUNTIES_AT_WORK, "in_county": IN_COUNTY, "rows": CASES}
        with transaction.atomic(), untallied():
            fill_tree("supervisor")
            for statements in (_ITEMS, _DRAW, _FILL):
                cursor.execute(statements.format(**numbers))
        cursor.execute("ANALYZE")
        say(f"  {perf_counter() - began:.0f} s")
        began = perf_counter()
        rebuild_tallies()
        say(f"  rebuild_tallies: {perf_counter() - began:.0f} s")
        cursor.execute("VACUUM ANALYZE")


def sign_in() -> dict[str, object]:
    """Return the city's supervisor's session and the organisations that she watches."""
    from django.contrib.sessions.models import Session
    from django.test import Client

    from benchmarks.tree import PLACES
    from zhengtong.core.identity.models import Account
    from zhengtong.core.identity.public import get_account_actor

    Session.objects.all().delete()
    account = Account.objects.get(pk=PLACES["city"])
    client = Client()
    client.force_login(account, _SIGNS_IN)
    watched = sorted(get_account_actor(account).reach("supervision.watch"))
    return {"cookie": client.session.session_key, "watched": watched}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengtong.config.settings")
    import django

    django.setup()
    fill()
    sys.stdout.write(json.dumps(sign_in()))
