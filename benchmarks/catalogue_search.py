"""``catalogue_search``: staff look for data among 100,000 published entries, each answer with all of its facets."""

import random
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from benchmarks.catalogue_rows import ENTRIES, made_catalogue
from benchmarks.figure import Figure, compare
from benchmarks.replay import open_bare
from zhengtong.capabilities.catalogue.public import Wanted, search_resources
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import SYSTEM

ROUNDS = 5
# Rare and frequent words, several at once, a part of a name, pinyin, quotes, a number, none.
WORDS = (
    "食品经营许可",
    "企业登记 变更",
    "澄波区",
    "身份号码",
    "统一社会信用代码",
    "水质",
    "公积金",
    "行政处罚 法定代表人",
    "残疾人 名录",
    "信息",
    "统计",
    "buchan",
    "gjj",
    "“不动产登记明细”",
    "BENCH/0123",
    "避难场所 东湖",
    "云岭镇高龄津贴台账",
    "联合监管",
    "经度 纬度 监测",
    "",
)


@dataclass(frozen=True)
class CatalogueFigure(Figure):
    p95: float
    entries: int


def make_questions() -> list[Wanted]:
    """Return each of the words alone, under one facet and under two, as they are clicked."""
    source = random.Random(5)
    providers = list(Organisation.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)[:60])
    found = []
    for words in WORDS:
        found.append(Wanted(words=words))
        found.append(Wanted(words=words, share="conditional"))
        found.append(Wanted(words=words, provider=source.choice(providers)))
        found.append(Wanted(words=words, cycle="daily", classification=f"B{source.randint(60, 65)}"))
    return found


def _ask(questions: list[Wanted], taken: list[float]) -> float:
    own = []
    for wanted in questions:
        began = perf_counter()
        search_resources(SYSTEM, wanted)
        own.append((perf_counter() - began) * 1000)
    taken.extend(own)
    return median(own)


def _ask_bare(bare: Any, questions: list[Wanted]) -> float:
    own = []
    for wanted in questions:
        began = perf_counter()
        bare.execute(
            "SELECT id, code, name, count(*) OVER () FROM catalogue_resource WHERE state = 'published' "
            "AND (strpos(name, %(q)s) > 0 OR strpos(abstract, %(q)s) > 0) ORDER BY published_on DESC LIMIT 20",
            {"q": wanted.words.strip("“”")},
        ).fetchall()
        own.append((perf_counter() - began) * 1000)
    bare.commit()
    return median(own)


def run() -> Figure:
    taken: list[float] = []
    bare = open_bare()
    with made_catalogue():
        questions = make_questions()
        try:
            figure = compare(
                "catalogue_search",
                lambda: _ask(questions, taken),
                lambda: _ask_bare(bare, questions),
                unit="ms p50",
                described="one statement by psycopg: name and abstract looked through without an index, no facets",
                lower_is_better=True,
                rounds=ROUNDS,
            )
        finally:
            bare.close()
    # The first round is for warming up.
    p95 = round(quantiles(taken[len(questions) :], n=20)[-1], 1)
    return CatalogueFigure(**vars(figure), p95=p95, entries=ENTRIES)
