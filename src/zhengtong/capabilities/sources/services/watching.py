"""Whether sources answer: asked by a person now, and of all of them every few minutes.

One passing failure is no alarm: a restart takes a minute. The second in a row, or one that won't pass by itself, is
put on the managers' list once, and taken off it when the source answers again.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.sources.domain import SourceError
from zhengtong.capabilities.sources.models import Source, SourceState
from zhengtong.capabilities.sources.opening import open_source, open_target
from zhengtong.capabilities.sources.permissions import MANAGE
from zhengtong.core.audit.public import record
from zhengtong.core.worklist.public import close_item, open_item
from zhengtong.kernel.policy import SYSTEM, Actor, require
from zhengtong.kernel.steps import step

DOWN_KIND = "sources.down"
ALARM_AFTER = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source said: as what it answered, or the code and the sentence of what went wrong."""

    answered: str = ""
    code: str = ""
    trouble: str = ""
    is_passing: bool = False


def ask(source: Source) -> Answer:
    """Connect to a source now. Outside of any transaction: it may take as long as the other side likes."""
    try:
        if source.is_readable:
            with open_source(source) as connection:
                return Answer(connection.check()[:200])
        with open_target(source):
            return Answer(_("可以写入"))
    except SourceError as error:
        return Answer(code=error.code, trouble=error.message[:500], is_passing=error.is_passing)


def check_source(*, actor: Actor, source: Source) -> Answer:
    """Connect to a source now and note what it said. Raises Denied."""
    require(actor, MANAGE, source)
    answer = ask(source)
    _note_check(actor=actor, source=source, answer=answer)
    return answer


@step()
def _note_check(*, actor: Actor, source: Source, answer: Answer) -> None:
    locked = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    if locked.state == SourceState.ACTIVE:
        # Somebody looks at it right now: what she sees is what counts.
        _take(locked, answer, is_certain=True)
    record(actor, "sources.check", locked, after={"answered": answer.answered, "trouble": answer.trouble})


def probe_source(source_id: int) -> Answer | None:
    """Ask one source in the background; what changes is put in the journal, that nothing did isn't."""
    source = Source.objects.select_related("organisation").filter(pk=source_id, state=SourceState.ACTIVE).first()
    if source is None:
        return None
    answer = ask(source)
    _note_probe(source_id=source_id, answer=answer)
    return answer


@step()
def _note_probe(*, source_id: int, answer: Answer) -> None:
    locked = Source.objects.select_for_update(of=("self",)).filter(pk=source_id, state=SourceState.ACTIVE).first()
    if locked is None:
        return
    had = locked.trouble
    _take(locked, answer, is_certain=False)
    if locked.trouble and not had:
        record(SYSTEM, "sources.lose", locked, after={"trouble": locked.trouble})
    elif had and not locked.trouble:
        record(SYSTEM, "sources.find_again", locked, before={"trouble": had}, after={"answered": locked.answered})


def _take(source: Source, answer: Answer, *, is_certain: bool) -> None:
    """Put an answer into a locked row and on the managers' list, or off it."""
    source.checked_at = timezone.now()
    if not answer.code:
        source.answered = answer.answered
        close_trouble(source)
    else:
        source.failures += 1
        if is_certain or not answer.is_passing or source.failures >= ALARM_AFTER:
            _open_trouble(source, answer.trouble)
    source.save(update_fields=["checked_at", "answered", "failures", "trouble"])


def _open_trouble(source: Source, trouble: str) -> None:
    if not source.trouble:
        open_item(
            kind=DOWN_KIND,
            object_id=source.pk,
            organisation_id=source.organisation_id,
            permission=MANAGE,
            reference=source.code,
            title=source.name,
            party=source.get_kind_display(),
            step=_("排除故障"),
            url=reverse("screens:sources.sources.detail", args=[source.pk]),
        )
    source.trouble = trouble


def close_trouble(source: Source) -> None:
    """Forget a locked row's trouble (not saved) and take it off the list."""
    if source.trouble:
        close_item(kind=DOWN_KIND, object_id=source.pk, done_by_id=None)
    source.trouble, source.failures = "", 0


def list_probed() -> list[int]:
    return list(Source.objects.filter(state=SourceState.ACTIVE).order_by("id").values_list("id", flat=True))
