"""Clerks of the market bureau at the items desk."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast
from tests.conformance.samples import SIGNS_IN


def _browser(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[name], SIGNS_IN)
    return client


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return _browser(cast, "compiler")


@pytest.fixture
def publisher(cast: Cast) -> Client:
    return _browser(cast, "publisher")


@pytest.fixture
def outsider(cast: Cast) -> Client:
    return _browser(cast, "outsider")


def complete_text(cast: Cast, **changes: Any) -> dict[str, Any]:
    """Return the text of an item that lacks nothing."""
    office = cast.office
    return {
        "type": "promised",
        "audience": "person",
        "level": "county",
        "power": "MR-XK-01",
        "base_code": "000131012000",
        "summary": "开办宠物诊所，开业前办理。不收费。",
        "aliases": ["开宠物医院"],
        "life_events": ["open-shop"],
        "legal_basis": [{"title": "动物防疫法", "article": "第六十一条", "text": "从事动物诊疗活动的机构……"}],
        "conditions": ["有固定的诊疗场所。"],
        "limits": {"statutory": "food.decision", "promised_days": 5},
        "fee": {"amount": 0, "basis": "不收费"},
        "channels": {"online": True, "window": True, "visits": 0},
        "offices": [
            {
                "organisation": office.organisation_id,
                "window": office.window_id,
                "address": "澄波区滨江路1号",
                "hours": "工作日 9:00—17:00",
                "phone": "0990-2100001",
                "supervision_phone": "0990-12345",
            }
        ],
        "questions": [
            {
                "key": "has_rent",
                "label": "场所是租的吗？",
                "type": "choice",
                "options": ["是", "不是"],
                "required": True,
            }
        ],
        "materials": [
            {"key": "plan", "name": "诊疗场所平面图", "required": True, "kinds": ["pdf"], "source": "申请人自备"},
            {
                "key": "lease",
                "name": "房屋租赁合同",
                "required": True,
                "kinds": ["pdf"],
                "source": "申请人自备",
                "condition": {"field": "has_rent", "values": ["是"]},
                "condition_text": "场所是租的",
            },
        ],
        "form": [
            {
                "key": "clinic",
                "title": "诊所",
                "fields": [
                    {"key": "owner", "label": "申请人", "type": "text", "prefill": "applicant.name"},
                    {"key": "clinic_name", "label": "诊所名称", "type": "text"},
                ],
            }
        ],
        "guide": {
            "can_i": "开宠物诊所的，需要办理。",
            "what_do_i_need": "画一张平面图。",
            "how_long": "五个工作日。",
            "how_much": "不收费。",
            "where": "网上或者窗口。",
            "law": "《动物防疫法》第六十一条。",
        },
        "steps": [{"name": "申请", "text": "在网上填表。"}],
        **changes,
    }
