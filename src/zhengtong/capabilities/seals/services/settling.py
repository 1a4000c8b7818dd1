"""What every act on a seal shares: locks, separation of duties, numbers, the next person's work item, messages."""

from typing import Any

from django.db import connection
from django.db.models import Max, Model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.seals.domain import (
    Act,
    NotNow,
    Purpose,
    SealState,
    Stage,
    find_conflict,
    next_stage,
    next_state,
)
from zhengtong.capabilities.seals.models import RuleKey, Seal, SealApplication, SealStep
from zhengtong.capabilities.seals.models.applications import ActWords
from zhengtong.capabilities.seals.permissions import APPROVE, FILE, KEEP, MAKE, REVIEW
from zhengtong.capabilities.seals.selectors import get_rule
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Appointment, Refused
from zhengtong.core.messages.public import send_message
from zhengtong.core.worklist.public import close_item, open_item
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import Actor, ActorKind, Denied, can, require

APPLICATION_KIND, USE_KIND, BATCH_KIND = "seals.application", "seals.use", "seals.batch"
# Whose turn it is at a stage, and by which rule it has its days.
TURN: dict[Stage, tuple[str, RuleKey]] = {
    Stage.REVIEW: (REVIEW, RuleKey.REVIEW_DAYS),
    Stage.APPROVAL: (APPROVE, RuleKey.APPROVAL_DAYS),
    Stage.MAKING: (MAKE, RuleKey.MAKING_DAYS),
    Stage.FILING: (FILE, RuleKey.FILING_DAYS),
    Stage.ENABLING: (KEEP, RuleKey.ENABLING_DAYS),
    Stage.RETURNED: ("seals.apply", RuleKey.RETURNED_DAYS),
}


def lock_seal(seal_id: int) -> Seal:
    related = ("organisation__region", "keeper__staff", "making__certificate", "making__sm2_certificate")
    return Seal.objects.select_for_update(of=("self",)).select_related(*related).get(pk=seal_id)


def lock_application(application_id: int) -> SealApplication:
    """Return the application with its seal, both locked, the seal first: as in every act."""
    seal_id = SealApplication.objects.values_list("seal_id", flat=True).get(pk=application_id)
    seal = lock_seal(seal_id)
    found = SealApplication.objects.select_for_update(of=("self",)).select_related("applicant__staff__account")
    application = found.get(pk=application_id)
    application.seal = seal
    return application


def require_seal(actor: Actor, permission: str, row: Model) -> None:
    """Raise Denied where ``actor`` may not do this there; invisible where she may not even see it."""
    if not can(actor, "seals.view", row) and not can(actor, permission, row):
        raise Denied(permission, visible=False)
    require(actor, permission, row)


def next_number(prefix: str, model: type[Model]) -> str:
    """Return the next number of the year: YZ2026000012. Held until the transaction ends, so no two are alike."""
    year = timezone.localdate().year
    head = f"{prefix}{year}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"seals:{head}"])
    last = model._default_manager.filter(number__startswith=head).aggregate(last=Max("number"))["last"]
    return f"{head}{int(last[len(head) :]) + 1 if last else 1:06d}"


def due_in(days: int) -> Any:
    """Return the end of the working day that lies ``days`` working days ahead."""
    calendar = get_calendar()
    return calendar.end_of_day(calendar.add_working_days(timezone.localdate(), days))


def note_step(
    *, actor: Actor, seal: Seal, act: Act, application: SealApplication | None = None, opinion: str = ""
) -> SealStep:
    """Add a line to the seal's history. An agent's step is hers: the account says who it was."""
    return SealStep.objects.create(
        seal=seal,
        application=application,
        act=ActWords(act.value),
        by_id=actor.agent or actor.appointment,
        account_id=actor.account_id,
        at=timezone.now(),
        opinion=opinion.strip()[:500],
    )


