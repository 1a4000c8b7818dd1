"""The cast, a store of its own, and letters brought to any stage through the real services."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests.cast import Cast, cast
from zhengtong.capabilities.letters.models import Letter, LetterCategory
from zhengtong.capabilities.letters.services import acceptance, answering, writing
from zhengtong.core.identity.public import Organisation, Region

__all__ = ["cast", "store", "write"]
BODY = "小区楼下的烧烤店每天营业到凌晨两点，油烟和吵闹声影响居民休息，请有关部门处理。"


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


class Post:
    """Writes letters and brings them on."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.county = Region.objects.get(code="990102")
        self.category = LetterCategory.objects.get(code="noise")
        self.bureau = Organisation.objects.get(name="澄波区市场监督管理局")

    def given(self, **changes: Any) -> dict[str, Any]:
        return {
            "kind": "complaint",
            "title": "楼下烧烤店深夜扰民",
            "body": BODY,
            "category": self.category.pk,
            "region": self.county.pk,
            "place": "望江街道书院街6号楼下",
            "writer_name": "李秋",
            "writer_phone": "13900005678",
            "may_publish": True,
            **changes,
        }

    def received(self, **changes: Any) -> Letter:
        given = self.given(**changes)
        draft = writing.start_draft(actor=self.cast.citizen, kind=given["kind"])
        writing.save_draft(draft=draft, answers=given)
        draft.refresh_from_db()
        return writing.submit_draft(actor=self.cast.citizen, draft=draft)

    def accepted(self, **changes: Any) -> Letter:
        return acceptance.accept_letter(actor=self.cast.operator12345, letter_id=self.received(**changes).pk)

    def dispatched(self, **changes: Any) -> Letter:
        letter = self.accepted(**changes)
        return acceptance.dispatch_letter(actor=self.cast.dispatcher, letter_id=letter.pk, organisation=self.bureau)

    def handling(self, **changes: Any) -> Letter:
        return acceptance.sign_letter(actor=self.cast.letter_handler, letter_id=self.dispatched(**changes).pk)

    def drafted(self, **changes: Any) -> Letter:
        letter = self.handling(**changes)
        text = "经现场核查，已责令该店22时前停止露天经营，并安装油烟净化设施。感谢您的监督。"
        answering.draft_answer(actor=self.cast.letter_handler, letter_id=letter.pk, text=text)
        letter.refresh_from_db()
        return letter

    def answered(self, **changes: Any) -> Letter:
        return answering.approve_answer(actor=self.cast.letter_approver, letter_id=self.drafted(**changes).pk)


@pytest.fixture
def write(cast: Cast) -> Post:
    return Post(cast)
