"""An officer opens 文书模板, changes a notice, sees what it makes and what is wrong; the legal office publishes it."""

import pytest
from django.test import Client

from tests.cast import Cast
from tests.conformance.samples import SIGNS_IN
from zhengtong.core.papers import public as papers

HOME = "/desk/administration/templates/"
KIND = "cases.acceptance"
PAGE = f"{HOME}{KIND}/"
WORDS = "请在期限内留意办理进度。"


def browser(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[name], SIGNS_IN)
    return client


@pytest.fixture
def editor(cast: Cast) -> Client:
    return browser(cast, "compiler")


def save(editor: Client, text: str, revision: int = 0) -> str:
    typed = {"source": text.replace("\n", "\r\n"), "revision": revision}
    return editor.post(f"{PAGE}draft/save/", typed, follow=True).content.decode()


def test_from_the_list_to_a_notice_in_new_words(cast: Cast, editor: Client) -> None:
    said = editor.get(HOME).content.decode()
    assert "受理通知书" in said
    assert "系统自带" in said
    assert "data:image/png;base64," in editor.get(PAGE).content.decode()
    assert editor.post(f"{PAGE}start/").status_code == 302
    draft = papers.get_open(KIND)
    assert draft is not None
    said = save(editor, draft.source.replace("#closing()", f"{WORDS}\n\n#closng()"))
    assert "第 22 行：“closng”没有定义" in said
    assert "送审</button>" not in said
    said = save(editor, draft.source.replace("#closing()", f"{WORDS}\n\n#closing()"), revision=1)
    assert f"<ins>{WORDS}</ins>" in said
    said = editor.post(f"{PAGE}draft/submit/", {"revision": 2, "reason": "按新办法"}, follow=True).content.decode()
    assert "等审核人审核发布" in said
    legal = browser(cast, "legal")
    assert "审核通过并发布" in legal.get(f"{PAGE}draft/").content.decode()
    said = legal.post(f"{PAGE}draft/publish/", {"revision": 3}, follow=True).content.decode()
    assert "已发布第 1 版" in said
    assert WORDS in said
    assert legal.get(f"{PAGE}preview.pdf?version=1").content.startswith(b"%PDF")
    assert "第 1 版" in legal.get(HOME).content.decode()
    assert f"<del>{WORDS}</del>" in legal.get(f"{PAGE}versions/0/?against=1").content.decode()


def test_what_was_typed_while_a_colleague_saved_isnt_lost(editor: Client) -> None:
    editor.post(f"{PAGE}start/")
    save(editor, "先保存的")
    said = save(editor, "<script>后保存的</script>", revision=0)
    assert "刚被别人改过" in said
    assert "&lt;script&gt;后保存的&lt;/script&gt;" in said
    draft = papers.get_open(KIND)
    assert draft is not None
    assert draft.source == "先保存的"


def test_whoever_keeps_no_templates_sees_none(cast: Cast, editor: Client) -> None:
    reviewer = browser(cast, "reviewer")
    for address in (HOME, PAGE, f"{PAGE}draft/", f"{PAGE}preview.pdf"):
        assert reviewer.get(address).status_code == 403
    assert reviewer.post(f"{PAGE}start/").status_code == 403
    editor.post(f"{PAGE}start/")
    assert editor.post(f"{PAGE}draft/publish/", {"revision": 0}).status_code == 403


@pytest.mark.parametrize("address", [f"{HOME}nothing.here/", f"{PAGE}versions/7/"])
def test_what_there_isnt_is_not_found(editor: Client, address: str) -> None:
    assert editor.get(address).status_code == 404


def test_acts_on_a_draft_that_is_gone_lead_to_the_template(editor: Client) -> None:
    for act in ("save", "submit", "abandon"):
        said = editor.post(f"{PAGE}draft/{act}/", {"revision": 0, "reason": "x", "source": "x"}, follow=True)
        assert "已经发布或者放弃" in said.content.decode()
