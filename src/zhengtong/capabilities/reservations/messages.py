"""What people are told of their reservations, in their messages and as a text."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.reservations.models import Reservation
from zhengtong.core.messages.public import MessageTemplate, send_message
from zhengtong.kernel.policy import Actor

MESSAGE_TEMPLATES = (
    MessageTemplate(
        "reservations.booked",
        _("预约成功"),
        _("您已预约 {when} 到{hall}办理“{business}”，预约码 {code}。请带好材料，到厅后报到取号。"),
    ),
    MessageTemplate("reservations.changed", _("预约已改期"), _("您到{hall}的预约已改到 {when}，预约码 {code} 不变。")),
    MessageTemplate("reservations.cancelled", _("预约已取消"), _("您 {when} 到{hall}的预约已取消。")),
    MessageTemplate(
        "reservations.reminder",
        _("明天的预约"),
        _("提醒：您预约了 {when} 到{hall}办理“{business}”，预约码 {code}。不能来请提前取消，把位置让给别人。"),
    ),
    MessageTemplate(
        "reservations.no_show",
        _("预约未到"),
        _("您 {when} 到{hall}的预约没有报到，记为爽约。多次爽约会暂停网上预约，到大厅现场取号不受影响。"),
    ),
)


def say_when(starts_at: datetime, ends_at: datetime) -> str:
    """Return 11月23日 09:00—09:30."""
    first, last = timezone.localtime(starts_at), timezone.localtime(ends_at)
    return f"{first.month}月{first.day}日 {first:%H:%M}—{last:%H:%M}"


def tell_reserver(reservation: Reservation, template: str, *, actor: Actor) -> None:
    """Send the message ``reservations.<template>``, with all that any of them says."""
    slot = reservation.slot
    send_message(
        actor=actor,
        recipient=reservation.account,
        template=f"reservations.{template}",
        context={
            "when": say_when(slot.starts_at, slot.ends_at),
            "hall": reservation.hall.name,
            "business": reservation.item.name if reservation.item else slot.group.name,
            "code": reservation.code,
        },
        link=f"/hall/appointments/{reservation.public_id}/",
        phone=reservation.phone,
    )
