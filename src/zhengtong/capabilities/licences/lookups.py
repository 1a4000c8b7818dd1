"""Looking a licence up by its holder, with her consent (电子证照共享: 持证主体授权): another organ asks, she answers,
and what she allows ends by itself. Every look is recorded under her name."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.public import Unacceptable
from zhengtong.capabilities.licences.models import Licence, LicenceLookup, LookupState
from zhengtong.capabilities.licences.selectors import list_licences
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.messages.public import MessageTemplate, send_message
from zhengtong.kernel.policy import Actor, Denied, require, visible

LOOK_UP = "licences.look_up"
# How long an organ may look at what it was allowed to, and how long a question waits for its answer.
ALLOWED_DAYS, WAITING_DAYS = 7, 15
ASKED = MessageTemplate(
    "licences.lookup_asked",
    _("有单位申请查看您的证照"),
    _("{organisation}申请查看您的“{title}”（{number}），用途：{purpose}。请登录后决定是否同意。"),
    belongs_to="cases",
)


@transaction.atomic
def ask_lookup(*, actor: Actor, number: str, holder_number: str, purpose: str) -> LicenceLookup:
    """Ask the holder of the licence ``number`` to let the actor's organ see it.

    Number and holder's number have to belong together, so that nobody tries out numbers. Raises Unacceptable, Denied.
    """
    require(actor, LOOK_UP)
    if not purpose.strip():
        raise Unacceptable(_("请写明用途。"), "purpose")
    found = Licence.objects.select_related("paper", "account").filter(number=number.strip()).first()
    given = holder_number.strip().upper()
    if found is None or not given or found.holder_number.strip().upper() != given:
        raise Unacceptable(_("没有证照编号和持证主体代码都相符的证照，请核对。"), "number")
    if found.account is None:
        raise Unacceptable(_("持证主体没有网上账号，请当面查验证照。"), "number")
    waiting = LicenceLookup.objects.filter(licence=found, organisation_id=actor.organisation or 0)
    if waiting.filter(state=LookupState.ASKED, ends_at__gt=timezone.now()).exists():
        raise Unacceptable(_("本单位已经申请过，正在等持证主体答复。"), "number")
    made = LicenceLookup.objects.create(
        licence=found,
        organisation_id=actor.organisation or 0,
        asked_by_id=actor.held_appointment,
        purpose=purpose.strip()[:200],
        ends_at=timezone.now() + timedelta(days=WAITING_DAYS),
    )
    record(actor, "licences.ask_lookup", made, after={"number": found.number, "purpose": made.purpose})
    send_message(
        actor=actor,
        recipient=found.account,
        template=ASKED.code,
        context={
            "organisation": made.organisation.name,
            "title": found.paper.title,
            "number": found.number,
            "purpose": made.purpose,
        },
        link="/hall/licences/lookups/",
    )
    return made


@transaction.atomic
def answer_lookup(*, actor: Actor, lookup: LicenceLookup, is_allowed: bool) -> LicenceLookup:
    """Allow or refuse, or take back what was allowed, as the holder. Raises Denied and Unacceptable."""
    held = LicenceLookup.objects.select_for_update(of=("self",)).select_related("licence").get(pk=lookup.pk)
    if not list_licences(actor).filter(pk=held.licence_id).exists():
        raise Denied("licences.answer_lookup", visible=False)
    if held.ends_at <= timezone.now() or held.state == LookupState.REFUSED:
        raise Unacceptable(_("这个申请已经结束，不用再答复。"))
    if held.state == LookupState.ALLOWED and is_allowed:
        return held
    before = held.state
    held.state, held.answered_at = (LookupState.ALLOWED if is_allowed else LookupState.REFUSED), timezone.now()
    if is_allowed:
        held.ends_at = held.answered_at + timedelta(days=ALLOWED_DAYS)
    held.save(update_fields=["state", "answered_at", "ends_at"])
    record(actor, "licences.answer_lookup", held, before={"state": before}, after={"state": held.state})
    return held


@transaction.atomic
def open_lookup(*, actor: Actor, lookup: LicenceLookup) -> Licence:
    """Return the licence that its holder lets the actor's organ see; the look is recorded. Raises Denied,
    Unacceptable."""
    require(actor, LOOK_UP, lookup)
    held = LicenceLookup.objects.select_related("licence__paper", "licence__organisation").get(pk=lookup.pk)
    if held.state != LookupState.ALLOWED or held.ends_at <= timezone.now():
        raise Unacceptable(_("持证主体还没有同意，或者同意的期限已过。"))
    found = held.licence
    record(
        actor.stating(held.purpose),
        "licences.look_at_licence",
        found,
        after={"purpose": held.purpose},
        subject=digest(found.holder_number),
    )
    return found


def list_lookups(actor: Actor) -> QuerySet[LicenceLookup]:
    """Return what the actor's organ asked for, the newest first."""
    found = visible(actor, LOOK_UP, LicenceLookup.objects.all())
    return found.select_related("licence__paper", "organisation", "asked_by__staff").order_by("-id")


def list_asked_of(actor: Actor) -> QuerySet[LicenceLookup]:
    """Return what is asked of a holder, and what she answered, the newest first; the waiting ones that ended, not."""
    mine = LicenceLookup.objects.filter(licence__in=list_licences(actor))
    open_or_answered = ~Q(state=LookupState.ASKED) | Q(ends_at__gt=timezone.now())
    return mine.filter(open_or_answered).select_related("licence__paper", "organisation").order_by("-id")
