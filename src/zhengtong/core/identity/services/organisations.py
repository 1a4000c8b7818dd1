"""Changing organisations (机构改革): founding, renaming, moving, merging, splitting, abolishing; today or on a day.

Every change is a :class:`Reorganisation`. One for today is applied at once; one for later waits for the periodic job
and can be cancelled until then. Both go through the same code, and both are checked when they are applied, because
the tree may have changed meanwhile.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.identity.administrators import MANAGE_ORGANISATIONS
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.models import (
    ChangeKind,
    Organisation,
    Post,
    Region,
    Reorganisation,
)
from zhengtong.core.identity.services.reorganising import apply, check, check_name
from zhengtong.core.identity.services.tree import lock_tree, place
from zhengtong.kernel.jobs import once
from zhengtong.kernel.policy import Actor, ActorKind, Denied, require


@transaction.atomic
def found_organisation(
    *,
    actor: Actor,
    name: str,
    short_name: str,
    kind: str,
    region: Region,
    parent: Organisation | None,
    credit_code: str = "",
    address: str = "",
    phone: str = "",
    on_date: date | None = None,
    basis: str = "",
) -> Organisation:
    """Found an organisation under ``parent`` (only the platform itself founds a root).

    One for a later day is there at once, inactive, so that a merger on that day can name it. Raises Refused, Denied.
    """
    _require_parent(actor, parent)
    check_name(name, parent)
    organisation = Organisation(
        name=name.strip(),
        short_name=short_name.strip() or name.strip()[:40],
        kind=kind,
        region=region,
        parent=parent,
        credit_code=credit_code.strip() or None,
        address=address,
        phone=phone,
        is_active=False,
    )
    try:
        with transaction.atomic():
            organisation.save(force_insert=True)
    except IntegrityError:
        raise Refused("credit-code-taken", _("这个统一社会信用代码已经登记在另一个机构名下"), "credit_code") from None
    lock_tree()
    Organisation.objects.filter(pk=organisation.pk).update(path=str(organisation.pk))
    place(organisation, parent)
    _decide(actor, ChangeKind.FOUNDED, on_date, basis, [organisation], {"organisation": organisation.pk})
    organisation.refresh_from_db()
    return organisation


@transaction.atomic
def rename_organisation(
    *,
    actor: Actor,
    organisation: Organisation,
    name: str,
    short_name: str,
    on_date: date | None = None,
    basis: str = "",
) -> Reorganisation:
    """Give an organisation another name; what it was called before stays in its versions. Raises Refused, Denied."""
    require(actor, MANAGE_ORGANISATIONS, organisation)
    details = {"organisation": organisation.pk, "name": name.strip(), "short_name": short_name.strip() or name[:40]}
    return _decide(actor, ChangeKind.RENAMED, on_date, basis, [organisation], details)


@transaction.atomic
def move_organisation(
    *, actor: Actor, organisation: Organisation, parent: Organisation, on_date: date | None = None, basis: str = ""
) -> Reorganisation:
    """Put an organisation, with all below it, under another one. Raises Refused (a circle) and Denied."""
    require(actor, MANAGE_ORGANISATIONS, organisation)
    _require_parent(actor, parent)
    details = {"organisation": organisation.pk, "parent": parent.pk}
    return _decide(actor, ChangeKind.MOVED, on_date, basis, [organisation, parent], details)


@transaction.atomic
def merge_organisations(
    *,
    actor: Actor,
    organisations: Sequence[Organisation],
    into: Organisation,
    on_date: date | None = None,
    basis: str = "",
) -> Reorganisation:
    """Merge ``organisations`` into another one, which exists already or was founded for that day.

    Their people keep their appointments, in posts of the same title and roles there; what is open goes on there
    (OrganisationSucceeded); organisations below them come under it. Raises Refused and Denied.
    """
    for organisation in (*organisations, into):
        require(actor, MANAGE_ORGANISATIONS, organisation)
    details = {"organisations": [each.pk for each in organisations], "into": into.pk}
    return _decide(actor, ChangeKind.MERGED, on_date, basis, [*organisations, into], details)


@transaction.atomic
def split_organisation(
    *,
    actor: Actor,
    organisation: Organisation,
    into: Sequence[Organisation],
    posts: Mapping[Post, Organisation],
    heir: Organisation,
    on_date: date | None = None,
    basis: str = "",
) -> Reorganisation:
    """Split an organisation into several. ``posts`` says which post goes where, the others go to ``heir``, and so does
    what is open. All of ``into`` reach what it leaves behind. Raises Refused and Denied.
    """
    for each in (organisation, *into):
        require(actor, MANAGE_ORGANISATIONS, each)
    details = {
        "organisation": organisation.pk,
        "into": [each.pk for each in into],
        "posts": {str(post.pk): goes.pk for post, goes in posts.items()},
        "heir": heir.pk,
    }
    return _decide(actor, ChangeKind.SPLIT, on_date, basis, [organisation, *into], details)


@transaction.atomic
def abolish_organisation(
    *,
    actor: Actor,
    organisation: Organisation,
    successor: Organisation | None = None,
    on_date: date | None = None,
    basis: str = "",
) -> Reorganisation:
    """Abolish an organisation. With people, open posts or organisations below it, it needs a ``successor``, which
    takes over as in a merger. Raises Refused and Denied.
    """
    both = [each for each in (organisation, successor) if each is not None]
    for each in both:
        require(actor, MANAGE_ORGANISATIONS, each)
    details = {"organisation": organisation.pk, "successor": successor.pk if successor else None}
    return _decide(actor, ChangeKind.ABOLISHED, on_date, basis, both, details)


@transaction.atomic
def cancel_reorganisation(*, actor: Actor, reorganisation: Reorganisation) -> None:
    """Cancel a change before its day; an organisation that was to be founded is forgotten. Raises Refused, Denied."""
    row = Reorganisation.objects.select_for_update().get(pk=reorganisation.pk)
    organisations = list(row.organisations.all())
    for organisation in organisations:
        require(actor, MANAGE_ORGANISATIONS, organisation)
    if row.applied_at is not None or row.cancelled_at is not None:
        raise Refused("settled", _("这次调整已经生效或者已经取消"))
    row.cancelled_at = timezone.now()
    row.save(update_fields=["cancelled_at"])
    if row.change == ChangeKind.FOUNDED:
        row.organisations.clear()
        try:
            for organisation in organisations:
                organisation.delete()
        except ProtectedError:
            raise Refused("needed", _("别的机构调整要用到这个机构，请先取消那些调整")) from None
    record(actor, "identity.reorganisation_cancelled", row, before={"change": row.change, "on_date": row.on_date})


def apply_due_reorganisations(*, actor: Actor) -> int:
    """Apply the changes whose day has come, each once; return how many. What is refused says why and stays due."""
    due = Reorganisation.objects.filter(applied_at=None, cancelled_at=None, on_date__lte=timezone.localdate())
    applied = 0
    # Founding first: a merger of the same day may lead into what it founds.
    for row in sorted(due, key=lambda each: (each.on_date, each.change != ChangeKind.FOUNDED, each.pk)):
        try:
            with once(f"identity.reorganisation:{row.pk}") as is_first:
                if is_first and apply(actor, row.pk):
                    applied += 1
        except Refused as refused:
            Reorganisation.objects.filter(pk=row.pk).update(failure=str(refused.message)[:300])
    return applied


def _require_parent(actor: Actor, parent: Organisation | None) -> None:
    if parent is None:
        if actor.kind is not ActorKind.SYSTEM:
            raise Denied(MANAGE_ORGANISATIONS)
        return
    require(actor, MANAGE_ORGANISATIONS, parent)
    if not parent.is_active:
        raise Refused("parent-inactive", _("上级机构已经撤销，请选择有效的机构"), "parent")


def _decide(
    actor: Actor,
    change: ChangeKind,
    on_date: date | None,
    basis: str,
    organisations: Sequence[Organisation],
    details: dict[str, Any],
) -> Reorganisation:
    """Keep the decision; apply it at once when its day is today."""
    today = timezone.localdate()
    day = on_date or today
    if day < today:
        raise Refused("past", _("生效日期不能早于今天"), "on_date")
    row = Reorganisation.objects.create(
        change=change, on_date=day, basis=basis[:120], details=details, decided_by_id=actor.account_id
    )
    row.organisations.set(organisations)
    if day == today:
        apply(actor, row.pk)
    else:
        # What could never be applied is refused now, not at midnight of that day.
        check(row)
        record(
            actor,
            "identity.reorganisation_planned",
            row,
            after={"change": change.value, "on_date": day, "basis": row.basis, **details},
        )
    row.refresh_from_db()
    return row
