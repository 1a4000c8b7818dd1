"""A legal representative lets others act for the enterprise."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.events import AccountNotice, AccountNoticeRequested
from zhengtong.core.identity.models import Citizen, Mandate, MandateKind
from zhengtong.core.identity.representations import find_verified_citizen, represents_entity
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import Actor, Denied


@transaction.atomic
def grant_mandate(*, actor: Actor, mandate: Mandate, name: str, contact: str, end_date: date | None = None) -> Mandate:
    """Make the verified person of that name, and phone or number, an agent (经办人) of the entity of ``mandate``.

    ``mandate`` is the representative's own. The new one is verified at once, because she is; what the person had
    declared of herself becomes it. Raises InvalidIdentifier, Refused and Denied.
    """
    if actor.representation is not None or mandate.citizen.account_id != actor.account_id:
        raise Denied("identity.grant_mandate", visible=False)
    if not represents_entity(actor.account_id, mandate.legal_entity_id):
        raise Refused("not-representative", _("只有经核验的法定代表人（负责人）才能授权别人代表企业办事"))
    today = timezone.localdate()
    if end_date is not None and end_date < today:
        raise Refused("period", _("结束日期不能早于今天"), "end_date")
    agent = find_verified_citizen(name=name, contact=contact)
    if agent is None:
        raise Refused(
            "nobody", _("没有找到这个人：请核对姓名和手机号（或身份证号码），对方须已注册并通过实名核验"), "contact"
        )
    Citizen.objects.select_for_update().get(pk=agent.pk)
    others = Mandate.objects.filter(citizen=agent, legal_entity=mandate.legal_entity_id, revoked_at=None)
    others.filter(end_date__lt=today).update(revoked_at=timezone.now())
    held = others.first()
    if held is not None and (held.kind == MandateKind.LEGAL_REPRESENTATIVE or held.granted_by_id is not None):
        raise Refused("mandate-exists", _("这个人已经可以代表这家企业办事；要改期限请先撤销原来的授权"), "contact")
    granted = held or Mandate(citizen=agent, legal_entity_id=mandate.legal_entity_id, kind=MandateKind.AGENT)
    granted.granted_by, granted.end_date, granted.verified_at = mandate.citizen, end_date, timezone.now()
    granted.save()
    record(
        actor,
        "identity.mandate_granted",
        granted,
        after={"legal_entity": mandate.legal_entity_id, "citizen": agent.pk, "end_date": end_date},
    )
    tell_of_mandate(actor, granted, AccountNotice.MANDATE_GRANTED)
    return granted


def tell_of_mandate(actor: Actor, mandate: Mandate, notice: AccountNotice) -> None:
    publish(
        AccountNoticeRequested(
            actor=actor,
            account_id=mandate.citizen.account_id,
            notice=notice,
            context={
                "principal": mandate.granted_by.name if mandate.granted_by else "",
                "entity": mandate.legal_entity.name,
                "end": _("有效期至 %(date)s") % {"date": mandate.end_date} if mandate.end_date else _("长期有效"),
            },
            link="/account/enterprises/",
        )
    )
