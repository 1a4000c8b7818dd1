"""The demo city: each module may bring a ``demo`` with its part, and this loads them in the order of storeys.

A module's demo has ``title: str``, ``load(context: DemoContext) -> None`` and, if people sign in with them,
``ACCOUNTS: tuple[DemoAccount, ...]``. Its part and the mark that it is loaded are one transaction, so a load
that was killed goes on with the part that is missing.

There are two sizes: the small city that everybody tries the platform with, and ``Scale.CITY``, which has all that the
small one has and a real city's numbers beside it. A part reads ``context.scale``.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from zhengtong.kernel.jobs import once
from zhengtong.kernel.models import Effect
from zhengtong.kernel.modules import ModuleConfig

BEGAN, LOADED = "demo:began:", "demo:loaded:"
BATCH_ROWS = 2000
DEFAULT_SEED = 20260301

M = TypeVar("M", bound=Model)


class Scale(StrEnum):
    """How much a load makes: some three hundred cases, or a million."""

    SMALL = "small"
    CITY = "city"


class DemoRefused(Exception):
    """The demo can't be loaded into this database. The message tells a person why and what to do."""


class DemoPresent(DemoRefused):
    """The database has the whole demo already."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A fixed account of the demo, printed by ``zhengtong demo accounts``."""

    username: str
    password: str
    name: str
    role: str
    place: str


@dataclass(frozen=True)
class DemoContext:
    """What a module's demo is made from: nothing else may influence its rows."""

    today: date
    seed: int
    console: Console | None = None
    scale: Scale = Scale.SMALL

    @property
    def is_city(self) -> bool:
        return self.scale is Scale.CITY

    def rng(self, name: str) -> random.Random:
        """Return the stream ``name`` of this seed; streams don't influence each other."""
        return random.Random(f"{self.seed}:{name}")

    @contextmanager
    def progress(self, total: int, label: str) -> Iterator[Callable[[int], None]]:
        """Show a bar while the block runs; the block calls what it is given with each number of rows done."""
        if self.console is None:
            yield lambda rows: None
            return
        columns = (TextColumn("  {task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
        with Progress(*columns, TimeElapsedColumn(), console=self.console) as bars:
            task = bars.add_task(label, total=total)
            yield lambda rows: bars.advance(task, rows)

    @contextmanager
    def phase(self, label: str) -> Iterator[None]:
        """Tell how long the block took, once it is done."""
        started = time.monotonic()
        yield
        if self.console is not None:
            seconds = time.monotonic() - started
            told = _("  %(label)s：%(seconds).1f 秒") % {"label": label, "seconds": seconds}
            self.console.print(told, highlight=False, markup=False)

    def insert(self, rows: Sequence[M], label: str) -> list[M]:
        """Insert ``rows`` of one model in batches, under a bar; their primary keys are set."""
        if not rows:
            return []
        manager = type(rows[0])._default_manager
        with self.progress(len(rows), label) as advance:
            for start in range(0, len(rows), BATCH_ROWS):
                batch = manager.bulk_create(rows[start : start + BATCH_ROWS])
                advance(len(batch))
        return list(rows)


@dataclass(frozen=True)
class DemoPart:
    """One module's part of the demo."""

    label: str
    title: str
    load: Callable[[DemoContext], None]
    accounts: tuple[DemoAccount, ...]


def stable_uuid(rng: random.Random) -> UUID:
    """Return the next version 4 UUID of ``rng``."""
    return UUID(int=rng.getrandbits(128), version=4)


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Let ``timezone.now`` say ``moment`` while the block runs. For the demo and for tests only; blocks nest.

    A year of histories that the services themselves make needs their clock set back. They, the journal and
    ``auto_now_add`` all ask this one function through its module, so it is replaced there; what the database and
    ``time`` say stays as it is.
    """
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real


@contextmanager
def held_jobs() -> Iterator[Callable[[], list[tuple[str, dict[str, Any]]]]]:
    """Keep the block's jobs out of the queue; call what is given to get those enqueued since, as name and arguments.

    What happened a year ago is not to be rendered and sent when the worker starts.
    """
    connector = InMemoryConnector()

    def take() -> list[tuple[str, dict[str, Any]]]:
        held = [(row["task_name"], row["args"]) for row in connector.jobs.values()]
        connector.reset()
        return held

    with app.replace_connector(connector):
        yield take


def demo_parts() -> list[DemoPart]:
    """Return the parts that the installed modules bring, lower storeys first (the order of the settings)."""
    parts = []
    for config in apps.get_app_configs():
        if isinstance(config, ModuleConfig) and find_spec(f"{config.name}.demo"):
            demo = import_module(f"{config.name}.demo")
            parts.append(DemoPart(config.label, str(demo.title), demo.load, getattr(demo, "ACCOUNTS", ())))
    return parts


def demo_accounts() -> list[DemoAccount]:
    """Return the fixed accounts of all parts."""
    return [account for part in demo_parts() for account in part.accounts]


def load_demo(
    *,
    seed: int | None,
    today: date | None,
    default_today: date,
    console: Console | None = None,
    scale: Scale | None = None,
) -> DemoContext:
    """Load every part that is missing and return what they were made from.

    ``seed``, ``today`` and ``scale`` are None where the caller has no wish. A load that was interrupted goes on
    with those it began with. Raises DemoPresent when nothing is missing, DemoRefused when the
    wishes contradict what is loaded, and whatever a part raises (that part is then rolled back).
    """
    parts = demo_parts()
    marks = set(Effect.objects.filter(key__startswith="demo:").values_list("key", flat=True))
    missing = [part for part in parts if LOADED + part.label not in marks]
    if not missing:
        raise DemoPresent(_("数据库里已有演示数据。要重新生成，请换一个空数据库（例如设置 DATA_DIR 为新目录）再运行"))
    context = _begin(marks, seed, today, scale, default_today, console)
    for number, part in enumerate(missing, 1):
        if console:
            console.print(f"[{number}/{len(missing)}] {part.title}", highlight=False, markup=False)
        with once(LOADED + part.label) as is_first:
            if is_first:
                load_part(part, context)
    return context


def load_part(part: DemoPart, context: DemoContext) -> None:
    """Load ``part``, and let the planner know what the tables hold since: the next part asks for it at once."""
    part.load(context)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _begin(
    marks: set[str],
    seed: int | None,
    today: date | None,
    scale: Scale | None,
    default_today: date,
    console: Console | None,
) -> DemoContext:
    began = next((mark for mark in marks if mark.startswith(BEGAN)), None)
    if began is None:
        seed = DEFAULT_SEED if seed is None else seed
        context = DemoContext(today or default_today, seed, console, scale or Scale.SMALL)
        # The small city's mark has no scale in it: those of before there were two are small.
        tail = f":{context.scale}" if context.is_city else ""
        with once(f"{BEGAN}{context.seed}:{context.today.isoformat()}{tail}"):
            return context
    began_seed, began_today, *began_scale = began.removeprefix(BEGAN).split(":")
    context = DemoContext(date.fromisoformat(began_today), int(began_seed), console, Scale(*began_scale or ("small",)))
    wishes = (seed in (None, context.seed), today in (None, context.today), scale in (None, context.scale))
    if not all(wishes):
        raise DemoRefused(
            _("演示数据是以 --seed %(seed)s --today %(today)s 开始加载的，请用同样的参数继续，或换一个空数据库")
            % {"seed": began_seed, "today": began_today + (" --scale city" if context.is_city else "")}
        )
    return context
