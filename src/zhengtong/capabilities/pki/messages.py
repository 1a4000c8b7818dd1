"""What holders and officers are told of certificates."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.pki.models import Certificate
from zhengtong.core.identity.public import Account, Appointment, Mandate, MandateKind
from zhengtong.core.messages.public import MessageTemplate, NoticeTopic, send_message
from zhengtong.kernel.policy import SYSTEM, Actor

NOTICE_TOPIC = NoticeTopic("pki", _("数字证书"), _("证书的颁发、到期和吊销"), order=40, has_texts=False)
MESSAGE_TEMPLATES = (
    MessageTemplate(
        "pki.issued", _("证书已颁发"), _("您申请的“{name}”{kind}（{number}）已经颁发，可以在“我的证书”下载。")
    ),
    MessageTemplate(
        "pki.ready",
        _("证书可以领取"),
        _("您申请的“{name}”{kind}（{number}）已经批准。请到“我的证书”设一个口令领取，只能领取一次。"),
    ),
    MessageTemplate(
        "pki.refused", _("证书申请未获批准"), _("您申请的“{name}”{kind}（{number}）没有批准。理由：{reason}")
    ),
    MessageTemplate(
        "pki.expiring",
        _("证书快要到期"),
        _("“{name}”{kind}将在 {day} 到期，还有 {left} 个工作日。请及时换发，换发后新旧证书同时有效到旧证书到期。"),
        is_binding=True,
    ),
    MessageTemplate(
        "pki.revoked",
        _("证书已吊销"),
        _("“{name}”{kind}（序列号 {serial}）已经吊销，原因：{reason}。"),
        is_binding=True,
    ),
)
MINE, DESK = "/account/certificates/", "/desk/trust/certificates/"


def tell(recipient: Account | None, template: str, *, actor: Actor, link: str = MINE, **context: object) -> None:
    """Tell an account, where there is one."""
    if recipient is not None:
        send_message(actor=actor, recipient=recipient, template=template, context=context, link=link)


def list_holders(certificate: Certificate) -> list[Account]:
    """Return who is told of a certificate: its person, or those who represent its enterprise."""
    if certificate.account is not None:
        return [certificate.account]
    if certificate.legal_entity is None:
        return []
    live = Mandate.objects.filter(
        legal_entity=certificate.legal_entity,
        kind=MandateKind.LEGAL_REPRESENTATIVE,
        revoked_at=None,
        verified_at__isnull=False,
    )
    return list(Account.objects.filter(citizen__mandates__in=live).distinct().order_by("pk"))


def tell_officers(template: str, *, link: str = DESK, **context: object) -> None:
    """Tell everyone who enters applications now."""
    from django.utils import timezone

    today = timezone.localdate()
    held = Appointment.objects.filter(
        post__roles__role="ca_officer", start_date__lte=today, staff__account__is_active=True
    )
    for account in Account.objects.filter(pk__in=held.exclude(end_date__lt=today).values("staff__account_id")).order_by(
        "pk"
    ):
        tell(account, template, actor=SYSTEM, link=link, **context)
