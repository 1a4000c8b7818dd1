"""Marking: setting, raising, lowering and releasing, each a signed row; what is derived follows in the same
transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Appointment, Organisation, Refused
from zhengtong.core.marks.domain import write_mark
from zhengtong.core.marks.models import MarkAct, Marking, SecretRegistration
from zhengtong.core.marks.rows import HANDLED, MarkedRow
from zhengtong.core.marks.selectors import (
    REGISTER_SECRET,
    digest_content,
    find_row,
    get_markable,
    get_marking,
    get_signer,
    least_mark,
    list_due,
    may_mark,
    state_marking,
)
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import SYSTEM, Actor, Denied, require

_REASON = 300


@dataclass(frozen=True)
class Terms:
    """What a mark says beside its level. Null ``circle`` and ``readers``: no narrower than the row's own scope."""

    until: date | None = None
    condition: str = ""
    circle: Sequence[int] | None = None
    readers: Sequence[int] | None = None


def mark_row(*, actor: Actor, row: MarkedRow, level: int, basis: str, terms: Terms | None = None) -> Marking:
    """Put a mark on ``row``, or change it, and return what is in force now.

    A first mark and a higher or narrower one is anybody's who may mark the row; she becomes the one responsible. A
    lower one, a shorter period and a wider circle are for the person responsible alone. State secrets are refused, and
    so is a level above the actor's own clearance, below what the row was made from or holds, and a circle without the
    actor. What was made from the row, or holds it, is raised with it. Raises Refused, Denied, SignerUnavailable.
    """
    terms = terms or Terms()
    declared = get_markable(row)
    if not may_mark(actor, row):
        raise Denied("marks.mark_content")
    with transaction.atomic():
        held = declared.model._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
        present = get_marking(held)
        _check_level(actor, held, level)
        _check_terms(actor, level, basis, terms)
        act = _judge(actor, held, present, level, terms)
        made = _write(actor, held, level, terms, basis.strip(), act, _next_responsible(actor, present, act))
        _raise_derived(actor, held)
    row.mark, row.mark_circle, row.mark_readers = held.mark, held.mark_circle, held.mark_readers
    return made


def release_mark(*, actor: Actor, row: MarkedRow, reason: str) -> Marking:
    """Take the mark off, as the person responsible may. Raises Refused, Denied and SignerUnavailable."""
    return mark_row(actor=actor, row=row, level=Mark.PUBLIC, basis=reason)


def derive_mark(*, actor: Actor, row: MarkedRow) -> None:
    """Raise ``row`` to what its sources and contents ask for: called after something was put into it or made from
    others.

    Part of the caller's transaction.
    """
    needed = least_mark(row)
    if needed <= row.mark:
        return
    held = get_markable(row).model._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    present = get_marking(held)
    terms = Terms(circle=held.mark_circle, readers=held.mark_readers, condition=present.condition if present else "")
    made = _write(
        actor,
        held,
        needed,
        terms,
        _("由更高密级的内容派生"),
        MarkAct.DERIVED,
        present.responsible if present else None,
    )
    row.mark, row.mark_circle, row.mark_readers = made.level, held.mark_circle, held.mark_readers
    _raise_derived(actor, held)


def expire_marks(today: date) -> int:
    """End the marks whose period is over (保守国家秘密法 art. 24: it is released by itself); return how many ended.

    What the row holds or was made from still counts: it falls no lower than that.
    """
    ended = 0
    for marking in list_due(today):
        with transaction.atomic():
            held = Marking.objects.select_for_update(of=("self",)).filter(pk=marking.pk, ended_at=None).first()
            row = find_row(marking.object_kind, marking.object_id) if held else None
            if held is None or row is None:
                continue
            _write(SYSTEM, row, least_mark(row), Terms(), _("保密期限届满"), MarkAct.EXPIRED, held.responsible)
            ended += 1
    return ended


