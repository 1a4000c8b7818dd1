"""A catalogue of a hundred thousand made but plausible entries, written into the tables and taken out again."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from time import perf_counter

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from benchmarks.figure import say
from zhengtong.capabilities.catalogue.public import Classification, Resource, catch_up
from zhengtong.core.identity.public import Organisation

ENTRIES = 100_000
PREFIX = "BENCH"
_SUBJECTS_LINES = (
    "企业登记 个体工商户登记 食品经营许可 药品经营许可 特种设备检验 行政处罚 社会保险参保 医疗保险结算",
    "住房公积金缴存 不动产登记 婚姻登记 户籍人口 流动人口 出生医学证明 死亡医学证明 学籍 学历学位 教师资格",
    "驾驶证 机动车 道路运输经营许可 危险化学品经营许可 建筑工程施工许可 房屋买卖合同备案 水质监测 空气质量监测",
    "排污许可 环境影响评价 取水许可 河道采砂 林木采伐许可 耕地地力 农药经营许可 兽药经营许可 动物检疫 低保对象",
    "特困人员 残疾人 高龄津贴 养老机构 孤儿 社会组织登记 律师执业 公证事项 社区矫正 行政复议 信访事项 旅行社",
    "文物保护单位 体育场馆 图书馆藏书 纳税信用 发票 税务登记 用电 用水 燃气用户 公交线路 公交刷卡 停车场",
    "共享单车 城市部件 户外广告 建筑垃圾处置 应急物资 避难场所 气象预警 地质灾害点 地震台站",
)
_SUBJECTS = [word for line in _SUBJECTS_LINES for word in line.split()]
_FORMS_LINES = ("基本信息 明细信息 变更信息 注销信息 年度统计 处理结果 证照信息 检查结果 名录 台账 汇总表 预警信息",)
_FORMS = [word for line in _FORMS_LINES for word in line.split()]
_PLACES_LINES = ("澄波区 禾溪县 安澜市 云岭镇 青江街道 东湖片区 西山片区 高新区 经开区 港口片区",)
_PLACES = [word for line in _PLACES_LINES for word in line.split()]
_FIELDS_LINES = (
    "统一社会信用代码 企业名称 法定代表人 注册地址 成立日期 经营范围 公民身份号码 姓名 性别 出生日期 户籍地址",
    "联系电话 证件编号 发证机关 有效期起 有效期止 办理时间 办理状态 行政区划代码 经度 纬度 监测时间 监测值",
    "单位 备注 金额 数量 批准文号 登记机关 登记日期 处罚决定书文号 处罚事由 参保状态 缴费基数 月缴存额",
    "房屋坐落 建筑面积 产权证号 车牌号 车辆类型 检验日期 结果",
)
_FIELDS = [word for line in _FIELDS_LINES for word in line.split()]
_SAID_LINES = (
    "按照政务数据共享要求归集，每日更新。 用于跨部门核验和联合监管。 由业务系统自动产生，经本单位审核后提供。",
    "覆盖全市各区县。 历史数据自二〇一五年起。 含标识字段，可以与其他资源关联。",
    "仅限履行职责使用，不得另作他用。 字段按照国家标准编码。 数据质量由提供单位负责，发现错误请提出校核。",
)
_SAID = [word for line in _SAID_LINES for word in line.split()]
_FORMATS = ("数据库表", "电子表格", "数据接口", "文本文件", "")


def _list_classes() -> list[int]:
    top = [
        Classification.objects.get_or_create(code=f"{PREFIX[:1]}{n:02d}", defaults={"name": name})[0]
        for n, name in enumerate(("基础信息", "市场监管", "民生保障", "城市管理", "生态环境", "公共安全"), 60)
    ]
    return [
        Classification.objects.get_or_create(
            code=f"{node.code}{n:02d}", defaults={"name": f"{node.name}{n}类", "parent": node}
        )[0].pk
        for node in top
        for n in range(1, 9)
    ]


def _write(entries: int) -> None:
    source = random.Random(7)
    providers = list(Organisation.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)[:60])
    classes = _list_classes()
    first = date(2024, 1, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(r.id), 0), (SELECT coalesce(max(id), 0) FROM catalogue_resourceversion) "
            "FROM catalogue_resource r"
        )
        base, versions = cursor.fetchone()
        rows = []
        for n in range(1, entries + 1):
            subject, form, place = source.choice(_SUBJECTS), source.choice(_FORMS), source.choice(_PLACES)
            rows.append(
                (
                    base + n, versions + n, f"{PREFIX}/{n:06d}", f"{place}{subject}{form}",
                    f"{place}{subject}的{form}。{''.join(source.sample(_SAID, 3))}", source.choice(providers),
                    source.choice(classes),
                    source.choices(("unconditional", "conditional", "withheld"), (50, 45, 5))[0],
                    source.choice(("open", "conditional", "closed")),
                    source.choice(("live", "daily", "weekly", "monthly", "quarterly", "yearly", "irregular")),
                    source.choice(_FORMATS), first + timedelta(days=n % 1000), source.sample(_FIELDS, 8),
                )
            )  # fmt: skip
        with cursor.copy(
            "COPY catalogue_resource (id, code, name, abstract, provider_id, classification_id, state, share_type, "
            "open_type, update_cycle, dataset, published_on, drifts, created_at) FROM STDIN"
        ) as copy:
            for row in rows:
                copy.write_row((row[0], *row[2:7], "published", *row[7:10], "", row[11], 0, row[11]))
        with cursor.copy(
            "COPY catalogue_resourceversion (id, resource_id, number, status, name, abstract, classification_id, "
            "data_format, share_type, share_condition, share_way, withheld_basis, open_type, open_condition, "
            "update_cycle, note, verdict, changes, opinion, started_at, published_at, digest, related, revision) "
            "FROM STDIN"
        ) as copy:
            for row in rows:
                copy.write_row(
                    (row[1], row[0], 1, "published", row[3], row[4], row[6], row[10], row[7], "", "", "", row[8], "",
                     row[9], "", "", Jsonb([]), "", row[11], row[11], "", "", 1)
                )  # fmt: skip
        cursor.execute(
            "UPDATE catalogue_resource r SET current_id = v.id FROM catalogue_resourceversion v "
            "WHERE v.resource_id = r.id AND r.code LIKE %s",
            [f"{PREFIX}/%"],
        )
        with cursor.copy(
            'COPY catalogue_field (version_id, "position", code, name, "column", kind, has_zone, dictionary, grade, '
            "personal, is_key, is_nullable, rule, mask, note, is_proposed) FROM STDIN"
        ) as copy:
            for row in rows:
                for at, name in enumerate(row[12]):
                    copy.write_row((row[1], at, f"f{at}", name, f"f{at}", "text", False, "", 1, "none", False, True,
                                    Jsonb({}), "none", "", False))  # fmt: skip
        for table in ("resource", "resourceversion", "field"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('catalogue_{table}', 'id'), "
                f"(SELECT max(id) FROM catalogue_{table}))"
            )


@contextmanager
def _unsealed() -> Iterator[None]:
    """Let published versions be written as such, and taken out again: the database refuses both otherwise."""
    _seal("DISABLE")
    try:
        with transaction.atomic():
            yield
    finally:
        _seal("ENABLE")


def _seal(verb: str) -> None:
    with connection.cursor() as cursor:
        for table in ("catalogue_field", "catalogue_resourceversion"):
            cursor.execute(f"ALTER TABLE {table} {verb} TRIGGER USER")


def _clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM catalogue_document WHERE code LIKE %s", [f"{PREFIX}/%"])
        cursor.execute("UPDATE catalogue_resource SET current_id = NULL WHERE code LIKE %s", [f"{PREFIX}/%"])
        mine = "(SELECT id FROM catalogue_resource WHERE code LIKE %s)"
        cursor.execute(
            "DELETE FROM catalogue_field WHERE version_id IN "
            f"(SELECT id FROM catalogue_resourceversion WHERE resource_id IN {mine})",
            [f"{PREFIX}/%"],
        )
        cursor.execute(f"DELETE FROM catalogue_resourceversion WHERE resource_id IN {mine}", [f"{PREFIX}/%"])
        cursor.execute("DELETE FROM catalogue_resource WHERE code LIKE %s", [f"{PREFIX}/%"])
    Classification.objects.filter(code__regex=r"^B6\d\d\d$").delete()
    Classification.objects.filter(code__regex=r"^B6\d$").delete()


@contextmanager
def made_catalogue(entries: int = ENTRIES) -> Iterator[None]:
    """Have the entries stand, published and indexed by the catalogue's own job, for the time of the block."""
    began = perf_counter()
    if not Resource.objects.filter(code__startswith=f"{PREFIX}/").exists():
        with _unsealed():
            _write(entries)
    say(f"  {entries:,} entries written: {perf_counter() - began:.0f} s")
    began = perf_counter()
    done = catch_up()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE catalogue_document")
    say(f"  {done:,} indexed: {perf_counter() - began:.0f} s")
    try:
        yield
    finally:
        with _unsealed():
            _clear()
