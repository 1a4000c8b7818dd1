"""The demo departments' own business databases: tables as such systems have them, with the faults that they have.

Everything is made up: the numbers of persons are of the demo city's division, which doesn't exist.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from zhengtong.core.identity.public import make_citizen_number
from zhengtong.kernel.demo_names import family_name, given_name

STREETS = ("滨江路", "文澜路", "书院街", "长桥街", "望江路", "澄心路", "禾丰路", "学府路")
DIVISIONS = ("990102", "990122")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
Row = tuple[object, ...]


@dataclass(frozen=True)
class DemoTable:
    """A table: its columns in SQL with their comments, how many rows, and what makes a row of a number."""

    schema: str
    name: str
    comment: str
    columns: tuple[tuple[str, str, str], ...]
    count: int
    make: Callable[[random.Random, date, int], Row]


def _person(rng: random.Random, today: date, number: int) -> tuple[str, str, date, bool]:
    """Return name, citizen number, birthday and whether it is a man."""
    birthday = today - timedelta(days=rng.randrange(19 * 365, 88 * 365))
    is_male = rng.random() < 0.5
    sequence = (number * 2 + is_male) % 1000
    name = family_name(rng) + given_name(rng, is_male, birthday.year)
    return name, make_citizen_number(rng.choice(DIVISIONS), birthday, sequence), birthday, is_male


def _phone(rng: random.Random) -> str:
    return f"169{rng.randrange(10**8):08d}"


def _address(rng: random.Random) -> str:
    street, room = rng.choice(STREETS), rng.randrange(101, 1900)
    return f"安澜市澄波区{street}{rng.randrange(1, 300)}号{rng.randrange(1, 20)}幢{room}室"


def _changed(rng: random.Random, today: date) -> datetime:
    return datetime.combine(today, datetime.min.time()) - timedelta(minutes=rng.randrange(60, 400 * 24 * 60))


def _household(rng: random.Random, today: date, number: int) -> Row:
    name, citizen, _birthday, _is_male = _person(rng, today, number)
    if number % 97 == 0:
        citizen = citizen[:-1] + ("1" if citizen[-1] != "1" else "2")  # typed wrongly: its check digit says so
    elif number % 53 == 0:
        citizen = citizen.translate(FULL_WIDTH)
    phone = "" if number % 211 == 0 else _phone(rng)
    members = rng.randrange(1, 6)
    return (
        number,
        f"AL-DB-{number:06d}",
        name,
        citizen,
        phone or None,
        _address(rng),
        members,
        f"{members * rng.randrange(520, 910)}.00",
        today - timedelta(days=rng.randrange(30, 2000)),
        rng.choices(["享受中", "停发", "核查中"], [90, 7, 3])[0],
        _changed(rng, today),
    )


def _marriage(rng: random.Random, today: date, number: int) -> Row:
    one, one_number, _birthday, _is_male = _person(rng, today, number * 2)
    two, two_number, _birthday, _is_male = _person(rng, today, number * 2 + 1)
    day = today - timedelta(days=rng.randrange(1, 8000))
    return (
        number,
        f"J990102-{day.year}-{number:06d}",
        one,
        one_number,
        two,
        two_number,
        day,
        rng.choices(["结婚", "离婚"], [78, 22])[0],
        _changed(rng, today),
    )


def _insured(rng: random.Random, today: date, number: int) -> Row:
    name, citizen, birthday, _is_male = _person(rng, today, number)
    return (
        number,
        citizen,
        name,
        birthday,
        rng.choice(["城镇职工基本养老保险", "城乡居民基本养老保险"]),
        rng.choices(["参保缴费", "暂停缴费", "待遇领取"], [70, 12, 18])[0],
        rng.randrange(0, 420),
        f"{rng.randrange(4200, 26000)}.{rng.randrange(100):02d}",
        today.replace(day=1),
        _changed(rng, today),
    )


def _certificate(rng: random.Random, today: date, number: int) -> Row:
    name, citizen, _birthday, _is_male = _person(rng, today, number)
    day = today - timedelta(days=rng.randrange(1, 500))
    return (
        f"JK9901{number:07d}",
        name,
        citizen,
        rng.choice(["餐饮", "公共场所", "饮用水", "药品"]),
        f"安澜市第{rng.choice('一二三')}人民医院",
        day,
        day + timedelta(days=365),
        rng.choices(["合格", "不合格"], [97, 3])[0],
        _changed(rng, today),
    )


TABLES: Sequence[DemoTable] = (
    DemoTable(
        "civil_affairs",
        "low_income_household",
        "最低生活保障家庭",
        (
            ("id", "bigint PRIMARY KEY", "序号"),
            ("household_no", "varchar(20) NOT NULL", "低保证号"),
            ("head_name", "varchar(40) NOT NULL", "户主姓名"),
            ("head_id_number", "varchar(18) NOT NULL", "户主身份证号"),
            ("phone", "varchar(20)", "联系电话"),
            ("address", "varchar(200)", "家庭住址"),
            ("members", "integer NOT NULL", "保障人口数"),
            ("monthly_amount", "numeric(10,2) NOT NULL", "月保障金额（元）"),
            ("approved_on", "date NOT NULL", "批准日期"),
            ("status", "varchar(10) NOT NULL", "保障状态"),
            ("updated_at", "timestamptz NOT NULL", "更新时间"),
        ),
        1200,
        _household,
    ),
    DemoTable(
        "civil_affairs",
        "marriage_registration",
        "婚姻登记",
        (
            ("id", "bigint PRIMARY KEY", "序号"),
            ("certificate_no", "varchar(30) NOT NULL", "登记证号"),
            ("party_one_name", "varchar(40) NOT NULL", "一方姓名"),
            ("party_one_id_number", "varchar(18) NOT NULL", "一方身份证号"),
            ("party_two_name", "varchar(40) NOT NULL", "另一方姓名"),
            ("party_two_id_number", "varchar(18) NOT NULL", "另一方身份证号"),
            ("registered_on", "date NOT NULL", "登记日期"),
            ("kind", "varchar(10) NOT NULL", "登记类别"),
            ("updated_at", "timestamptz NOT NULL", "更新时间"),
        ),
        2000,
        _marriage,
    ),
    DemoTable(
        "labour",
        "insured_person",
        "养老保险参保信息",
        (
            ("id", "bigint PRIMARY KEY", "个人编号"),
            ("id_number", "varchar(18) NOT NULL", "身份证号"),
            ("name", "varchar(40) NOT NULL", "姓名"),
            ("birth_date", "date NOT NULL", "出生日期"),
            ("scheme", "varchar(40) NOT NULL", "险种"),
            ("status", "varchar(10) NOT NULL", "参保状态"),
            ("paid_months", "integer NOT NULL", "累计缴费月数"),
            ("base_amount", "numeric(12,2) NOT NULL", "缴费基数（元）"),
            ("paid_until", "date", "缴至月份"),
            ("updated_at", "timestamptz NOT NULL", "更新时间"),
        ),
        4000,
        _insured,
    ),
    DemoTable(
        "health",
        "food_worker_certificate",
        "从业人员健康证明",
        (
            ("certificate_no", "varchar(20) PRIMARY KEY", "健康证编号"),
            ("name", "varchar(40) NOT NULL", "姓名"),
            ("id_number", "varchar(18) NOT NULL", "身份证号"),
            ("trade", "varchar(20) NOT NULL", "行业"),
            ("hospital", "varchar(60) NOT NULL", "体检机构"),
            ("examined_on", "date NOT NULL", "体检日期"),
            ("valid_until", "date NOT NULL", "有效期至"),
            ("result", "varchar(10) NOT NULL", "体检结论"),
            ("updated_at", "timestamptz NOT NULL", "更新时间"),
        ),
        900,
        _certificate,
    ),
)


def make_rows(table: DemoTable, rng: random.Random, today: date) -> Iterator[Row]:
    for number in range(1, table.count + 1):
        yield table.make(rng, today, number)
