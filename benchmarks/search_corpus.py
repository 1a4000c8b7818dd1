"""What ``search`` looks through: made texts, the same at every run, indexed by the platform's own rules.

A million short ones, as cases and register entries are, and thirty thousand of the length of articles. Their words
are pypinyin's phrases and those of an administration, by Zipf's law; one word stands in a fifth of them. They lie in a
schema of their own beside the platform's tables, with the table and indexes that its migrations made.
"""

import hashlib
import os
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from multiprocessing import get_context
from time import perf_counter

import psycopg
from django.db import connection
from pypinyin.constants import PHRASES_DICT

from benchmarks.figure import say
from zhengtong.core.search import text

SHORT = int(os.environ.get("SEARCH_SHORT", "1000000"))
LONG = int(os.environ.get("SEARCH_LONG", "30000"))
ORGANISATIONS = 5_000
SCHEMA = "search_bench"
FREQUENT = "食品"
SHORT_KIND, LONG_KIND = "bench.short", "bench.long"
_LINES = (
    "办理 许可 登记 变更 注销 申请 企业 公司 有限公司 个体工商户 经营 餐饮 服务 管理 监督 检查 处罚 公示 备案 证明",
    "社会 保险 医疗 养老 居民 户口 身份证 住房 公积金 贷款 补贴 救助 低保 残疾人 就业 创业 培训 学校 入学 教育 医院",
    "环境 保护 排污 水资源 取水 土地 规划 建设 施工 消防 安全 生产 事故 应急 交通 道路 运输 车辆 驾驶证 税务 发票",
    "农业 农村 合作社 林业 采伐 渔业 旅游 文化 文物 体育 广播 通知 公告 意见 办法 条例 规定 实施 方案 工作 会议 报告",
    "市场 政府 部门 单位 人员 材料 期限 条件 程序 标准 质量 技术 项目 资金 预算 采购 招标 合同 信用 投诉 举报 咨询",
)
_WORDS_OF_OFFICE = [word for line in _LINES for word in line.split()]
_MARKS = "，，，。；、"
_START = datetime(2020, 1, 1, tzinfo=UTC)
_COLUMNS = (
    "kind, object_id, organisation_id, mark, newest_at, reference, slug, title, names, body, digest, terms, grams"
)


@dataclass(frozen=True)
class Document:
    number: int
    title: str
    body: str
    reference: str


@cache
def _vocabulary() -> tuple[list[str], list[float]]:
    phrases = sorted(word for word in PHRASES_DICT if 2 <= len(word) <= 4 and len(text.list_runs(word)) == 1)
    random.Random(1).shuffle(phrases)
    words = _WORDS_OF_OFFICE + [word for word in phrases[:30_000] if word != FREQUENT]
    return words, list(accumulate(1 / (rank + 20) for rank in range(len(words))))


def _write(source: random.Random, count: int) -> str:
    """Return ``count`` words with a punctuation mark now and then: between marks they are an unbroken string."""
    words, weights = _vocabulary()
    chosen = source.choices(words, cum_weights=weights, k=count)
    if source.random() < 0.2:
        chosen[source.randrange(count)] = FREQUENT
    for at in range(6, count, 7):
        chosen[at] += source.choice(_MARKS)
    return "".join(chosen)


def make_document(kind: str, number: int) -> Document:
    source = random.Random(f"{kind}{number}")
    title = _write(source, source.randint(3, 6))
    body = _write(source, source.randint(8, 16) if kind == SHORT_KIND else source.randint(600, 1400))
    return Document(number, title, body, f"B{2020 + number % 6}{number:08d}")


def iterate(kind: str, numbers: range) -> Iterator[Document]:
    return (make_document(kind, number) for number in numbers)


def _vector(lexemes: set[str]) -> str:
    return " ".join("'" + each.replace("\\", "\\\\").replace("'", "''") + "'" for each in lexemes)


def _load(conninfo: str, kind: str, numbers: range) -> int:
    """Copy documents into the table, in a process of its own."""
    with psycopg.connect(conninfo) as bare, bare.cursor() as cursor:
        with cursor.copy(f"COPY {SCHEMA}.search_entry ({_COLUMNS}) FROM STDIN") as copy:
            for each in iterate(kind, numbers):
                names, body = text.fold(each.title), text.clean(each.body)
                terms, grams = text.index_words(names, text.fold(body))
                copy.write_row(
                    (
                        kind,
                        each.number,
                        each.number % ORGANISATIONS + 1,
                        0,
                        _START + timedelta(minutes=each.number),
                        each.reference,
                        str(each.number),
                        each.title,
                        names,
                        body,
                        hashlib.blake2b(digest_size=16).digest(),
                        _vector(terms),
                        _vector(grams),
                    )
                )
        return len(numbers)


def _make_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        cursor.execute(f"CREATE TABLE {SCHEMA}.search_entry (LIKE public.search_entry INCLUDING ALL)")
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = %s AND indexname LIKE '%%\\_idx%%'", [SCHEMA]
        )
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = %s AND indexdef NOT LIKE '%%UNIQUE%%'",
            [SCHEMA],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX {SCHEMA}."{name}"')
        cursor.execute(
            f"CREATE TABLE {SCHEMA}.pending_index AS SELECT unnest(%s::text[]) AS definition",
            [[definition for _name, definition in indexes]],
        )


def _make_indexes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(f"SELECT definition FROM {SCHEMA}.pending_index")
        for (definition,) in cursor.fetchall():
            began = perf_counter()
            cursor.execute(definition)
            say(f"  {definition.split(' ON ')[0]}: {perf_counter() - began:.0f} s")
        cursor.execute(f"DROP TABLE {SCHEMA}.pending_index")
        cursor.execute(f"VACUUM ANALYZE {SCHEMA}.search_entry")
        cursor.execute("RESET maintenance_work_mem")


def prepare_corpus() -> None:
    """Fill the table once; a run with other sizes fills it anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s), to_regclass(%s)", [f"{SCHEMA}.sizes", f"{SCHEMA}.search_entry"])
        if all(cursor.fetchone()):
            cursor.execute(f"SELECT short, long FROM {SCHEMA}.sizes")
            if cursor.fetchone() == (SHORT, LONG):
                return
    say(f"making {SHORT:,} short and {LONG:,} long documents …")
    began = perf_counter()
    _make_table()
    conninfo = psycopg.conninfo.make_conninfo(
        **{
            key: value
            for key, value in connection.get_connection_params().items()
            if key in ("dbname", "user", "password", "host", "port") and value
        }
    )
    pieces = [(SHORT_KIND, range(at, min(at + 50_000, SHORT))) for at in range(0, SHORT, 50_000)]
    pieces += [(LONG_KIND, range(at, min(at + 1_500, LONG))) for at in range(0, LONG, 1_500)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        loaded = sum(pool.map(_load, [conninfo] * len(pieces), *zip(*pieces, strict=True)))
    say(f"  {loaded:,} copied: {perf_counter() - began:.0f} s")
    _make_indexes()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {SCHEMA}.sizes AS SELECT %s AS short, %s AS long", [SHORT, LONG])
    say(f"  {perf_counter() - began:.0f} s")
