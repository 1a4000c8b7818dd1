"""The browser comes to the server's verdict in the server's sentences; a citizen sees them while she fills in rows."""

import json
import random
from copy import deepcopy
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

from tests.journeys.conftest import Platform
from zhengtong.capabilities.cases.public import clean_form, complete, make_schema
from zhengtong.capabilities.cases.tests.rich_form import rich, right

SCRIPTS = Path(__file__).parents[2] / "frontend" / "js" / "forms"
NUMBERS = ["", "0", "1", "12.5", "0.29", "1.005", "-1", "1e3", "abc", "１２", " 7 ", "500", "333.33", "0.1", "10000.01"]
WORDS = ["", " ", "甲", "AB", "ABCDE", "x\u202ey", "一二三四五六七八九十一二三四五六七八九十一", "<b>&%d"]
POOLS: dict[str, list[Any]] = {
    "name": WORDS,
    "short": WORDS,
    "kind": ["", "自营", "联营", "别的"],
    "partner": WORDS,
    "uses": [[], ["办公"], ["办公", "睡觉"]],
    "since": ["", "2026-11-21", "2026-2-3", "2026-02-30", "2026年1月2日", "昨天", "0000-01-01"],
    "phone": ["", "13900001234", "+86 139 0000 1234", "139", "12900001234"],
    "number": ["", "11010519491231002X", "110105194912310021", "x", "11010520991231002X"],
    "has_staff": [True, False],
    "area": NUMBERS,
    "price": NUMBERS,
    "reason": WORDS,
    "place": ["", "87.6,43.8", "43.8,87.6", "87.6", "a,b"],
}
# Whose sentences name the very digit that is wrong: the browser says that it is wrong, the server where.
VERDICT_ONLY = {"phone", "number"}
FORMULAS = [
    ("a / b", 2),
    ("a * b - a", 6),
    ("round(a / 3, 2)", 4),
    ("a // b", 2),
    ("a % b", 3),
    ("max(a, b)", 2),
    ("min(a, b)", 2),
    ("sum(a, b, 1)", 2),
    ("abs(a - b)", 2),
    ("a if a > b else b", 2),
    ("text(a) + text(b)", 2),
    ("a == b", 0),
    ("a < b <= 10", 0),
    ("count(t)", 0),
    ("t in '甲乙'", 0),
    ("not empty(t)", 0),
    ("days(d, '2026-12-31')", 0),
    ("number(t) + a", 2),
    ("any(a > 1, b > 1)", 0),
    ("t == 'x' or a >= 100", 0),
    ("-a + 0.5", 0),
    ("a / 7 * 7", 6),
    ("all([a, b])", 0),
    ("t", 0),
]


def load_rules(page: Page) -> None:
    """Let the page read the modules of the checks, from its own address as its policy wants."""

    def answer(route: Route) -> None:
        path = SCRIPTS / route.request.url.rpartition("/")[2]
        route.fulfill(body=path.read_text(), content_type="text/javascript")

    page.route("**/rules-under-test/*.js", answer)
    page.evaluate("async () => { window.rulesUnderTest = await import('/rules-under-test/rules.js'); }")


def check_in_browser(page: Page, schema: dict[str, Any], forms: list[dict[str, Any]]) -> Any:
    return page.evaluate(
        "([schema, forms]) => { const rules = new window.rulesUnderTest.FormRules(schema);"
        " return forms.map((form) => rules.checkAll(form)); }",
        [json.loads(json.dumps(schema)), forms],
    )


def make_forms(count: int) -> list[dict[str, Any]]:
    rng = random.Random("forms")
    found = []
    for _number in range(count):
        form = deepcopy(right())
        for key in rng.sample(sorted(POOLS), rng.choice((1, 2, 4, len(POOLS)))):
            form[key] = rng.choice(POOLS[key])
        form["staff"] = [
            {
                "who": rng.choice(WORDS),
                "wage": rng.choice(NUMBERS),
                "months": rng.choice(NUMBERS),
                "why": rng.choice(WORDS),
            }
            for _row in range(rng.choice((0, 1, 1, 2, 5)))
        ]
        found.append(form)
    return found


def test_the_same_answers_get_the_same_sentences(platform: Platform) -> None:
    page = platform.open()
    load_rules(page)
    forms = make_forms(400)
    for form, said in zip(forms, check_in_browser(page, make_schema(rich()), forms), strict=True):
        expected: dict[str, list[str]] = {}
        for _section, key, message in clean_form(rich(), form)[1]:
            expected.setdefault(key, []).append(message)
        assert said["wrong"].keys() == expected.keys(), (form, said["wrong"], expected)
        for key in expected.keys() - VERDICT_ONLY:
            assert said["wrong"][key] == expected[key], (key, form)
        full = complete(rich(), form)
        assert [said["form"].get(key) for key in ("fee", "payroll", "mean")] == [
            full[key] for key in ("fee", "payroll", "mean")
        ], form


def test_the_same_formulas_have_the_same_results(platform: Platform) -> None:
    page = platform.open()
    load_rules(page)
    rng = random.Random("formulas")
    fields = [
        {"key": "a", "label": "甲", "type": "number", "required": False},
        {"key": "b", "label": "乙", "type": "number", "required": False},
        {"key": "t", "label": "丙", "type": "text", "required": False},
        {"key": "d", "label": "丁", "type": "date", "required": False},
    ]
    for formula, decimals in FORMULAS:
        each = rich(
            *fields, {"key": "r", "label": "结果", "type": "calculated", "formula": formula, "decimals": decimals}
        )
        forms = [
            {
                "a": rng.choice(NUMBERS),
                "b": rng.choice(NUMBERS),
                "t": rng.choice(["", "x", "5", "甲", "1.50"]),
                "d": rng.choice(["", "2026-11-21", "2026-2-3"]),
            }
            for _number in range(60)
        ]
        for form, said in zip(forms, check_in_browser(page, make_schema(each), forms), strict=True):
            errors = [error[2] for error in clean_form(each, form)[1] if error[1] == "r"]
            assert said["form"]["r"] == complete(each, form)["r"], (formula, form)
            assert said["wrong"].get("r", []) == errors, (formula, form)
