"""What applicants are told, in their messages and as a text."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.models import Case
from zhengtong.core.identity.public import list_live_representations
from zhengtong.core.messages.public import MessageTemplate, NoticeTopic, send_message
from zhengtong.kernel.policy import Actor

# What 行政许可法 art. 32, 37, 38, 42, 44 and 45 have the organ tell an applicant can't be switched off.
MESSAGE_TEMPLATES = (
    MessageTemplate(
        "cases.submitted",
        _("申请已收到"),
        _("您申请的“{item}”已收到，编号 {number}。我们将在 {days} 个工作日内答复是否受理。"),
        is_binding=True,
    ),
    MessageTemplate(
        "cases.accepted", _("申请已受理"), _("您申请的“{item}”（{number}）已受理，承诺 {due} 前办结。"), is_binding=True
    ),
    MessageTemplate(
        "cases.corrections",
        _("请补正材料"),
        _("您申请的“{item}”（{number}）需要补正 {count} 处，请登录查看补正通知。"),
        is_binding=True,
    ),
    MessageTemplate(
        "cases.turned_away",
        _("申请不予受理"),
        _("您申请的“{item}”（{number}）不予受理，理由和去处请登录查看决定书。"),
        is_binding=True,
    ),
    MessageTemplate(
        "cases.site_visit", _("现场核查通知"), _("您申请的“{item}”（{number}）将于 {at} 现场核查，请安排人员在场。")
    ),
    MessageTemplate(
        "cases.special_procedure",
        _("办理中的特别程序"),
        _("您申请的“{item}”（{number}）需要{matter}，所需 {days} 个工作日不计入办理期限，详见告知书。"),
        is_binding=True,
    ),
    MessageTemplate(
        "cases.extended",
        _("办理期限延长"),
        _("您申请的“{item}”（{number}）办理期限延长至 {due}，理由见告知书。"),
        is_binding=True,
    ),
    MessageTemplate(
        "cases.granted",
        _("申请已获准"),
        _("您申请的“{item}”（{number}）已准予许可，请登录下载电子证照。"),
        is_binding=True,
    ),
    MessageTemplate(
        "cases.refused",
        _("申请不予许可"),
        _("您申请的“{item}”（{number}）不予许可，理由和救济途径请登录查看决定书。"),
        is_binding=True,
    ),
    MessageTemplate(
        "cases.consultation_late",
        _("征求的意见已到期"),
        _("{asker}就“{item}”（{number}）征求本单位意见，答复期限 {due} 已过，请尽快答复。"),
    ),
    MessageTemplate("cases.delivered", _("文书已送达"), _("“{item}”（{number}）的文书已送达，请对本次服务作出评价。")),
)


NOTICE_TOPIC = NoticeTopic("cases", _("办件进展"), _("收到、受理、补正、核查、决定、送达"), order=10)


def tell_applicant(case: Case, template: str, *, actor: Actor, **context: object) -> None:
    """Tell the applicant, in her account when she has one, and by text; and the guardian or agent who applied for her,
    while that lasts. ``template`` is one of :data:`MESSAGE_TEMPLATES`, or another module's by its full code.
    """
    template = template if "." in template else f"cases.{template}"
    known = {"item": case.item_name, "number": case.number, **context}
    link = f"/hall/cases/{case.public_id}/" if case.account_id else ""
    send_message(
        actor=actor,
        recipient=case.account,
        template=template,
        context=known,
        link=link,
        phone=case.applicant_phone,
    )
    agent = case.applied_by
    if agent is not None and list_live_representations(agent).filter(principal__account=case.account_id).exists():
        send_message(actor=actor, recipient=agent, template=template, context=known, link=link)
