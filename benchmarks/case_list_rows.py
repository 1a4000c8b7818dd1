"""The rows of ``case_list``: ``python -m benchmarks.case_list_rows 10000`` makes a city's cases in an empty database.

It prints, as JSON, a session's key and the cursors of pages far into the lists of each person who asks, and how many
rows pages of filters show.
"""

import json
import os
import sys
from datetime import date, timedelta
from time import perf_counter
from typing import Any

from benchmarks.figure import say

SIZES = (10_000, 1_000_000)
PEOPLE = ("counter", "supervisor")
CASES, WATCHED = "/desk/cases/", "/desk/supervision/cases/"
_SIGNS_IN = "allauth.account.auth_backends.AuthenticationBackend"
# The small one is the last months of the same city: in three years it would have hardly anything under way.
_MONTHS = {10_000: 4}


def fill(rows: int) -> None:
    """Bring the database up to the code; make the city at the first run."""
    from django.core.management import call_command

    from zhengtong.capabilities.licences.demo.city import load_city
    from zhengtong.kernel.demo import DEFAULT_SEED, DemoContext, Scale, demo_parts
    from zhengtong.kernel.jobs import once

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("seed")
    with once(f"benchmarks.cases:{rows}") as is_first:
        if not is_first:
            return
        say(f"making {rows:,} cases …")
        began = perf_counter()
        today = date.today()
        small = DemoContext(today, DEFAULT_SEED)
        city = DemoContext(today, DEFAULT_SEED, scale=Scale.CITY)
        parts = {part.label: part for part in demo_parts()}
        for label, context in (("identity", city), ("geography", small), ("cases", small), ("registers", small)):
            parts[label].load(context)
        months = _MONTHS.get(rows)
        load_city(city, rows, first_day=today - timedelta(days=30 * months) if months else None)
        if "supervision" in parts:
            parts["supervision"].load(city)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    say(f"  {perf_counter() - began:.0f} s")


def sign_in() -> dict[str, Any]:
    """Return the sessions' keys, and a cursor in the middle of what each person sees."""
    from django.contrib.sessions.models import Session
    from django.test import Client

    from zhengtong.capabilities.cases.public import Case, ItemOffice, list_cases
    from zhengtong.core.identity.public import Account, get_account_actor
    from zhengtong.screens.paging import write_cursor

    Session.objects.all().delete()
    cookies: dict[str, str] = {}
    cursors: dict[str, str] = {}
    organisation = ItemOffice.objects.filter(region__code="990102").order_by("item__code").first()
    assert organisation is not None  # the demo opens one
    for name in PEOPLE:
        account = Account.objects.get(username=name)
        client = Client()
        client.force_login(account, _SIGNS_IN)
        cookies[name] = str(client.session.session_key)
        seen = list_cases(get_account_actor(account)).filter(number__isnull=False).order_by("-id")
        cursors[name] = write_cursor(seen[seen.count() // 2], ("-id",))
    newest = Case.objects.filter(number__isnull=False).latest("id")
    return {
        "cookies": cookies,
        "cursors": cursors,
        "organisation": organisation.organisation_id,
        "beginning": f"{str(newest.number)[:-6]}00",
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengtong.config.settings")
    import django

    django.setup()
    fill(int(sys.argv[1]))
    sys.stdout.write(json.dumps(sign_in()))
