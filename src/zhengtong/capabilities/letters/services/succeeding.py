"""An office ends on a merger or a split: what of its letters is open goes on with its successor."""

from django.db.models import Q
from django.utils import timezone

from zhengtong.capabilities.letters.domain import ENDED
from zhengtong.capabilities.letters.models import DispatchRule, Letter, LetterCooperation, LetterEvent, Reception
from zhengtong.core.audit.public import build, record_all
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step


@step()
def succeed_office(*, actor: Actor, organisation_id: int, successor_id: int) -> int:
    """Let the successor go on with the letters of an office that ended, and stand in its place in the rules; return how
    many letters went over. Their deadlines stay. Run again it finds nothing."""
    new = Organisation.objects.values_list("name", flat=True).get(pk=successor_id)
    part = Q(organisation_id=organisation_id) | Q(reception_id=organisation_id)
    running = Letter.objects.filter(part).exclude(state__in=ENDED).order_by("pk").select_for_update(of=("self",))
    ids = list(running.values_list("pk", flat=True))
    moved = list(Letter.objects.filter(pk__in=ids, organisation_id=organisation_id).values_list("pk", flat=True))
    Letter.objects.filter(pk__in=moved).update(organisation_id=successor_id)
    Letter.objects.filter(pk__in=ids, reception_id=organisation_id).update(reception_id=successor_id)
    helping = set(LetterCooperation.objects.filter(organisation_id=successor_id).values_list("letter_id", flat=True))
    LetterCooperation.objects.filter(organisation_id=organisation_id, done_at=None).exclude(
        letter_id__in=helping
    ).update(organisation_id=successor_id)
    for rule in DispatchRule.objects.filter(organisation_id=organisation_id):
        same = DispatchRule.objects.filter(
            category=rule.category_id, region=rule.region_id, organisation_id=successor_id
        )
        if same.exists():
            rule.delete()
        else:
            DispatchRule.objects.filter(pk=rule.pk).update(organisation_id=successor_id)
    Reception.objects.filter(organisation_id=organisation_id).update(organisation_id=successor_id)
    now = timezone.now()
    LetterEvent.objects.bulk_create(
        LetterEvent(
            letter_id=pk,
            at=now,
            act="succeed_office",
            actor_name=actor.name,
            organisation_name=new,
            words=f"因机构调整，来信由{new}继续办理，期限不变。"[:300],
        )
        for pk in moved
    )
    before, after = {"organisation": organisation_id}, {"organisation": successor_id}
    record_all(
        build(actor, "letters.succeed_office", ("letters.letter", pk), before=before, after=after) for pk in moved
    )
    return len(moved)
