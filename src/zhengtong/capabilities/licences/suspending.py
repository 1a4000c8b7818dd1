"""暂停使用: a licence is without effect for a time, by the organ that issued it, with a reason; and has it back."""

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.public import Unacceptable
from zhengtong.capabilities.licences.changing import DECIDE
from zhengtong.capabilities.licences.models import Licence
from zhengtong.core.audit.public import record
from zhengtong.core.messages.public import MessageTemplate, send_message
from zhengtong.core.papers.public import resume_paper, suspend_paper
from zhengtong.kernel.policy import Actor, require

SUSPENDED = MessageTemplate(
    "licences.suspended",
    _("证照已暂停使用"),
    _("您的证照 {number} 自即日起暂停使用，理由：{reason}。有异议的，可以依法申请行政复议或者提起行政诉讼。"),
    is_binding=True,
    belongs_to="cases",
)
RESUMED = MessageTemplate(
    "licences.resumed", _("证照已恢复使用"), _("您的证照 {number} 已恢复使用。"), is_binding=True, belongs_to="cases"
)


@transaction.atomic
def suspend_licence(*, actor: Actor, licence: Licence, reason: str) -> Licence:
    """Suspend a licence that is in force. Raises Unacceptable and Denied."""
    require(actor, DECIDE, licence)
    held = Licence.objects.select_for_update(of=("self",)).select_related("paper").get(pk=licence.pk)
    if held.paper.revoked_at is not None or held.paper.suspended_at is not None:
        raise Unacceptable(_("这个证照已经暂停或者已经失效，不能再暂停。"))
    if not reason.strip():
        raise Unacceptable(_("请写明理由。"), "reason")
    suspend_paper(paper=held.paper, reason=reason.strip())
    record(actor, "licences.suspend_licence", held, after={"number": held.number, "reason": reason.strip()[:300]})
    _tell(actor, held, SUSPENDED.code, {"number": held.number, "reason": reason.strip()[:100]})
    return held


@transaction.atomic
def resume_licence(*, actor: Actor, licence: Licence, reason: str) -> Licence:
    """Give a suspended licence its effect back. Raises Unacceptable and Denied."""
    require(actor, DECIDE, licence)
    held = Licence.objects.select_for_update(of=("self",)).select_related("paper").get(pk=licence.pk)
    if held.paper.suspended_at is None:
        raise Unacceptable(_("这个证照没有暂停。"))
    if not reason.strip():
        raise Unacceptable(_("请写明理由。"), "reason")
    resume_paper(paper=held.paper)
    record(actor, "licences.resume_licence", held, after={"number": held.number, "reason": reason.strip()[:300]})
    _tell(actor, held, RESUMED.code, {"number": held.number})
    return held


def _tell(actor: Actor, licence: Licence, template: str, context: dict[str, str]) -> None:
    if licence.account is not None:
        send_message(actor=actor, recipient=licence.account, template=template, context=context, link="/hall/licences/")
