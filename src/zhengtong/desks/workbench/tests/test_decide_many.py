"""An approver grants many cases at once that the review found to be granted."""

from collections.abc import Callable

from django.test import Client

from tests.cast import Cast, fresh
from zhengtong.core.worklist.public import WorkItem


def items(*cases: object) -> list[int]:
    found = WorkItem.objects.filter(reference__in=[case.number for case in cases], state="open")  # type: ignore[attr-defined]  # cases
    return list(found.values_list("pk", flat=True))


def test_what_the_review_found_to_be_granted_is_granted_together(cast: Cast, browse: Callable[[str], Client]) -> None:
    granted, refused = cast.recommended(), cast.recommended(outcome="refuse")
    client = browse("approver")
    asked = client.post("/desk/decide/", {"item": items(granted, refused)})
    page = asked.content.decode()
    assert "批量准予 1 件" in page
    assert str(granted.number) in page
    assert f"请逐件办理：{refused.number}" in page
    assert client.post("/desk/decide/", {"item": items(granted), "reasons": " "}).status_code == 422
    done = client.post("/desk/decide/", {"item": items(granted, refused), "reasons": "符合法定条件"}, follow=True)
    assert "已准予许可 1 件" in done.content.decode()
    assert (fresh(granted).state, fresh(refused).state) == ("granted", "reviewing")
    assert fresh(granted).decision.reasons == "符合法定条件"


def test_a_second_click_finds_nothing_left(cast: Cast, browse: Callable[[str], Client]) -> None:
    case = cast.recommended()
    client, ticked = browse("approver"), items(case)
    for _click in range(2):
        answer = client.post("/desk/decide/", {"item": ticked, "reasons": "符合法定条件"}, follow=True)
    assert "没有审查意见为“拟准予”" in answer.content.decode()
    assert fresh(case).decision.outcome == "grant"


def test_who_may_not_decide_is_refused(cast: Cast, browse: Callable[[str], Client]) -> None:
    case = cast.recommended()
    assert browse("reviewer").post("/desk/decide/", {"item": items(case), "reasons": "符合"}).status_code == 403
    assert fresh(case).state == "reviewing"
