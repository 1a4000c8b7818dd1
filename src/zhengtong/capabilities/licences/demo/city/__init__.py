"""A real city's business: a million cases of three years, with what the services would have written of each.

The small city's cases are made by the services themselves, and so take a tenth of a second each. These are drawn and
copied: the same rows, but papers only where a limit or a correction rests on one (notices of visits and of corrections)
and no uploaded files, licences and messages.
"""

from datetime import date, datetime, time, timedelta

from zhengtong.capabilities.licences.demo.city.accounts import load_accounts
from zhengtong.capabilities.licences.demo.city.loading import load_cases
from zhengtong.capabilities.licences.demo.city.setting import gather_offices, table
from zhengtong.core.audit.public import record
from zhengtong.kernel.calendar import SHANGHAI
from zhengtong.kernel.demo import DemoContext
from zhengtong.kernel.policy import SYSTEM

CASE_COUNT = 1_000_000

__all__ = ["CASE_COUNT", "load_city"]


def load_city(context: DemoContext, count: int | None = None, *, first_day: date | None = None) -> None:
    """Load accounts and ``count`` cases, CASE_COUNT by default, from ``first_day`` on: three years by default."""
    _offices, earliest = gather_offices(context.today)
    first_day = max(first_day or earliest, earliest)
    # The texts that the cases were filed under were there before the first of them.
    published = datetime.combine(first_day - timedelta(days=14), time(9), SHANGHAI)
    table("cases.ItemVersion")._default_manager.filter(published_at__gt=published).update(published_at=published)
    accounts = load_accounts(context, datetime.combine(first_day, time(), SHANGHAI))
    running = load_cases(context, count or CASE_COUNT, first_day)
    loaded = {"accounts": accounts, "cases": count or CASE_COUNT, "running": running}
    record(SYSTEM, "demo.load", ("licences.city", context.seed), after=loaded)
