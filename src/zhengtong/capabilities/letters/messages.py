"""What writers are told at each step, in their messages and as a text; and those in the office whom they urge."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.letters.models import Letter
from zhengtong.core.messages.public import MessageTemplate, NoticeTopic, send_message
from zhengtong.core.worklist.public import list_leaders
from zhengtong.kernel.policy import Actor

MESSAGE_TEMPLATES = (
    MessageTemplate(
        "letters.received", _("来信已收到"), _("您的来信已收到，编号 {number}。凭编号和查询码可以查看办理进度。")
    ),
    MessageTemplate("letters.accepted", _("来信已受理"), _("您的来信（{number}）已受理，最迟 {due} 前答复。")),
    MessageTemplate("letters.declined", _("来信不予受理"), _("您的来信（{number}）不予受理：{reason}")),
    MessageTemplate("letters.dispatched", _("来信已派发"), _("您的来信（{number}）已派发{organisation}办理。")),
    MessageTemplate(
        "letters.extended", _("来信延期答复"), _("您的来信（{number}）情况复杂，答复期限延长至 {due}。理由：{reason}")
    ),
    MessageTemplate("letters.answered", _("来信已答复"), _("您的来信（{number}）已有答复，请查看并评价。")),
    MessageTemplate(
        "letters.reopened",
        _("来信重新办理"),
        _("您对来信（{number}）的答复不满意，已退回重新办理，最迟 {due} 前再次答复。"),
    ),
    MessageTemplate(
        "letters.followed_up",
        _("差评整改"),
        _("您对来信（{number}）的评价已转承办单位整改，最迟 {due} 前完成并回访您。"),
    ),
    MessageTemplate("letters.closed", _("来信已办结"), _("您的来信（{number}）已办结，感谢您的反映。")),
    MessageTemplate("letters.published", _("来信已公开"), _("经您同意，来信（{number}）隐去个人信息后已在网站公开。")),
    MessageTemplate("letters.urged", _("来信人催办"), _("来信人催办“{subject}”（{number}），期限 {due}，请尽快办理。")),
)

NOTICE_TOPIC = NoticeTopic("letters", _("来信和互动"), _("来信的受理、答复和公开"), order=20)


def tell_writer(letter: Letter, template: str, *, actor: Actor, **context: object) -> None:
    """Tell the writer, in her account when she has one and by text when she left a phone."""
    if letter.account is None and not letter.writer_phone:
        return
    link = f"/hall/letters/mine/{letter.public_id}/" if letter.account_id else ""
    send_message(
        actor=actor,
        recipient=letter.account,
        template=f"letters.{template}",
        context={"number": letter.number, **context},
        link=link,
        phone=letter.writer_phone,
    )


def tell_office(
    letter: Letter, permissions: tuple[str, ...], template: str, *, actor: Actor, **context: object
) -> None:
    """Tell whoever leads the office that has the letter, or does such work there."""
    for appointment in list_leaders(letter.organisation_id, permissions)[:5]:
        send_message(
            actor=actor,
            recipient=appointment.staff.account,
            template=f"letters.{template}",
            context={"number": letter.number, "subject": letter.subject, **context},
            link=f"/desk/letters/{letter.number}/",
        )
