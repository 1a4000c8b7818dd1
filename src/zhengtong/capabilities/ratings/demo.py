"""What became of the demo city's bad ratings: those of old were put right long ago, the latest are under way."""

from datetime import datetime, time, timedelta
from itertools import cycle

from django.db.models import F
from django.utils import timezone

from zhengtong.capabilities.ratings.models import Finding, FollowUp, FollowUpState
from zhengtong.capabilities.ratings.permissions import HANDLE, VERIFY
from zhengtong.capabilities.ratings.services import following
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Appointment, get_account_actor, get_citizen_actor
from zhengtong.core.messages.public import Message, MessageState
from zhengtong.kernel.demo import DemoContext, as_of, held_jobs
from zhengtong.kernel.policy import SYSTEM, Actor

title = "差评整改"
SETTLED_DAYS = 12
_NOTES = (
    "电话联系，对方说等了几天没有人告知进度，情况属实。",
    "电话联系，对方说窗口电话多次打不通，情况属实。",
    "当面沟通，对方说明了不满意的原因，情况属实。",
)
_MEASURES = (
    "办理超过三天的主动电话告知进度，并提醒当事人员。",
    "窗口增加一部电话，安排专人接听。",
    "重新梳理一次性告知单。",
)
_REPLIES = (
    "给您添麻烦了。今后办理超过三天，我们会主动打电话告诉您进度。",
    "窗口电话已经增加一部，有人值守。谢谢您提的意见。",
    "一次性告知单已经改写，您下次办理可以少跑一趟。",
)


def load(context: DemoContext) -> None:
    """Bring each follow-up as far as it would be by now."""
    rng, texts = context.rng("ratings"), cycle(zip(_NOTES, _MEASURES, _REPLIES, strict=True))
    followed = 0
    with held_jobs():
        for follow_up in FollowUp.objects.filter(state=FollowUpState.CONTACT).select_related(
            "case__account", "case__legal_entity"
        ):
            handlers, verifiers = _staff(follow_up, HANDLE, context), _staff(follow_up, VERIFY, context)
            if not handlers or not verifiers:
                continue
            age = (timezone.now() - follow_up.opened_at).days
            steps = 3 if age >= SETTLED_DAYS else rng.choice((0, 1, 2)) if age >= 2 else 0
            _follow(follow_up, steps, rng.choice(handlers), rng.choice(verifiers), next(texts))
            followed += 1
    # What was written weeks ago was sent weeks ago.
    Message.objects.filter(state=MessageState.QUEUED, created_at__lt=timezone.now() - timedelta(hours=1)).update(
        state=MessageState.SENT, sent_at=F("created_at"), delivered_at=F("created_at"), attempts=1
    )
    record(SYSTEM, "demo.load", ("ratings", context.seed), after={"follow_ups": followed})


def _staff(follow_up: FollowUp, permission: str, context: DemoContext) -> list[Actor]:
    """Return who in the office may do that."""
    held = Appointment.objects.filter(
        post__organisation=follow_up.organisation_id, start_date__lte=context.today, end_date=None
    ).select_related("staff__account")
    actors = [get_account_actor(each.staff.account) for each in held.order_by("id")]
    return [actor for actor in actors if follow_up.organisation_id in actor.reach(permission)]


def _follow(follow_up: FollowUp, steps: int, handler: Actor, verifier: Actor, texts: tuple[str, str, str]) -> None:
    note, measures, reply = texts
    begun = timezone.localtime(follow_up.opened_at)
    if steps >= 1:
        with as_of(_later(begun, 0, 3)):
            following.note_contact(
                actor=handler, follow_up_id=follow_up.pk, is_reached=True, finding=Finding.JUSTIFIED, note=note
            )
    if steps >= 2:
        with as_of(_later(begun, 1, 6)):
            following.rectify(actor=handler, follow_up_id=follow_up.pk, measures=measures, reply=reply)
    if steps >= 3:
        with as_of(_later(begun, 3, 2)):
            account = follow_up.case.account
            if account is not None and follow_up.case.legal_entity is None and follow_up.pk % 2:
                following.rate_again(actor=get_citizen_actor(account), case_id=follow_up.case_id, score=4)
                return
            following.verify(
                actor=verifier,
                follow_up_id=follow_up.pk,
                is_satisfied=True,
                note="电话回访，对方表示满意。",
                public_comment=follow_up.appraisal.comment,
                public_reply=reply,
            )


def _later(begun: datetime, days: int, hours: int) -> datetime:
    """Return some hours, or days at that hour, after ``begun``, but not later than now."""
    moment = begun + timedelta(days=days, hours=hours)
    if days:
        moment = timezone.make_aware(datetime.combine(moment.date(), time(9 + hours, 20)))
    return min(moment, timezone.now() - timedelta(minutes=10))