@transaction.atomic
def register_secret(
    *, actor: Actor, number: str, level: int, organisation: Organisation, received_date: date, copies: int = 1
) -> SecretRegistration:
    """Note that an organisation holds a state secret on paper: its number and level, no title and no content."""
    require(actor, REGISTER_SECRET)
    number = number.strip()
    if level not in (Mark.SECRET, Mark.CONFIDENTIAL, Mark.TOP_SECRET):
        raise Refused("level", _("只登记秘密、机密、绝密级的涉密件"), "level")
    if not number or not number.isascii() or any(not (c.isalnum() or c in "-/.") for c in number):
        raise Refused("number", _("登记编号只能有字母、数字和连接号：这里不写标题和内容"), "number")
    if SecretRegistration.objects.filter(number=number).exists():
        raise Refused("taken", _("这个编号已经登记过了"), "number")
    made = SecretRegistration.objects.create(
        number=number,
        level=level,
        organisation=organisation,
        received_date=received_date,
        copies=copies,
        registered_by_id=actor.held_appointment,
    )
    record(actor, "marks.register_secret", made, after={"level": level, "organisation": organisation.pk})
    return made


@transaction.atomic
def return_secret(*, actor: Actor, registration: SecretRegistration, day: date) -> None:
    """Note that a state secret on paper was given back (清退). Raises Refused and Denied."""
    require(actor, REGISTER_SECRET)
    held = SecretRegistration.objects.select_for_update().get(pk=registration.pk)
    if held.returned_date is not None:
        raise Refused("returned", _("这份涉密件已经登记清退了"))
    if day < held.received_date:
        raise Refused("day", _("清退日期不能早于收到日期"), "day")
    held.returned_date = day
    held.save(update_fields=["returned_date"])
    record(actor, "marks.return_secret", held, after={"returned_date": day})


# What is checked ------------------------------------------------------------------------------------------


def refuse_state_secret(level: int | None) -> None:
    """Raise Refused for a level of state secrets: this network isn't cleared for any."""
    if level is not None and level not in HANDLED:
        raise Refused(
            "state-secret",
            _(
                "%(level)s级属于国家秘密，不得在本网络存储、处理和传输（保守国家秘密法第二十六条、第三十一条）。"
                "请立即停止上传，把载体交本单位保密工作机构处理；这里只能按编号登记。"
            )
            % {"level": Mark(level).label if level in Mark.values else level},
            "level",
        )


def _check_level(actor: Actor, row: MarkedRow, level: int) -> None:
    refuse_state_secret(level)
    if level > actor.clearance:
        raise Refused("clearance", _("您的涉密等级不够，不能标注这个级别"), "level")
    if level < (least := least_mark(row)):
        raise Refused(
            "derived",
            _("其中的内容或者来源标有“%(mark)s”，标识不能比它低；请先处理那些内容") % {"mark": least.label},
            "level",
        )


def _check_terms(actor: Actor, level: int, basis: str, terms: Terms) -> None:
    if not basis.strip() or len(basis.strip()) > _REASON:
        raise Refused("basis", _("请写明依据或者理由，300字以内"), "basis")
    if terms.until is not None and terms.until <= timezone.localdate():
        raise Refused("until", _("期限应当在今天以后"), "until")
    if level >= Mark.WORK_SECRET and terms.until is None and not terms.condition.strip():
        raise Refused("until", _("工作秘密要有期限或者解除条件"), "until")
    if level == Mark.PUBLIC and (terms.circle is not None or terms.readers is not None or terms.until is not None):
        raise Refused("public", _("不加标识的内容没有期限和知悉范围"), "level")
    circle, readers = terms.circle, terms.readers
    if circle is None and readers is None:
        return
    if not circle and not readers:
        raise Refused("circle", _("知悉范围里还没有单位或者人员"), "circle")
    if Organisation.objects.filter(pk__in=circle or ()).count() != len(set(circle or ())):
        raise Refused("circle", _("知悉范围里有不存在的单位，请重新选择"), "circle")
    if Appointment.objects.filter(pk__in=readers or ()).count() != len(set(readers or ())):
        raise Refused("readers", _("知悉范围里有不在任的人员，请重新选择"), "readers")
    if actor.organisation not in (circle or ()) and actor.appointment not in (readers or ()):
        raise Refused("self", _("知悉范围应当包括您自己或者您所在的单位，否则标注以后您也看不到"), "circle")