def require_apart(actor: Actor, application: SealApplication, act: Act) -> None:
    """Raise Refused when the same person took a step that this one is there to watch."""
    if actor.kind is ActorKind.SYSTEM or actor.account_id is None:
        return
    steps = application.steps.exclude(account=None).values_list("act", "account_id")
    found = find_conflict(act, ((Act(each), who) for each, who in steps if who is not None), actor.account_id)
    if found is not None:
        raise Refused(
            "same-person",
            _("您已办过这枚印章的“%(before)s”，不能再办“%(act)s”，请由另一个人办理。")
            % {"before": ActWords(found.value).label, "act": ActWords(act.value).label},
        )


def advance(*, actor: Actor, application: SealApplication, act: Act, opinion: str = "") -> Stage:
    """Take a step of a locked application: check the turn and the people, write the history, hand on the work.

    Raises Refused.
    """
    before = Stage(application.stage)
    try:
        after = next_stage(Purpose(application.purpose), before, act)
    except NotNow:
        raise Refused(
            "not-now",
            _("这件申请现在是“%(stage)s”，不能办“%(act)s”，可能别人刚刚办过。请刷新后再看。")
            % {"stage": application.get_stage_display(), "act": ActWords(act.value).label},
        ) from None
    require_apart(actor, application, act)
    note_step(actor=actor, seal=application.seal, act=act, application=application, opinion=opinion)
    application.stage = after.value
    done = after in (Stage.DONE, Stage.REFUSED, Stage.WITHDRAWN)
    application.ended_at = timezone.now() if done else None
    application.due_at = None if done else due_in(get_rule(TURN[after][1]))
    application.save(update_fields=["stage", "due_at", "ended_at"])
    close_item(
        kind=APPLICATION_KIND, object_id=application.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent
    )
    if not done:
        hand_on(application)
    record(
        actor,
        f"seals.{act.value}",
        application,
        before={"stage": before},
        after={"stage": after, "code": application.seal.code, "opinion": opinion.strip()[:500]},
    )
    return after


def hand_on(application: SealApplication) -> None:
    """Put the application on the list of whose turn it is."""
    stage = Stage(application.stage)
    permission, _rule = TURN[stage]
    open_item(
        kind=APPLICATION_KIND,
        object_id=application.pk,
        organisation_id=application.organisation_id,
        permission=permission,
        reference=application.number,
        title=_("%(purpose)s印章：%(name)s")
        % {"purpose": application.get_purpose_display(), "name": application.seal.name},
        party=str(application.organisation),
        step=str(application.get_stage_display()),
        url=reverse("seals_desk:application", args=[application.number]),
        assignee_id=application.applicant_id if stage is Stage.RETURNED else None,
        due_at=application.due_at,
    )


def turn_seal(seal: Seal, act: Act) -> None:
    """Move a locked seal's state. Raises Refused."""
    try:
        seal.state = next_state(SealState(seal.state), act).value
    except NotNow:
        raise Refused(
            "not-now",
            _("“%(seal)s”现在是“%(state)s”，不能办“%(act)s”。")
            % {"seal": seal.name, "state": seal.get_state_display(), "act": ActWords(act.value).label},
        ) from None


def say_reason(reason: str) -> str:
    """Return a reason as it is kept. Raises Refused when there is none."""
    said = " ".join(reason.split())
    if len(said) < 2:
        raise Refused("no-reason", _("请写明理由。"), "reason")
    return said[:500]


def say_opinion(opinion: str) -> str:
    said = " ".join(opinion.split())
    if len(said) < 2:
        raise Refused("no-opinion", _("请写明理由，让申请人知道怎么改。"), "opinion")
    return said[:500]


def tell(appointment: Appointment | None, template: str, *, actor: Actor, link: str, **context: object) -> None:
    """Tell an appointee in her messages."""
    if appointment is not None and appointment.staff.account_id is not None:
        send_message(actor=actor, recipient=appointment.staff.account, template=template, context=context, link=link)
