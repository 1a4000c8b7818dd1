"""Reading marks: of one row, those in force for a list, whether one still verifies; who is inside the circle."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhengtong.core.identity.public import Appointment, Organisation, is_cleared
from zhengtong.core.marks.declarations import ContentSigner, Markable
from zhengtong.core.marks.domain import cover, state
from zhengtong.core.marks.models import Marking, SecretRegistration
from zhengtong.core.marks.rows import MarkedRow
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, visible

VIEW_MARKS = "marks.view_marks"
REGISTER_SECRET = "marks.register_secret"


def get_markable(row: MarkedRow) -> Markable:
    return registry.get(Markable, row._meta.label_lower)


def find_row(kind: str, pk: int) -> MarkedRow | None:
    """Return the row that a pair of kind and id names, None when there is none or its kind can't be marked."""
    try:
        declared = registry.get(Markable, kind)
    except LookupError:
        return None
    return declared.model._default_manager.filter(pk=pk).first()


def may_mark(actor: Actor, row: MarkedRow) -> bool:
    """Return whether ``actor`` may put a mark on the row, or a higher one."""
    return is_cleared(actor, row) and get_markable(row).may(actor, row)


def may_see_marks(actor: Actor, row: MarkedRow) -> bool:
    """Return whether ``actor`` may read how the row came to its mark: she may mark it or oversees its office."""
    if not is_cleared(actor, row):
        return False
    return may_mark(actor, row) or get_markable(row).organisation(row) in actor.reach(VIEW_MARKS)


def get_marking(row: MarkedRow) -> Marking | None:
    """Return the marking in force, None for a row that nobody marked."""
    return list_markings(row).filter(ended_at=None).first()


def list_markings(row: MarkedRow) -> QuerySet[Marking]:
    """Return all markings of a row, the newest first."""
    found = Marking.objects.filter(object_kind=row._meta.label_lower, object_id=row.pk)
    return found.select_related("responsible__staff", "marked_by__staff", "organisation").order_by("-id")


def list_in_force(actor: Actor) -> QuerySet[Marking]:
    """Return the markings in force that ``actor`` oversees, as far as she is cleared for them."""
    found = visible(actor, VIEW_MARKS, Marking.objects.filter(ended_at=None, level__lte=actor.clearance))
    return found.select_related("organisation", "responsible__staff")


def list_due(day: date) -> QuerySet[Marking]:
    """Return the markings whose period ended before ``day``."""
    return Marking.objects.filter(ended_at=None, until__lt=day).order_by("id")


def list_secrets(actor: Actor) -> QuerySet[SecretRegistration]:
    return visible(actor, VIEW_MARKS, SecretRegistration.objects.select_related("organisation"))


def least_mark(row: MarkedRow) -> Mark:
    """Return the mark that the row's own sources and contents ask for: it may be higher, never lower."""
    return cover(parent.mark for parent in get_markable(row).parents(row))


def digest_content(row: MarkedRow) -> str:
    return hashlib.sha256(get_markable(row).content(row)).hexdigest()


def state_marking(marking: Marking) -> bytes:
    """Return the text that a marking's signature is over."""
    return state(
        {
            "kind": marking.object_kind,
            "id": marking.object_id,
            "level": marking.level,
            "until": marking.until.isoformat() if marking.until else None,
            "condition": marking.condition,
            "circle": sorted(marking.circle) if marking.circle is not None else None,
            "readers": sorted(marking.readers) if marking.readers is not None else None,
            "responsible": marking.responsible_id,
            "at": marking.marked_at.isoformat(),
            "content": marking.content,
        }
    )


def get_signer() -> ContentSigner:
    return next(iter(registry.of(ContentSigner)))


def verify_marking(marking: Marking) -> str:
    """Return what is wrong with a marking, "" when it is as it was signed and its content is still the same."""
    if not get_signer().verify(state_marking(marking), bytes(marking.signature), bytes(marking.certificate)):
        return _("标识的签名验证不通过：级别、期限、范围或者责任人被改动过")
    row = find_row(marking.object_kind, marking.object_id)
    if row is None:
        return _("被标注的内容已经不在了")
    if marking.ended_at is None and digest_content(row) != marking.content:
        return _("内容在标注以后有变化，应当重新核定标识")
    return ""


def name_circle(marking: Marking) -> list[str]:
    """Return the names of the organisations and people who may know of it; empty: all whom the row's scope lets in."""
    names = list(
        Organisation.objects.filter(pk__in=marking.circle or ()).order_by("path").values_list("name", flat=True)
    )
    readers = Appointment.objects.filter(pk__in=marking.readers or ()).select_related("staff", "post__organisation")
    return names + [f"{reader.staff.name}（{reader.post.organisation.name}）" for reader in readers.order_by("pk")]


def list_closed_to(actor: Actor, rows: Iterable[MarkedRow]) -> list[MarkedRow]:
    """Return those of ``rows`` whose mark keeps ``actor`` out."""
    return [row for row in rows if not is_cleared(actor, row)]


def may_leave(row: MarkedRow, *, to_outer_zone: bool) -> bool:
    """Return whether a row may be sent to another system: what is marked above 公开 doesn't leave the zone, and what
    has a circle goes to nobody by itself."""
    return row.mark_circle is None and row.mark_readers is None and (row.mark == Mark.PUBLIC or not to_outer_zone)


def describe_mark(row: Any) -> str:
    """Return the mark as it is written on the row's page and print, "" for what nobody marked."""
    if row.mark == Mark.PUBLIC:
        return ""
    marking = get_marking(row)
    return marking.written if marking else str(Mark(row.mark).label)
