"""What applicants, providers and both sides of a contract are told."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import Appointment
from zhengtong.core.messages.public import MessageTemplate, NoticeTopic, send_message
from zhengtong.core.worklist.public import list_leaders
from zhengtong.kernel.policy import Actor

NOTICE_TOPIC = NoticeTopic(
    "contracts", _("数据共享"), _("共享申请的办理，合约的生效、变更和到期"), order=60, has_texts=False
)

MESSAGE_TEMPLATES = (
    MessageTemplate(
        "contracts.returned",
        _("共享申请需要补正"),
        _("“{resource}”的共享申请（{number}）需要补正，请在 {due} 前再次提交：{opinion}"),
    ),
    MessageTemplate(
        "contracts.refused",
        _("共享申请不予共享"),
        _("“{resource}”的共享申请（{number}）不予共享。理由：{reason}。{opinion}"),
        is_binding=True,
    ),
    MessageTemplate(
        "contracts.granted",
        _("共享申请已授权"),
        _("“{resource}”已授权共享给{consumer}，合约 {contract}，有效期至 {until}。"),
        is_binding=True,
    ),
    MessageTemplate(
        "contracts.position",
        _("请对共享争议陈述意见"),
        _("“{resource}”的共享申请（{number}）已提请协调，请陈述本单位意见。"),
    ),
    MessageTemplate(
        "contracts.decided",
        _("共享争议已有协调决定"),
        _("“{resource}”的共享申请（{number}）的协调决定：{decision}"),
        is_binding=True,
    ),
    MessageTemplate(
        "contracts.lapsed",
        _("共享申请视为撤回"),
        _("“{resource}”的共享申请（{number}）逾期没有补正，视为撤回。可以复制后重新申请。"),
    ),
    MessageTemplate(
        "contracts.due_soon",
        _("共享申请即将到期"),
        _("“{resource}”的共享申请（{number}）应当在 {due} 前办结，请尽快办理。"),
    ),
    MessageTemplate(
        "contracts.overdue",
        _("共享申请已超期"),
        _("“{resource}”的共享申请（{number}）应当在 {due} 前办结，现已超期。提供方审批超期的，申请单位可以提请协调。"),
    ),
    MessageTemplate(
        "contracts.suspended",
        _("共享合约已暂停"),
        _("“{resource}”的共享合约 {contract} 已暂停：{reason}"),
        is_binding=True,
    ),
    MessageTemplate(
        "contracts.resumed", _("共享合约已恢复"), _("“{resource}”的共享合约 {contract} 已恢复执行。"), is_binding=True
    ),
    MessageTemplate(
        "contracts.revoked",
        _("共享合约已撤销"),
        _("“{resource}”的共享合约 {contract} 已撤销：{reason}。依据：{basis}"),
        is_binding=True,
    ),
    MessageTemplate(
        "contracts.expires",
        _("共享合约即将到期"),
        _("“{resource}”的共享合约 {contract} 将于 {until} 到期，需要继续使用的请申请续期。"),
    ),
    MessageTemplate(
        "contracts.expired", _("共享合约已到期"), _("“{resource}”的共享合约 {contract} 已到期，不再提供数据。")
    ),
    MessageTemplate(
        "contracts.changed",
        _("合约的资源有变更"),
        _("“{resource}”有了不兼容的变更，合约 {contract} 可能受影响，请确认继续执行或者重新申请。"),
    ),
    MessageTemplate(
        "contracts.retired",
        _("合约的资源已停用"),
        _("“{resource}”已停用，合约 {contract} 可能不再有数据，请双方商定处理。"),
    ),
)
MOST_TOLD = 5


def tell(who: Appointment | None, template: str, *, actor: Actor, link: str, **context: object) -> None:
    """Tell one appointee in her messages."""
    if who is not None and who.staff.account_id is not None:
        send_message(
            actor=actor, recipient=who.staff.account, template=f"contracts.{template}", context=context, link=link
        )


def tell_office(
    organisation_id: int, permissions: Iterable[str], template: str, *, actor: Actor, link: str, **context: object
) -> None:
    """Tell those who lead an office, or do such work there."""
    for each in list_leaders(organisation_id, permissions)[:MOST_TOLD]:
        tell(each, template, actor=actor, link=link, **context)
