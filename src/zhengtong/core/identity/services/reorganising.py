"""Applying a change of organisations on its day: what is checked, and what is done. The services decide who may."""

from collections.abc import Callable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.models import ChangeKind, Organisation, Reorganisation
from zhengtong.core.identity.selectors import list_holders
from zhengtong.core.identity.services.tree import (
    begin_history,
    close,
    inherit,
    lock_tree,
    move_post,
    place,
    succeed,
    write_version,
)
from zhengtong.kernel.policy import Actor


def apply(actor: Actor, row_id: int) -> bool:
    """Apply a decision once; False where it was applied or cancelled before. Raises Refused."""
    row = Reorganisation.objects.select_for_update().get(pk=row_id)
    if row.applied_at is not None or row.cancelled_at is not None:
        return False
    lock_tree()
    check(row)
    _APPLIED[row.change](actor, row)
    row.applied_at, row.failure = timezone.now(), ""
    row.save(update_fields=["applied_at", "failure"])
    return True


def check(row: Reorganisation) -> None:
    """Raise Refused when a decision can't be applied to the organisations as they are."""
    if row.change in _CHECKS:
        _CHECKS[row.change](row)


def check_name(name: str, parent: Organisation | None, *, but: int = 0) -> None:
    """Two bureaus of one name under one government couldn't be told apart; elsewhere there is one in every county."""
    if not name.strip():
        raise Refused("name", _("请填写机构名称"), "name")
    if Organisation.objects.filter(name=name.strip(), parent=parent, is_active=True).exclude(pk=but).exists():
        raise Refused("name-taken", _("同一上级下面已有同名的机构"), "name")


def _get(row: Reorganisation, name: str = "organisation") -> Organisation:
    return Organisation.objects.select_related("parent").get(pk=row.details[name])


def _found(actor: Actor, row: Reorganisation) -> None:
    organisation = _get(row)
    check_name(organisation.name, organisation.parent, but=organisation.pk)
    organisation.is_active = True
    organisation.save(update_fields=["is_active"])
    write_version(organisation, ChangeKind.FOUNDED, row.on_date, row.basis)
    after = {"name": organisation.name, "parent": organisation.parent_id, "basis": row.basis}
    record(actor, "identity.organisation_founded", organisation, after=after)


def _rename(actor: Actor, row: Reorganisation) -> None:
    organisation = _get(row)
    begin_history(organisation)
    before = {"name": organisation.name, "short_name": organisation.short_name}
    organisation.name, organisation.short_name = row.details["name"], row.details["short_name"]
    organisation.save(update_fields=["name", "short_name"])
    write_version(organisation, ChangeKind.RENAMED, row.on_date, row.basis)
    after = {"name": organisation.name, "short_name": organisation.short_name, "basis": row.basis}
    record(actor, "identity.organisation_renamed", organisation, before=before, after=after)


def _move(actor: Actor, row: Reorganisation) -> None:
    organisation, parent = _get(row), _get(row, "parent")
    begin_history(organisation)
    before = {"parent": organisation.parent_id}
    place(organisation, parent)
    write_version(organisation, ChangeKind.MOVED, row.on_date, row.basis)
    after = {"parent": parent.pk, "basis": row.basis}
    record(actor, "identity.organisation_moved", organisation, before=before, after=after)


def _merge(actor: Actor, row: Reorganisation) -> None:
    into = _get(row, "into")
    for pk in row.details["organisations"]:
        _take_over(actor, row, Organisation.objects.get(pk=pk), into, "identity.organisation_merged")


def _take_over(actor: Actor, row: Reorganisation, organisation: Organisation, into: Organisation, action: str) -> None:
    posts = list(organisation.posts.filter(is_active=True).select_related("organisation").order_by("id"))
    inherit(organisation, [into], row)
    moved = [move_post(actor, post, into, row.on_date) for post in posts]
    succeed(actor, organisation, into, row)
    after = {"name": organisation.name, "successor": into.pk, "basis": row.basis, "posts": moved}
    record(actor, action, organisation, after=after)


def _split(actor: Actor, row: Reorganisation) -> None:
    organisation, heir = _get(row), _get(row, "heir")
    into = {each.pk: each for each in Organisation.objects.filter(pk__in=row.details["into"])}
    goes = {int(post): into[target] for post, target in row.details["posts"].items()}
    posts = list(organisation.posts.filter(is_active=True).select_related("organisation").order_by("id"))
    inherit(organisation, into.values(), row)
    moved = [move_post(actor, post, goes.get(post.pk, heir), row.on_date) for post in posts]
    succeed(actor, organisation, heir, row)
    after = {"name": organisation.name, "successors": sorted(into), "heir": heir.pk, "basis": row.basis, "posts": moved}
    record(actor, "identity.organisation_split", organisation, after=after)