def _judge(actor: Actor, row: MarkedRow, present: Marking | None, level: int, terms: Terms) -> MarkAct:
    """Return which act this is; raise Denied when it needs the person responsible and the actor isn't she."""
    if present is None or present.act == MarkAct.EXPIRED:
        if level < row.mark:  # nobody put it there but the platform, as internal
            return MarkAct.LOWERED
        return MarkAct.SET
    if level < row.mark or _widens(row, terms) or _shortens(present, terms, level):
        if present.responsible_id is None or actor.appointment != present.responsible_id or actor.agent is not None:
            raise Denied("marks.lower")
        return MarkAct.RELEASED if level == Mark.PUBLIC else MarkAct.LOWERED if level < row.mark else MarkAct.CHANGED
    return MarkAct.RAISED if level > row.mark else MarkAct.CHANGED


def _widens(row: MarkedRow, terms: Terms) -> bool:
    if row.mark_circle is None and row.mark_readers is None:
        return False
    if terms.circle is None and terms.readers is None:
        return True
    return not (
        set(terms.circle or ()) <= set(row.mark_circle or ())
        and set(terms.readers or ()) <= set(row.mark_readers or ())
    )


def _shortens(present: Marking, terms: Terms, level: int) -> bool:
    if level < Mark.INTERNAL or terms.until is None:
        return False
    return present.until is None or terms.until < present.until


def _next_responsible(actor: Actor, present: Marking | None, act: MarkAct) -> Appointment | None:
    """The person responsible stays; without one, whoever raised the mark is."""
    if present is not None and present.responsible is not None and act is not MarkAct.RAISED:
        return present.responsible
    return Appointment.objects.get(pk=actor.held_appointment)


# What is written ------------------------------------------------------------------------------------------


def _write(
    actor: Actor,
    row: MarkedRow,
    level: int,
    terms: Terms,
    basis: str,
    act: MarkAct,
    responsible: Appointment | None,
) -> Marking:
    now, declared = timezone.now(), get_markable(row)
    present = get_marking(row)
    before = {"level": row.mark, "circle": row.mark_circle, "readers": row.mark_readers}
    organisation = declared.organisation(row) or actor.organisation
    if organisation is None:
        raise Refused("nobody's", _("还没有单位经办这份内容，暂时不能标注"))
    made = Marking(
        object_kind=declared.key,
        object_id=row.pk,
        name=declared.name(row)[:200],
        organisation_id=organisation,
        act=act,
        level=level,
        until=terms.until,
        condition=terms.condition.strip()[:200],
        circle=_ids(terms.circle),
        readers=_ids(terms.readers),
        basis=basis,
        responsible=responsible,
        marked_by_id=actor.appointment,
        marked_at=now,
        content=digest_content(row),
    )
    made.signature, made.certificate = get_signer().sign(state_marking(made))
    if present is not None:
        Marking.objects.filter(pk=present.pk).update(ended_at=now)
    made.save()
    row.mark, row.mark_circle, row.mark_readers = level, made.circle, made.readers
    row.save(update_fields=["mark", "mark_circle", "mark_readers"])
    record(
        actor,
        f"marks.{act.value}",
        row,
        before=before,
        after={
            "level": level,
            "mark": write_mark(level, terms.until, timezone.localdate(now)),
            "circle": made.circle,
            "readers": made.readers,
            "reason": basis,
        },
    )
    declared.on_marked(row)
    return made


def _ids(chosen: Iterable[int] | None) -> list[int] | None:
    return sorted(set(chosen)) if chosen is not None else None


def _raise_derived(actor: Actor, row: MarkedRow) -> None:
    for child in get_markable(row).children(row):
        derive_mark(actor=actor, row=child)
