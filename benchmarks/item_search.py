"""``item_search``: a visitor types what she has to do, among a thousand items; ``item_recall``: is it found?

The items are published as any other, with made but plausible names and guides; each keystroke is a whole request to the
hall. After the run they are taken out of the hall again.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from django.db import connection
from django.test import Client

from benchmarks.figure import Figure, compare, say
from benchmarks.replay import open_bare
from zhengtong.capabilities.cases.public import ITEM_KIND, ServiceItem, publish_item
from zhengtong.core.search import text
from zhengtong.core.search.public import SearchAudience, refresh, search
from zhengtong.kernel.policy import ANONYMOUS, SYSTEM

ITEMS = 1_000
ROUNDS = 5
ASKED = 60
MOST = 200  # of a search are ranked; what more items have than that isn't asked
PREFIX = "bench-item-"
_ACTS = ["新办", "变更", "延续", "注销", "补发", "年度报告", "备案"]
_AREAS_LINES = (
    "宠物诊疗 民办幼儿园 校外培训 养老机构 医疗机构 药品零售 医疗器械 公共场所卫生 饮用水供应 食品生产",
    "小作坊 烟草零售 道路客运 道路货运 出租汽车 网约车 机动车维修 驾驶培训 水路运输 港口经营 航道占用",
    "公路涉路施工 建筑施工 房地产开发 物业服务 燃气经营 供热经营 污水排放 生活垃圾处置 建筑垃圾运输",
    "城市绿地占用 户外广告 取水 河道采砂 水土保持 防洪影响评价 林木采伐 野生动物驯养 木材运输 农药经营",
    "兽药经营 种子生产 动物防疫条件 生鲜乳收购 渔业捕捞 水产苗种 排污 危险废物经营 辐射安全 放射诊疗",
    "环境影响评价 危险化学品经营 烟花爆竹零售 矿山安全 特种设备使用 计量器具检定 检验检测机构 广告发布",
    "拍卖企业 典当行 成品油零售 报废机动车回收 旅行社设立 导游资格 营业性演出 互联网上网服务 娱乐场所",
    "电影放映 出版物零售 印刷经营 文物拍卖 考古勘探 体育场所 高危险性体育 游泳场馆 人力资源服务 劳务派遣",
    "职业技能培训 特殊工时 企业年金 社会团体 民办非企业 基金会 慈善募捐 殡葬设施 宗教活动场所 律师事务所",
    "司法鉴定 公证机构 典型保安服务 旅馆业 公章刻制 枪支配置 爆破作业 大型群众活动 出入境通行 户口迁移",
    "居住证 残疾人补贴 高龄津贴 临时救助 生育登记 公租房 住房公积金提取 不动产登记 农村宅基地 设施农用地",
    "测绘资质 采矿权 探矿权 教师资格 医师执业 护士执业 中医诊所 乡村医生 献血证明 疫苗接种点 消毒产品",
    "母婴保健 职业病诊断 外国人就业 农民专业合作社 家庭农场 粮食收购 种畜禽 蚕种生产 食盐批发 直销企业",
    "对外劳务 进出口备案 加工贸易 融资担保 小额贷款 房地产经纪 家政服务 快递经营 地图编制 无线电台 气象探测",
    "彩票销售 婚姻介绍 二手车交易 汽车租赁 再生资源回收 保健按摩 美容美发",
)
_AREAS = [word for line in _AREAS_LINES for word in line.split()]
_KINDS = {"新办": "许可证", "变更": "登记事项", "延续": "有效期", "注销": "手续", "补发": "遗失证件"}
_NEEDS_LINES = (
    "场所平面图 房屋租赁合同 消防验收意见 从业人员名单 健康证明 质量管理制度 应急预案 设备清单",
    "法定代表人身份证 环境影响登记表 资金证明 安全承诺书 专业技术人员资格证 章程 股东会决议 遗失声明",
    "授权委托书 检测报告 施工图纸 评估报告",
)
_NEEDS = [word for line in _NEEDS_LINES for word in line.split()]
_SENTENCES_LINES = (
    "申请人应当具有固定的场所和相应的设施设备。 有与业务规模相适应的专业技术人员。",
    "建立健全安全生产责任制和管理制度。 符合当地规划和环境保护要求。",
    "从事相关活动不少于一年且没有不良信用记录。 场所距离学校和居民住宅符合规定。",
    "设施设备经检验合格并在有效期以内。 主要负责人没有被依法限制从业。 周边道路满足车辆通行和停放需要。",
    "夜间作业要提前告知附近居民。 使用的计量器具经过检定。 产生的废弃物交由有资质的单位处理。",
)
_SENTENCES = [word for line in _SENTENCES_LINES for word in line.split()]


@dataclass(frozen=True)
class RecallFigure(Figure):
    """``value`` is the share of exact names that are found; ``two_words`` that of the texts with both words."""

    two_words: float
    asked: int


@dataclass(frozen=True)
class SearchFigure(Figure):
    p95: float


def make_items() -> Iterator[dict[str, Any]]:
    """Yield the texts, the same at every run."""
    source = random.Random(7)
    pairs = list(product(_AREAS, _ACTS))
    source.shuffle(pairs)
    for number, (area, act) in enumerate(pairs[:ITEMS]):
        name = f"{area}{_KINDS.get(act, '')}{act}"
        needs, said = source.sample(_NEEDS, 4), source.sample(_SENTENCES, 4)
        yield {
            "code": f"{PREFIX}{number:04d}",
            "name": name,
            "audience": source.choice(("person", "enterprise")),
            "aliases": [f"办{area}", f"{act}{area}"],
            "power": "MR-XK-01",
            "summary": f"从事{area}的，需要办理{act}。不收费。",
            "conditions": said[:2],
            "limits": {"statutory": "food.decision", "promised_days": source.randint(1, 10)},
            "fee": {"amount": 0},
            "channels": {"online": True, "window": True, "visits": 0},
            "legal_basis": [],
            "guide": {
                "can_i": f"{said[2]}从事{area}的单位和个人可以申请{act}。",
                "what_do_i_need": f"准备{'、'.join(needs)}。{said[3]}",
                "how_long": "材料齐全当天受理。",
                "how_much": "不收费。",
                "where": "网上或者政务服务中心窗口。",
            },
            "materials": [
                {"key": f"material_{place}", "name": need, "kinds": ["pdf"], "source": "申请人自备"}
                for place, need in enumerate(needs)
            ],
            "form": [{"key": "a", "title": "申请", "fields": [{"key": "name", "label": "名称", "type": "text"}]}],
        }


def _publish(items: list[dict[str, Any]]) -> None:
    began = perf_counter()
    for raw in items:
        publish_item(actor=SYSTEM, raw=raw)
    _show(is_published=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE search_entry")
    say(f"  {len(items):,} items published: {perf_counter() - began:.0f} s")


def _show(*, is_published: bool) -> None:
    made = ServiceItem.objects.filter(code__startswith=PREFIX)
    made.update(is_published=is_published)
    ids = list(made.values_list("pk", flat=True))
    for at in range(0, len(ids), 200):
        refresh(ITEM_KIND, ids[at : at + 200])


def make_keystrokes(items: list[dict[str, Any]]) -> list[str]:
    """Return what is in the box after each keystroke: names, popular names, pinyin in full and its initials."""
    source = random.Random(11)
    typed: list[str] = []
    for raw in source.sample(items, ASKED):
        name, alias = raw["name"], raw["aliases"][0]
        typed += [name[:size] for size in (1, 2, 3, 5)] + [name, alias[:2], alias]
        spoken = max(text.sounds_of(text.list_runs(name)), key=len)
        typed += [spoken[:size] for size in (2, 4, 8)]
    return typed


def _type_all(client: Client, typed: list[str], taken: list[float]) -> float:
    own = []
    for query in typed:
        began = perf_counter()
        answer = client.get("/hall/suggest/", {"q": query}, headers={"host": "localhost"})
        own.append((perf_counter() - began) * 1000)
        assert answer.status_code == 200
    taken.extend(own)
    return median(own)


def _ask_all(bare: Any, typed: list[str]) -> float:
    own = []
    for query in typed:
        began = perf_counter()
        bare.execute(
            "SELECT id, code, name FROM cases_serviceitem WHERE is_published AND (strpos(name, %(q)s) > 0 "
            "OR strpos(array_to_string(aliases, ' '), %(q)s) > 0 OR strpos(pinyin, %(q)s) > 0) "
            "ORDER BY name LIMIT 6",
            {"q": query},
        ).fetchall()
        own.append((perf_counter() - began) * 1000)
    bare.commit()
    return median(own)


def _find(query: str) -> set[int]:
    found = search(ANONYMOUS, query, audience=SearchAudience.PUBLIC, kinds=[ITEM_KIND], limit=MOST)
    return {hit.object_id for hit in found.hits}


def _written(raw: dict[str, Any]) -> str:
    return " ".join([raw["name"], *raw["guide"].values()])


def measure_recall(items: list[dict[str, Any]]) -> RecallFigure:
    ids = dict(ServiceItem.objects.filter(code__startswith=PREFIX).values_list("code", "pk"))
    exact = sum(ids[raw["code"]] in _find(raw["name"]) for raw in items) / len(items)
    source = random.Random(13)
    written = {ids[raw["code"]]: _written(raw) for raw in items}
    found = expected = asked = 0
    while asked < 200:
        raw = source.choice(items)
        of_title = [word for word in text.cut(raw["name"]) if len(word) > 1]
        of_guide = [word for word in text.cut(" ".join(raw["guide"].values())) if len(word) > 1 and text.is_han(word)]
        if not of_title or not of_guide:
            continue
        one, other = source.choice(of_title), source.choice(of_guide)
        having = {pk for pk, said in written.items() if one in said and other in said}
        if len(having) > MOST - 20:  # the city's own items match as well
            continue
        asked += 1
        expected += len(having)
        found += len(having & _find(f"{one} {other}"))
    say(f"  {asked} two-word queries: {found:,} of {expected:,} texts found")
    return RecallFigure(
        name="item_recall",
        value=round(exact, 4),
        unit="share of items found by their exact name",
        reference="the made texts that hold what was typed, looked through by Python",
        reference_value=1.0,
        ratio=round(exact, 4),
        rounds=1,
        peak_rss_mb=0,
        two_words=round(found / expected, 4),
        asked=asked,
    )


def run() -> list[Figure]:
    items = list(make_items())
    _publish(items)
    typed = make_keystrokes(items)
    taken: list[float] = []
    client, bare = Client(), open_bare()
    try:
        figure = compare(
            "item_search",
            lambda: _type_all(client, typed, taken),
            lambda: _ask_all(bare, typed),
            unit="ms p50",
            described="one statement by psycopg: name, popular names and pinyin looked through without an index",
            lower_is_better=True,
            rounds=ROUNDS,
        )
        recall = measure_recall(items)
    finally:
        bare.close()
        _show(is_published=False)
    return [SearchFigure(**vars(figure), p95=round(quantiles(taken[len(typed) :], n=20)[-1], 1)), recall]
