"""The counter accepts, corrects, asks for corrections once, turns away, hands over."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast, fresh, photo
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import LegalState

Browse = Callable[[str], Client]


def page(case: cases.Case, act: str = "") -> str:
    return f"/desk/window/cases/{case.number}/" + (f"{act}/" if act else "")


def do(client: Client, case: cases.Case, act: str, **given: Any) -> Any:
    """Post an act from a page that shows the case as it is now, through its confirmation."""
    return client.post(page(case, act), {"version": fresh(case).version, "confirmed": "1", **given})


def mark(target: str, words: str = "") -> dict[str, str]:
    return {f"mark-{target}": "on", f"message-{target}": words}


@pytest.mark.django_db
def test_queue_shows_what_waits_and_the_acts_are_on_the_page(cast: Cast, browse: Browse) -> None:
    case, client = cast.submitted(), browse("counter")
    queue = client.get("/desk/window/")
    assert [row["key"] for row in queue.context["rows"]] == [case.number]
    assert queue.context["rows"][0]["url"] == page(case)
    shown = client.get(page(case)).content.decode()
    found = set(re.findall(r"/desk/window/cases/[^/]+/([a-z-]+)/\"", shown)) - {"reveal"}
    assert found == {"accept", "corrections", "correct", "not-competent", "not-required", "claim"}
    assert cases.list_materials(case)[0].file.name in shown


@pytest.mark.django_db
def test_accepting_starts_the_clock_and_counts_today(cast: Cast, browse: Browse) -> None:
    case, client = cast.submitted(), browse("counter")
    assert do(client, case, "accept", opinion="").status_code == 302
    assert fresh(case).state == LegalState.ACCEPTED
    assert {title: n for title, n, *_ in client.get("/desk/window/").context["figures"]}["今日办结受理环节"] == 1
    again = client.post(page(case, "accept"), {"version": case.version})
    assert again.status_code == 409
    assert "刚刚被处理过" in again.content.decode()


@pytest.mark.django_db
def test_a_colleague_who_claimed_is_named(cast: Cast, browse: Browse) -> None:
    case = cast.submitted()
    assert do(browse("second_counter"), case, "claim").status_code == 302
    answer = do(browse("counter"), case, "accept", opinion="")
    assert answer.status_code == 409
    assert "钱一" in answer.content.decode()
    assert fresh(case).state == LegalState.SUBMITTED
    assert do(browse("second_counter"), case, "release").status_code == 302
    assert do(browse("counter"), case, "accept", opinion="").status_code == 302


@pytest.mark.django_db
def test_correcting_on_the_spot_needs_consent_and_keeps_personal_answers(cast: Cast, browse: Browse) -> None:
    case, client = cast.submitted(), browse("counter")
    shown = client.get(page(case, "correct")).content.decode()
    assert case.form["legal_representative_id"] not in shown
    typed = {key: value for key, value in case.form.items() if value not in (False, None) and not _personal(case, key)}
    typed = {key: "on" if value is True else value for key, value in typed.items()} | {"premises": "澄波区滨江路68号"}
    assert do(client, case, "correct", **typed).status_code == 422
    assert fresh(case).form["premises"] == case.form["premises"]
    assert do(client, case, "correct", consent="on", **typed).status_code == 302
    changed = fresh(case).form
    assert changed["premises"] == "澄波区滨江路68号"
    assert changed["legal_representative_id"] == case.form["legal_representative_id"]


def _personal(case: cases.Case, key: str) -> bool:
    return any(spec.key == key and spec.is_personal for spec in cases.get_definition(case.item_version_id).fields())


@pytest.mark.django_db
def test_corrections_are_listed_once_and_confirmed(cast: Cast, browse: Browse) -> None:
    case, client = cast.submitted(), browse("counter")
    nothing = do(client, case, "corrections")
    assert nothing.status_code == 422
    assert "一次性告知" in nothing.content.decode()
    wordless = do(client, case, "corrections", **mark("field:premises"))
    assert wordless.status_code == 422
    assert "经营场所地址" in wordless.content.decode()
    marks = mark("field:premises", "请写到铺位号") | mark("material:premises_plan", "照片不清楚")
    asked = client.post(page(case, "corrections"), {"version": case.version, **marks})
    assert asked.status_code == 200
    assert "请写到铺位号" in asked.content.decode()
    assert "照片不清楚" in asked.content.decode()
    assert fresh(case).state == LegalState.SUBMITTED
    assert do(client, case, "corrections", **marks).status_code == 302
    notice = cases.get_open_notice(fresh(case))
    assert notice is not None
    assert {m.target for m in notice.marks.all()} == {"field:premises", "material:premises_plan"}


@pytest.mark.django_db
def test_a_second_notice_naming_new_things_is_refused(cast: Cast, browse: Browse) -> None:
    case, client = cast.submitted(), browse("counter")
    do(client, case, "corrections", **mark("material:safety_rules", "缺页"))
    kept = cases.list_materials(fresh(case))
    cases.remove_file(
        actor=cast.owner, case_id=case.pk, material_id=next(m.pk for m in kept if m.key == "safety_rules")
    )
    cases.attach_file(actor=cast.owner, case_id=case.pk, key="safety_rules", upload=photo("again.jpg"))
    cases.resubmit_case(actor=cast.owner, case_id=case.pk)
    form = client.get(page(case, "corrections")).content.decode()
    assert "这是第二次补正" in form
    assert "mark-field:premises" not in form
    refused = do(client, case, "corrections", **mark("field:premises", "请写到铺位号"))
    assert refused.status_code == 422
    assert "首次补正通知未列明" in refused.content.decode()
    assert "经营场所地址" in refused.content.decode()
    assert fresh(case).state == LegalState.RESUBMITTED
    assert do(client, case, "corrections", **mark("material:safety_rules", "还缺一页")).status_code == 302


@pytest.mark.django_db
def test_turning_away_tells_where_to_go_and_what_may_be_done(cast: Cast, browse: Browse) -> None:
    case, client = cast.submitted(), browse("counter")
    assert do(client, case, "not-competent", reasons="不在辖区", competent=" ").status_code == 422
    given = {"version": case.version, "reasons": "不在辖区", "competent": "禾溪县市场监督管理局"}
    asked = client.post(page(case, "not-competent"), given).content.decode()
    assert "禾溪县市场监督管理局" in asked
    assert "行政复议" in asked
    assert do(client, case, "not-competent", **given).status_code == 302
    assert fresh(case).state == LegalState.NOT_COMPETENT
    other = cast.submitted()
    assert do(client, other, "not-required", reasons="仅销售预包装食品").status_code == 302
    assert fresh(other).state == LegalState.NOT_REQUIRED


@pytest.mark.django_db
def test_handing_over_at_the_counter(cast: Cast, browse: Browse) -> None:
    case, client = cast.granted(delivery_method="到窗口领取"), browse("counter")
    queue = client.get("/desk/window/?scope=deliver")
    assert [row["key"] for row in queue.context["rows"]] == [case.number]
    assert do(client, case, "deliver", recipient="").status_code == 422
    assert do(client, case, "deliver", recipient="王晓岚").status_code == 302
    assert fresh(case).state == LegalState.DELIVERED


@pytest.mark.django_db
def test_who_may_not_stand_at_the_counter(cast: Cast, browse: Browse) -> None:
    case = cast.submitted()
    assert browse("outsider").get(page(case)).status_code == 404
    assert do(browse("outsider"), case, "accept").status_code == 404
    for name in ("supervisor", "reviewer", "owner"):
        assert browse(name).get("/desk/window/").status_code == 403
        assert browse(name).get("/desk/window/new/").status_code == 403
        assert do(browse(name), case, "accept").status_code == 403
    assert Client().get(page(case))["Location"].startswith("/account/login/")
    assert fresh(case).state == LegalState.SUBMITTED


@pytest.mark.django_db
def test_a_script_in_a_name_is_only_text(cast: Cast, browse: Browse) -> None:
    case = cast.submitted(operator_name="<script>alert(1)</script>")
    for address in ("/desk/window/", page(case), page(case, "corrections"), page(case, "correct")):
        assert "<script>alert" not in browse("counter").get(address).content.decode()
