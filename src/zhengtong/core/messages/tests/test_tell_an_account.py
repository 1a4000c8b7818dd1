"""What identity has to tell somebody is in her messages, in words."""

import pytest

from tests.cast import Cast
from zhengtong.core.identity.public import ACCOUNT_NOTICES, AccountNotice, AccountNoticeRequested
from zhengtong.core.messages.public import Message, MessageTemplate
from zhengtong.kernel.events import publish
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import SYSTEM


def test_a_notice_is_in_her_messages(cast: Cast) -> None:
    account = cast.accounts["citizen"]
    publish(
        AccountNoticeRequested(
            actor=SYSTEM,
            account_id=account.pk,
            notice=AccountNotice.MANDATE_GRANTED,
            context={"principal": "王晓岚", "entity": "澜水面馆", "end": "长期有效"},
            link="/account/enterprises/",
        )
    )
    message = Message.objects.get(recipient=account)
    assert message.body == "王晓岚授权您作为“澜水面馆”的经办人，长期有效。办事时可以切换到它的身份。"
    assert message.link == "/account/enterprises/"


@pytest.mark.parametrize("notice", AccountNotice)
def test_every_notice_has_words(notice: AccountNotice) -> None:
    assert registry.get(MessageTemplate, f"identity.{notice}").title == ACCOUNT_NOTICES[notice][0]