def _abolish(actor: Actor, row: Reorganisation) -> None:
    organisation = _get(row)
    if row.details["successor"] is not None:
        _take_over(actor, row, organisation, _get(row, "successor"), "identity.organisation_abolished")
        return
    close(organisation, row)
    after = {"name": organisation.name, "basis": row.basis}
    record(actor, "identity.organisation_abolished", organisation, after=after)


def _check_active(*organisations: Organisation, on: Reorganisation) -> None:
    """Refuse what has ended; on a day to come, what is to be founded by then will do."""
    for organisation in organisations:
        is_coming = organisation.reorganisations.filter(
            change=ChangeKind.FOUNDED, applied_at=None, cancelled_at=None, on_date__lte=on.on_date
        ).exists()
        if not organisation.is_active and not (is_coming and on.on_date > timezone.localdate()):
            raise Refused("inactive", _("%(name)s不是有效的机构") % {"name": organisation.name})


def _check_rename(row: Reorganisation) -> None:
    organisation = _get(row)
    _check_active(organisation, on=row)
    check_name(row.details["name"], organisation.parent, but=organisation.pk)


def _check_move(row: Reorganisation) -> None:
    organisation, parent = _get(row), _get(row, "parent")
    _check_active(organisation, parent, on=row)
    _check_not_below([organisation], parent)


def _check_merge(row: Reorganisation) -> None:
    ids, into = row.details["organisations"], _get(row, "into")
    found = list(Organisation.objects.filter(pk__in=ids))
    if not found or len(set(ids)) != len(ids):
        raise Refused("organisations", _("请选择要合并的机构，每个只选一次"), "organisations")
    if into.pk in ids:
        raise Refused("into-itself", _("合并后的机构不能同时是被合并的机构：请只选被合并的其他机构"), "into")
    _check_active(*found, into, on=row)
    _check_not_below(found, into)


def _check_split(row: Reorganisation) -> None:
    organisation = _get(row)
    into = list(Organisation.objects.filter(pk__in=row.details["into"]))
    if len(into) < 2 or organisation.pk in row.details["into"]:
        raise Refused("into", _("分设要有两个以上的新机构，不含原机构"), "into")
    if row.details["heir"] not in row.details["into"]:
        raise Refused("heir", _("承接在办事项的机构必须是分设后的机构之一"), "heir")
    strays = set(row.details["posts"].values()) - set(row.details["into"])
    own = organisation.posts.filter(pk__in=list(row.details["posts"])).count()
    if strays or own != len(row.details["posts"]):
        raise Refused("posts", _("岗位只能从原机构划到分设后的机构"), "posts")
    _check_active(organisation, *into, on=row)
    for each in into:
        _check_not_below([organisation], each)


def _check_abolish(row: Reorganisation) -> None:
    organisation = _get(row)
    _check_active(organisation, on=row)
    if row.details["successor"] is not None:
        successor = _get(row, "successor")
        if successor.pk == organisation.pk:
            raise Refused("into-itself", _("承接机构不能是被撤销的机构"), "successor")
        _check_active(successor, on=row)
        _check_not_below([organisation], successor)
        return
    if organisation.children.filter(is_active=True).exists():
        raise Refused("children", _("下面还有机构，请先调整它们，或者指定承接机构"), "successor")
    if list_holders(organisation, row.on_date).exists():
        raise Refused("people", _("还有人在这个机构任职，请先安排，或者指定承接机构"), "successor")
    if organisation.posts.filter(is_active=True).exists():
        raise Refused("posts", _("还有没撤销的岗位，请先撤销，或者指定承接机构"), "successor")


def _check_not_below(ending: Sequence[Organisation], target: Organisation) -> None:
    for organisation in ending:
        if Organisation.objects.filter(pk=target.pk, path__contained_by=organisation.path).exists():
            raise Refused(
                "circle",
                _("%(target)s是%(name)s的下级机构，请先调整它的隶属关系")
                % {"target": target.name, "name": organisation.name},
                "parent",
            )


_CHECKS: dict[str, Callable[[Reorganisation], None]] = {
    ChangeKind.RENAMED: _check_rename,
    ChangeKind.MOVED: _check_move,
    ChangeKind.MERGED: _check_merge,
    ChangeKind.SPLIT: _check_split,
    ChangeKind.ABOLISHED: _check_abolish,
}
_APPLIED: dict[str, Callable[[Actor, Reorganisation], None]] = {
    ChangeKind.FOUNDED: _found,
    ChangeKind.RENAMED: _rename,
    ChangeKind.MOVED: _move,
    ChangeKind.MERGED: _merge,
    ChangeKind.SPLIT: _split,
    ChangeKind.ABOLISHED: _abolish,
}
