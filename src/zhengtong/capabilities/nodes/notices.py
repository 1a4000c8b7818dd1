"""The first kind of message: a short notice from the operators of one node to those of the other."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.capabilities.nodes.declarations import MessageKind, Received, Unacceptable
from zhengtong.capabilities.nodes.models import Node, Notice, OutgoingMessage, Priority
from zhengtong.capabilities.nodes.services.sending import refuse_beyond, send_message
from zhengtong.capabilities.nodes.services.settling import require_words
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step

LONGEST = 2000


def receive_notice(received: Received) -> Mapping[str, Any]:
    """Keep the notice for the operators. Raises Unacceptable."""
    try:
        given = json.loads(received.body)
        text, who = given["text"], given["who"]
        if not isinstance(text, str) or not isinstance(who, str) or not 0 < len(text) <= LONGEST or "\x00" in text:
            raise ValueError
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Unacceptable("unreadable", _("通知的内容读不懂。")) from None
    Notice.objects.create(
        node=received.node,
        message_id=received.message_id,
        is_incoming=True,
        content={"title": received.title, "text": text},
        who=who[:100],
    )
    return {"shown": True}


def send_notice(
    *, actor: Actor, node: Node, title: str, text: str, mark: int = Mark.INTERNAL, is_urgent: bool = False
) -> OutgoingMessage:
    """Send a notice to the operators of ``node``. Raises Refused and Denied."""
    said = require_words(text, "text", most=LONGEST)
    refuse_beyond(actor=actor, node=node, kind=NOTICE.code, title=title, mark=mark)
    return _send(actor=actor, node=node, title=title, said=said, mark=mark, is_urgent=is_urgent)


@step()
def _send(*, actor: Actor, node: Node, title: str, said: str, mark: int, is_urgent: bool) -> OutgoingMessage:
    message = send_message(
        actor=actor,
        node=node,
        kind=NOTICE.code,
        body=json.dumps({"text": said, "who": actor.name}, ensure_ascii=False).encode(),
        title=title,
        mark=mark,
        priority=Priority.URGENT if is_urgent else Priority.ORDINARY,
    )
    Notice.objects.create(
        node=node,
        message_id=message.message_id,
        is_incoming=False,
        content={"title": message.title, "text": said},
        who=actor.name[:100],
    )
    return message


NOTICE = MessageKind("nodes.notice", gettext_lazy("通知"), receive_notice)
