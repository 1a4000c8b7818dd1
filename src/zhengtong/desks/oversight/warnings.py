"""What reaches the auditor without her asking: blocks that wait, and roots by e-mail to whoever keeps them outside."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.core.audit.public import JournalRoot, NotPublished, RootChannel, RootReceipt
from zhengtong.core.identity.public import Appointment
from zhengtong.core.messages.public import Message, MessageTemplate, send_message
from zhengtong.desks.oversight.trouble import describe_trouble
from zhengtong.kernel.policy import SYSTEM

WAITING: Final = "oversight_desk.blocks_wait"
ROOT_MAIL: Final = "oversight_desk.root"
AUDITOR: Final = "audit_administrator"
# The same trouble is told again after so long.
AGAIN: Final = timedelta(hours=4)

TEMPLATES = (
    MessageTemplate(
        WAITING,
        gettext_lazy("日志等待封存"),
        gettext_lazy("从 {since} 起，日志不能封存，现有 {count} 条在等待。原因：{reason}"),
    ),
    MessageTemplate(
        ROOT_MAIL,
        gettext_lazy("日志根"),
        gettext_lazy(
            "{site} 第 {number} 号日志根，{at} 封存，包含第 {first} 至第 {last} 个区块。"
            "摘要（SM3）：{hash}。请保存本邮件：日后可以用它核对导出的日志证据。公布页面：{url}"
        ),
    ),
)


@transaction.atomic
def warn_auditors() -> int:
    """Tell every auditor that blocks wait, once every few hours; return how many were told."""
    trouble = describe_trouble()
    if trouble is None:
        return 0
    told_since = timezone.now() - AGAIN
    today = timezone.localdate()
    held = Appointment.objects.filter(post__roles__role=AUDITOR, start_date__lte=today).exclude(end_date__lt=today)
    count = 0
    for appointment in held.select_related("staff__account"):
        account = appointment.staff.account
        if Message.objects.filter(recipient=account, template=WAITING, created_at__gte=told_since).exists():
            continue
        send_message(
            actor=SYSTEM,
            recipient=account,
            template=WAITING,
            context={
                "since": f"{timezone.localtime(trouble.since):%Y-%m-%d %H:%M}",
                "count": trouble.count,
                "reason": trouble.reason,
            },
            link=reverse("oversight_desk:blocks"),
        )
        count += 1
    return count


def say_mail() -> str:
    return str(settings.JOURNAL_ROOTS_MAIL)


def carry_by_mail(root: JournalRoot) -> str:
    """Put the first root of a day into the outgoing e-mail; the others of that day stand under the next."""
    day = timezone.localtime(root.closed_at).date()
    sent = RootReceipt.objects.filter(channel="mail", is_done=True, answer__contains="@").values("root")
    for earlier in JournalRoot.objects.filter(pk__in=sent, closed_at__gte=root.closed_at - timedelta(days=1)):
        if timezone.localtime(earlier.closed_at).date() == day:
            return _("当天已发过邮件（第 %(number)s 号），这个根由以后的根证明") % {"number": earlier.number}
    address = say_mail()
    try:
        message = send_message(
            actor=SYSTEM,
            recipient=None,
            template=ROOT_MAIL,
            mail=address,
            context={
                "site": settings.SITE_NAME,
                "number": root.number,
                "at": f"{timezone.localtime(root.closed_at):%Y-%m-%d %H:%M:%S}",
                "first": root.first,
                "last": root.last,
                "hash": root.hash,
                "url": f"{settings.PUBLIC_URL}{reverse('oversight_desk:public_root', args=[root.number])}",
            },
        )
    except ValueError as error:
        raise NotPublished(str(error)) from error
    return _("已交给邮件发送：%(address)s（消息 %(id)s）") % {"address": address, "id": message.public_id}


MAIL = RootChannel("mail", gettext_lazy("邮件"), say_mail, carry_by_mail)
