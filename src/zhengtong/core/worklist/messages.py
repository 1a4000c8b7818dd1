"""What people are told when work comes to them without their asking."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import Appointment, list_colleagues
from zhengtong.core.messages.public import MessageTemplate, send_message
from zhengtong.core.worklist.declarations import LeadingRole, WorkPage
from zhengtong.kernel.modules import Role, registry
from zhengtong.kernel.policy import Actor

MESSAGE_TEMPLATES = (
    MessageTemplate("worklist.given_one", _("有任务转给您"), _("{name}把“{title}”（{reference}）转给您办理：{reason}")),
    MessageTemplate("worklist.given_many", _("有任务转给您"), _("{name}把 {count} 件任务转给您办理：{reason}")),
    MessageTemplate(
        "worklist.recalled", _("任务已撤回"), _("{name}撤回了转给您的“{title}”（{reference}），不用再办理。")
    ),
    MessageTemplate(
        "worklist.reassigned_one",
        _("任务已改派"),
        _("{name}把您手中的“{title}”（{reference}）改派给{receiver}，不用再办理：{reason}"),
    ),
    MessageTemplate(
        "worklist.reassigned_many",
        _("任务已改派"),
        _("{name}把您手中的 {count} 件任务改派给{receiver}，不用再办理：{reason}"),
    ),
    MessageTemplate(
        "worklist.succeeded",
        _("机构调整"),
        _("{name}的职责由本单位承接，{count} 件未办结的任务转入本单位，其中 {free} 件待领办。"),
    ),
    MessageTemplate(
        "worklist.handed_over", _("工作移交"), _("{name}的任职已结束，{count} 件未办结的任务移交给您，请核对交接清单。")
    ),
    MessageTemplate(
        "worklist.back_in_office",
        _("工作移交"),
        _("{name}的任职已结束，{count} 件未办结的任务已退回本单位待领办，请安排人员领办。"),
    ),
)


def page_address(code: str) -> str:
    """Return the address of a desk's page, "" when no desk has it."""
    try:
        page = registry.get(WorkPage, code)
    except LookupError:
        return ""
    return reverse(page.url_name) + page.query


def tell(actor: Actor, to: Appointment, template: str, *, link: str = "", **context: object) -> None:
    """Send one of the templates to who holds ``to``."""
    send_message(actor=actor, recipient=to.staff.account, template=f"worklist.{template}", context=context, link=link)


def list_leaders(organisation_id: int, permissions: Iterable[str]) -> list[Appointment]:
    """Return who leads an office, or whoever may do work that asks for one of ``permissions`` where nobody does."""
    leading = [leader.role for leader in registry.of(LeadingRole)]
    colleagues = list_colleagues(organisation_id).select_related("staff__account")
    led = list(colleagues.filter(post__roles__role__in=leading))
    return led or list(colleagues.filter(post__roles__role__in=list_roles(permissions)))


def list_roles(permissions: Iterable[str]) -> list[str]:
    """Return the roles that hold one of ``permissions``."""
    wanted = set(permissions)
    return [role.code for role in registry.of(Role) if not wanted.isdisjoint(role.permissions)]
