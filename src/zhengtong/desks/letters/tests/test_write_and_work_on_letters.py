"""The pages of letters and surveys, as a stranger, a citizen, an operator and an office meet them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from tests.cast import photo
from zhengtong.capabilities.letters.public import Letter, Survey, list_categories
from zhengtong.core.identity.public import Region
from zhengtong.kernel.demo import as_of

Browse = Callable[..., Client]
SCRIPT = "<script>alert(1)</script>路灯坏了好几天没有人修理"


def where() -> dict[str, Any]:
    return {"region": Region.objects.get(code="990102").pk, "place": "长桥西头"}


def send(client: Client, **changes: Any) -> Letter:
    """Write a letter page by page."""
    begun = client.post("/hall/letters/write/", {"kind": changes.get("kind", "complaint")})
    draft = re.search(r"/write/([0-9a-f-]+)/", begun["Location"])
    assert draft
    base = f"/hall/letters/write/{draft[1]}/"
    category = list_categories().get(code="roads")
    content = {"title": "路灯坏了没人修", "body": SCRIPT, "category": category.pk, "files": photo("lamp.jpg")}
    assert client.post(f"{base}content/", content)["Location"] == f"{base}place/"
    assert client.post(f"{base}place/", where())["Location"] == f"{base}writer/"
    writer = {"writer_name": "赵先生", "writer_phone": "13912340000", "may_publish": "on", **changes}
    assert client.post(f"{base}writer/", writer)["Location"] == f"{base}check/"
    shown = client.get(f"{base}check/").content.decode()
    assert "lamp.jpg" in shown
    assert "<script>alert(1)" not in shown
    assert client.post(f"{base}check/")["Location"] == f"{base}receipt/"
    # Sent twice, it is the same letter.
    assert client.post(f"{base}check/")["Location"] == f"{base}receipt/"
    receipt = client.get(f"{base}receipt/").content.decode()
    number = re.search(r'id="letter-number">([^<]+)<', receipt)
    code = re.search(r'id="letter-code">([^<]+)<', receipt)
    assert number
    assert code
    letter = Letter.objects.get(number=number[1])
    letter.told_code = code[1]  # type: ignore[attr-defined]  # what she wrote down
    return letter


def test_a_stranger_writes_and_looks_it_up(browse: Browse) -> None:
    letter = send(browse())
    other = browse()
    assert other.get(f"/hall/letters/mine/{letter.public_id}/").status_code == 302
    draft = letter.draft.public_id
    assert other.get(f"/hall/letters/write/{draft}/receipt/").status_code == 404
    ask = {"number": letter.number.lower(), "code": letter.told_code}  # type: ignore[attr-defined]  # see send
    opened = other.post("/hall/letters/progress/", ask)
    page = other.get(opened["Location"])
    assert "已收到，等待受理" in page.content.decode()
    attached = letter.files.get()
    assert other.get(f"/hall/letters/mine/{letter.public_id}/files/{attached.pk}/").status_code == 200
    assert other.post(f"/hall/letters/mine/{letter.public_id}/urge/").status_code == 302


def test_codes_arent_guessed(browse: Browse) -> None:
    letter, client = send(browse()), browse()
    guesses = [
        client.post("/hall/letters/progress/", {"number": letter.number, "code": f"AAAAAAA{n}"}).status_code
        for n in range(2, 9)
    ]
    assert guesses[:5] == [422] * 5
    assert guesses[-1] == 429


def test_what_is_too_much_is_said_beside_its_field(browse: Browse) -> None:
    client = browse()
    begun = client.post("/hall/letters/write/", {"kind": "consult"})["Location"]
    refused = client.post(begun, {"title": "路灯", "body": "长" * 60_000, "category": "x"})
    assert refused.status_code == 422
    assert client.get(begun.replace("content", "nonsense")).status_code == 404


def test_an_operator_types_in_a_call(browse: Browse) -> None:
    operator = browse("operator12345")
    typed = {
        "channel": "phone",
        "kind": "consult",
        "title": "社保卡怎么补办",
        "body": "社保卡丢了，想问在哪里补办、要带什么。",
        "category": list_categories().get(code="insurance").pk,
        "writer_name": "孙女士",
        "writer_phone": "13912340001",
        **where(),
    }
    done = operator.post("/desk/letters/new/", typed, follow=True)
    assert "查询码" in done.content.decode()
    letter = Letter.objects.get()
    assert letter.number in operator.get("/desk/letters/").content.decode()
    assert "13912340001" not in done.content.decode()
    revealed = operator.post(f"/desk/letters/{letter.number}/reveal/", {"purpose": "核实情况"})
    assert "13912340001" in revealed.content.decode()
    assert operator.get("/desk/letters/all/?state=received&kind=consult&late=1&q=LX").status_code == 200
    assert operator.get("/desk/letters/statistics/?by=category").status_code == 200
    exported = operator.get("/desk/letters/statistics/export.csv?by=nonsense&since=9999")
    assert "安澜市政务服务数据管理局,1,0" in exported.content.decode()


def test_two_operators_accept_one_letter(browse: Browse) -> None:
    letter, operator = send(browse()), browse("operator12345")
    url = f"/desk/letters/{letter.number}/accept/"
    form = {"version": letter.version, "category": letter.category_id}
    assert operator.get(url).status_code == 200
    assert operator.post(url, form).status_code == 302
    assert operator.post(url, form).status_code == 409
    assert browse("outsider").get(f"/desk/letters/{letter.number}/").status_code in (403, 404)
    assert browse("letter_handler").get(f"/desk/letters/{letter.number}/").status_code == 404


def test_a_survey_is_taken_once_and_its_results_are_shown_after_the_end(browse: Browse) -> None:
    manager, now = browse("operator12345"), timezone.localtime()
    times = {"opens_at": (now - timedelta(days=1)), "closes_at": (now + timedelta(days=1))}
    form = {"kind": "survey", "title": "公园开放时间调查", "lead": ""}
    form |= {name: moment.strftime("%Y-%m-%dT%H:%M") for name, moment in times.items()}
    desk = manager.post("/desk/letters/surveys/new/", form)["Location"]
    survey = Survey.objects.get()
    assert (
        manager.post(f"{desk}questions/", {"kind": "single", "text": "几点关门", "choices": "九点"}).status_code == 422
    )
    question = {"kind": "single", "text": "几点关门", "choices": "九点\n十点\n<b>不关</b>", "is_required": "on"}
    assert manager.post(f"{desk}questions/", question).status_code == 302
    assert browse().get(f"/hall/surveys/{survey.public_id}/").status_code == 404
    manager.post(f"{desk}act/", {"act": "publish"})
    key, page = f"q{survey.questions.get().pk}", f"/hall/surveys/{survey.public_id}/"
    assert browse().post(page, {key: "十点"}).status_code == 302
    citizen = browse("citizen")
    assert "<b>不关</b>" not in citizen.get(page).content.decode()
    assert citizen.post(page, {key: "半夜"}).status_code == 422
    assert citizen.post(page, {key: "十点"}).status_code == 302
    assert citizen.post(page, {key: "九点"}).status_code == 422
    assert 'id="results"' not in browse().get(page).content.decode()
    with as_of(timezone.now() + timedelta(days=2)):
        shown = browse().get(page).content.decode()
        assert "共 1 人参与" in shown
        assert "100.0%" in shown
        conclude = {"act": "conclude", "conclusion": "采纳，改为十点关门"}
        assert browse("operator12345").post(f"{desk}act/", conclude).status_code == 302
        assert "采纳，改为十点关门" in browse().get(page).content.decode()
