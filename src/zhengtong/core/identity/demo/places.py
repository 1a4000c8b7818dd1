"""安澜市 and what lies in it. The division codes begin with 99, which GB/T 2260 gives to no province."""

from dataclasses import dataclass

CITY_CODE, CITY_NAME = "990100", "安澜市"

# County → town → five communities (居委会) or villages (村委会). Codes are in the code below.
_PLACES: dict[str, dict[str, str]] = {
    "澄波区": {
        "望江街道": "听潮社区 文澜社区 望江门社区 柳荫社区 晴川社区",
        "长桥街道": "长桥社区 花巷社区 南埠社区 学府社区 桂花园社区",
        "东篱街道": "东篱社区 采菊社区 书院社区 银杏里社区 青砖巷社区",
        "沙洲街道": "沙洲社区 白鹭社区 新港社区 芦汀村 渔歌村",
    },
    "云岫县": {
        "岫城街道": "岫城社区 钟楼社区 西关社区 松风社区 北苑社区",
        "松月镇": "松月社区 竹坞村 茶坪村 石门坎村 月亮湾村",
        "栗溪镇": "栗溪社区 上栗村 下栗村 油坊村 古樟村",
        "云中乡": "云脚村 雾岭村 鹿鸣村 梯田村 高岭头村",
    },
    "禾溪县": {
        "禾城街道": "禾城社区 粮仓社区 东渡社区 米市社区 溪畔社区",
        "稻香镇": "稻香社区 大圩村 金穗村 双塘村 谷仓村",
        "枫桥头镇": "枫桥头社区 红叶村 磨坊村 八亩村 陶窑村",
        "荷塘乡": "荷塘村 莲花村 藕香村 鱼米村 菱湖村",
    },
}
_COUNTY_CODES = {"澄波区": "990102", "云岫县": "990121", "禾溪县": "990122"}
# GB/T 10114: 001–099 sub-districts, 100–199 towns, 200–399 townships.
_TOWN_FIRST = {"街道": 1, "镇": 100, "乡": 200}


@dataclass(frozen=True, slots=True)
class Place:
    """A division. ``parent`` is the code of the one above, "" for the city; ``level`` as in RegionLevel."""

    code: str
    name: str
    level: str
    parent: str


def list_places() -> list[Place]:
    """Return the city, its 3 counties, 12 towns and 60 villages, those above before those below."""
    places = [Place(CITY_CODE, CITY_NAME, "city", "")]
    for county, towns in _PLACES.items():
        county_code = _COUNTY_CODES[county]
        places.append(Place(county_code, county, "county", CITY_CODE))
        taken: set[str] = set()
        for town, villages in towns.items():
            town_code = _next_code(county_code, _TOWN_FIRST["街道" if town.endswith("街道") else town[-1]], taken)
            places.append(Place(town_code, town, "town", county_code))
            for village in villages.split():
                # Statistical codes: 001–199 communities, 200–399 villages.
                code = _next_code(town_code, 1 if village.endswith("社区") else 200, taken)
                places.append(Place(code, village, "village", town_code))
    return places


def _next_code(parent: str, first: int, taken: set[str]) -> str:
    number = first
    while (code := f"{parent}{number:03d}") in taken:
        number += 1
    taken.add(code)
    return code


def path_of(place: Place, places: dict[str, Place]) -> str:
    """Return the ltree path of ``place``: codes from the city down."""
    above = places.get(place.parent)
    return f"{path_of(above, places)}.{place.code}" if above else place.code
