"""Watching: people follow what isn't theirs to do."""

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.core.audit.public import record
from zhengtong.core.worklist.declarations import WatchKind, WorkKind
from zhengtong.core.worklist.models import Watch, WorkItem
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, Denied
from zhengtong.kernel.steps import step

BY_HAND, GAVE_IT_AWAY = _("自行关注"), _("转办后关注")


@step()
def watch(*, actor: Actor, kind: str, object_id: int) -> Watch:
    """Put something that this appointee may see on the list of what she watches; again: nothing happens.

    Raises LookupError for a kind that can't be watched, Denied for what she may not see.
    """
    words = registry.get(WatchKind, kind).find(actor, object_id)
    if words is None:
        raise Denied("worklist.watch", visible=False)
    made, is_new = Watch.objects.get_or_create(
        appointment_id=actor.held_appointment,
        kind=kind,
        object_id=object_id,
        defaults={
            "reference": words.reference,
            "title": words.title,
            "party": words.party,
            "url": words.url,
            "reason": BY_HAND,
            "since": timezone.now(),
        },
    )
    if is_new:
        record(actor, "worklist.watch", (kind, object_id))
    return made


@step()
def unwatch(*, actor: Actor, kind: str, object_id: int) -> bool:
    """Stop watching; return whether it was watched."""
    mine = Watch.objects.filter(appointment_id=actor.held_appointment, kind=kind, object_id=object_id)
    removed, _rows = mine.delete()
    if removed:
        record(actor, "worklist.unwatch", (kind, object_id))
    return bool(removed)


def watch_what_was_given(actor: Actor, item: WorkItem) -> None:
    """Let the giver of ``item`` watch what it is about. Part of the transfer and of its journal record."""
    declared = registry.get(WorkKind, item.kind)
    kind, object_id = declared.watched_as(item.object_id) if declared.watched_as else (item.kind, item.object_id)
    Watch.objects.bulk_create(
        [
            Watch(
                appointment_id=actor.held_appointment,
                kind=kind,
                object_id=object_id,
                reference=item.reference,
                title=item.title,
                party=item.party,
                url=item.url,
                reason=GAVE_IT_AWAY,
                since=timezone.now(),
            )
        ],
        ignore_conflicts=True,
    )
