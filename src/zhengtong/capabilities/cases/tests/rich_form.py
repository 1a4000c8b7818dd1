"""A form with every kind of field, for the tests that fill one in."""

from copy import deepcopy
from typing import Any

from zhengtong.capabilities.cases.public import ItemDefinition, parse_definition

FORM: list[dict[str, Any]] = [
    {
        "key": "basics",
        "title": "基本情况",
        "fields": [
            {"key": "name", "label": "单位名称", "type": "text", "max_length": 20},
            {
                "key": "short",
                "label": "简称",
                "type": "text",
                "required": False,
                "pattern": "^[A-Z]{2,4}$",
                "message": "填 2 到 4 个大写字母",
            },
            {"key": "kind", "label": "经营方式", "type": "choice", "options": ["自营", "联营"]},
            {"key": "partner", "label": "联营单位", "type": "text", "condition": {"field": "kind", "values": ["联营"]}},
            {
                "key": "uses",
                "label": "用途",
                "type": "multichoice",
                "options": ["办公", "仓储", "销售"],
                "required": False,
            },
            {"key": "since", "label": "开业日期", "type": "date", "required": False},
            {"key": "phone", "label": "联系电话", "type": "phone", "personal": True},
            {"key": "number", "label": "身份证号码", "type": "id_number", "required": False, "personal": True},
            {"key": "has_staff", "label": "有从业人员", "type": "boolean", "required": False},
        ],
    },
    {
        "key": "money",
        "title": "面积和费用",
        "fields": [
            {"key": "area", "label": "面积", "type": "number", "min": 0, "max": 10000},
            {"key": "price", "label": "单价", "type": "number", "max": 500},
            {"key": "fee", "label": "费用", "type": "calculated", "formula": "round(area * price, 1)", "decimals": 1},
            {
                "key": "reason",
                "label": "超额的理由",
                "type": "textarea",
                "condition": {"field": "fee", "at_least": 1000},
            },
            {"key": "place", "label": "位置", "type": "map_point", "required": False},
        ],
    },
    {
        "key": "people",
        "title": "人员",
        "condition": {"field": "has_staff", "values": ["是"]},
        "fields": [
            {
                "key": "staff",
                "label": "从业人员",
                "type": "repeat",
                "min_rows": 1,
                "max_rows": 4,
                "fields": [
                    {"key": "who", "label": "姓名", "type": "text", "max_length": 10},
                    {"key": "wage", "label": "月薪", "type": "number", "max": 100000},
                    {"key": "months", "label": "月数", "type": "number", "max": 12, "decimals": 0},
                    {"key": "total", "label": "合计", "type": "calculated", "formula": "wage * months"},
                    {"key": "why", "label": "说明", "type": "text", "condition": {"field": "months", "at_least": 10}},
                ],
            },
            {"key": "payroll", "label": "薪酬合计", "type": "calculated", "formula": "sum(staff.total)"},
            {"key": "mean", "label": "人均面积", "type": "calculated", "formula": "area / count(staff)"},
        ],
    },
]


def make_text(form: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "code": "rich",
        "name": "样例",
        "form": deepcopy(form if form is not None else FORM),
        "materials": [],
        **more,
    }


def rich(*fields: dict[str, Any]) -> ItemDefinition:
    """Return the form with every kind of field, or one of these fields alone."""
    return parse_definition(make_text([{"key": "all", "title": "全部", "fields": list(fields)}] if fields else None))


def right() -> dict[str, Any]:
    """Return answers that are right."""
    return {
        "name": "澜水面馆",
        "kind": "自营",
        "phone": "13900001234",
        "area": "20",
        "price": "3.5",
        "has_staff": True,
        "staff": [{"who": "王晓岚", "wage": "4000.5", "months": "6"}, {"who": "李", "wage": "100", "months": "2"}],
    }
