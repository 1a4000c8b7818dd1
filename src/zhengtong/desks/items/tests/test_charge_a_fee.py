"""A clerk lets an item charge: an entry of the fee list, a formula, exemptions; each slip is told beside its field."""

from typing import Any

from django.test import Client

from tests.cast import Cast
from zhengtong.capabilities.cases.public import ItemDraft
from zhengtong.desks.items.tests.test_compile_an_item import begin, save

FEE = "UR-SF-01"  # 城市道路占用、挖掘修复费, which the urban sector brings
RIGHT: dict[str, Any] = {
    "amount": "100",
    "basis": "收费办法",
    "row": ["n0"],
    "rn0-code": FEE,
    "rn0-name": "占用费",
    "rn0-when": "acceptance",
    "rn0-formula": "100 + 2 * number(area)",
    "rn0-standard": "每件100元，每平方米2元。",
    "rn0-exemptions": "抢修 | purpose == '抢修' | | 收费办法第三条\n公益 ｜ purpose == '公益' ｜ 50 ｜ 收费办法第四条",
}


def test_a_fee_is_typed_and_kept(clerk: Client, cast: Cast) -> None:
    draft = begin(clerk, cast)
    assert save(clerk, draft, "fee", RIGHT).status_code == 302
    kept = ItemDraft.objects.get(pk=draft.pk).definition["fees"]
    assert kept == [
        {
            "code": FEE,
            "name": "占用费",
            "when": "acceptance",
            "formula": "100 + 2 * number(area)",
            "standard": "每件100元，每平方米2元。",
            "exemptions": [
                {"name": "抢修", "condition": "purpose == '抢修'", "basis": "收费办法第三条"},
                {"name": "公益", "condition": "purpose == '公益'", "formula": "50", "basis": "收费办法第四条"},
            ],
        }
    ]
    page = clerk.get(f"/desk/items/drafts/{draft.pk}/parts/fee/").content.decode()
    assert "公益 | purpose == &#x27;公益&#x27; | 50 | 收费办法第四条" in page


def test_each_slip_is_told(clerk: Client, cast: Cast) -> None:
    draft = begin(clerk, cast)
    for changes, said in (
        ({"rn0-formula": "100 +"}, "rn0-formula"),
        ({"rn0-formula": "__import__('os')"}, "rn0-formula"),
        ({"rn0-code": "MR-XK-01"}, "rn0-code"),
        ({"rn0-exemptions": "免收"}, "每行写四项"),
    ):
        answer = save(clerk, draft, "fee", {**RIGHT, **changes})
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert "fees" not in ItemDraft.objects.get(pk=draft.pk).definition
