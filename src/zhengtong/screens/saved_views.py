"""Saved views: filters, order and columns of a list under a name, for oneself or for one's office."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, Denied, can, require
from zhengtong.screens.declaration import PUBLIC, ModelScreens
from zhengtong.screens.listing import SEARCH, SORT, Listing
from zhengtong.screens.models import SavedView

SHARE = "screens.share_view"
LIMIT = 30
LONGEST_NAME = 40
# How long a deleted view can be taken back.
RETURNABLE = timedelta(days=7)


# Reading ---------------------------------------------------------------------------------------------


def keeps_views(screens: ModelScreens, actor: Actor) -> bool:
    """Return whether there is somebody to keep views for: a public list is read by anyone."""
    return screens.audience != PUBLIC and actor.account_id is not None


def list_kept(screens: ModelScreens, actor: Actor) -> QuerySet[SavedView]:
    """Return what ``actor`` and her office keep of a list: named views, and her nameless choice of columns."""
    return _hers(screens, actor).filter(deleted_at=None).order_by("name", "id")


def list_deleted(screens: ModelScreens, actor: Actor) -> list[SavedView]:
    """Return the views that she can still take back, the last deleted first."""
    found = _hers(screens, actor).filter(deleted_at__gte=timezone.now() - RETURNABLE).order_by("-deleted_at")
    return [view for view in found[:LIMIT] if may_change(actor, view)]


def _hers(screens: ModelScreens, actor: Actor) -> QuerySet[SavedView]:
    whose = Q(account_id=actor.account_id, organisation=None)
    if actor.organisation is not None:
        whose |= Q(organisation_id=actor.organisation)
    return SavedView.objects.filter(whose, screens=screens.key)


def may_change(actor: Actor, view: SavedView) -> bool:
    """Her own she may; the office's with the permission."""
    if view.organisation_id is None:
        return view.account_id == actor.account_id
    return view.organisation_id == actor.organisation and can(actor, SHARE, view)


def query_of(listing: Listing) -> dict[str, list[str]]:
    """Return what the list asks now, as far as it may be kept: a personal number isn't."""
    params = [param for bound in listing.filters if bound.kind != "digest" for param in bound.params]
    asked = {param: [text for text in listing.query.getlist(param) if text] for param in (*params, SEARCH)}
    if listing.sort:
        asked[SORT] = [listing.sort]
    return {param: texts for param, texts in asked.items() if texts}


def columns_of(listing: Listing) -> list[str]:
    return [column.name for column in listing.columns]


def titles_of(listing: Listing) -> dict[str, str]:
    """Return what columns and filters are called: to name them on the day on which one is gone."""
    titles = {param: str(bound.title) for bound in listing.filters for param in bound.params}
    return titles | {column.name: str(column.title) for column in listing.offered}


# Writing ---------------------------------------------------------------------------------------------


@transaction.atomic
def save_view(
    *, actor: Actor, listing: Listing, name: str, for_office: bool = False, is_default: bool = False
) -> SavedView:
    """Keep what ``listing`` shows under ``name``; ``for_office``: for everybody in her office.

    Raises Refused (no name, a name that is taken, thirty already) and Denied (for an office without permission).
    """
    name = _checked_name(name)
    view = SavedView(
        screens=listing.screens.key,
        account_id=_account(listing.screens, actor),
        organisation_id=actor.organisation if for_office else None,
        name=name,
        query=query_of(listing),
        columns=columns_of(listing),
        titles=titles_of(listing),
    )
    if for_office:
        require(actor, SHARE, view)
    kept = _same_keeper(view)
    _refuse_taken(kept, name)
    if kept.exclude(name="").count() >= LIMIT:
        raise Refused("too-many", _("一个列表最多保存 %(n)d 个视图，请先删除不用的") % {"n": LIMIT}, "name")
    view.save()
    record(actor, "screens.save_view", view, after=_journalled(view))
    if is_default:
        _make_default(view)
    return view


@transaction.atomic
def update_view(*, actor: Actor, view: SavedView, listing: Listing) -> None:
    """Let ``view`` be what ``listing`` shows now. Raises Denied."""
    _require_change(actor, view)
    before = _journalled(view)
    view.query, view.columns, view.titles = query_of(listing), columns_of(listing), titles_of(listing)
    view.save()
    record(actor, "screens.update_view", view, before=before, after=_journalled(view))


@transaction.atomic
def rename_view(*, actor: Actor, view: SavedView, name: str) -> None:
    """Raises Refused (no name, a name that is taken) and Denied."""
    _require_change(actor, view)
    name = _checked_name(name)
    _refuse_taken(_same_keeper(view).exclude(pk=view.pk), name)
    before, view.name = view.name, name
    view.save(update_fields=["name", "saved_at"])
    record(actor, "screens.rename_view", view, before={"name": before}, after={"name": name})


@transaction.atomic
def set_default_view(*, actor: Actor, view: SavedView, is_default: bool) -> None:
    """Open the list with ``view``, or no longer. Raises Denied."""
    _require_change(actor, view)
    if is_default:
        _make_default(view)
    else:
        SavedView.objects.filter(pk=view.pk).update(is_default=False)
    record(actor, "screens.set_default_view", view, after={"name": view.name, "is_default": is_default})


@transaction.atomic
def delete_view(*, actor: Actor, view: SavedView) -> None:
    """Put ``view`` aside for :data:`RETURNABLE`; what was put aside longer ago is gone for good. Raises Denied."""
    _require_change(actor, view)
    SavedView.objects.filter(account_id=view.account_id, deleted_at__lt=timezone.now() - RETURNABLE).delete()
    view.deleted_at, view.is_default = timezone.now(), False
    view.save(update_fields=["deleted_at", "is_default"])
    record(actor, "screens.delete_view", view, before=_journalled(view))


@transaction.atomic
def restore_view(*, actor: Actor, view: SavedView) -> None:
    """Take a deleted view back. Raises Refused when its name was given to another meanwhile, and Denied."""
    _require_change(actor, view)
    _refuse_taken(_same_keeper(view), view.name)
    view.deleted_at = None
    view.save(update_fields=["deleted_at"])
    record(actor, "screens.restore_view", view, after=_journalled(view))


@transaction.atomic
def remember_columns(*, actor: Actor, listing: Listing, columns: Sequence[str]) -> None:
    """Show these columns whenever ``actor`` opens the list; with none those that are declared."""
    account, offered = _account(listing.screens, actor), {column.name for column in listing.offered}
    chosen = [name for name in dict.fromkeys(columns) if name in offered]
    key = listing.screens.key
    kept = SavedView.objects.filter(screens=key, account_id=account, organisation=None, name="", deleted_at=None)
    view = kept.first() or SavedView(screens=key, account_id=account)
    if chosen:
        view.columns, view.titles = chosen, titles_of(listing)
        view.save()
    if view.pk is not None:
        record(actor, "screens.choose_columns", view, after={"screens": key, "columns": chosen})
        if not chosen:
            view.delete()


def _account(screens: ModelScreens, actor: Actor) -> int:
    if not keeps_views(screens, actor) or actor.account_id is None:
        raise Denied("keep views")
    return actor.account_id


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("no-name", _("请给视图起个名称"), "name")
    if len(name) > LONGEST_NAME:
        raise Refused("long-name", _("名称最多 %(n)d 个字") % {"n": LONGEST_NAME}, "name")
    return name


def _require_change(actor: Actor, view: SavedView) -> None:
    if not may_change(actor, view):
        require(actor, SHARE, view)
        raise Denied(SHARE)


def _same_keeper(view: SavedView) -> QuerySet[SavedView]:
    """The live views among which a name and a default are one of a kind."""
    live = SavedView.objects.filter(screens=view.screens, deleted_at=None)
    if view.organisation_id is not None:
        return live.filter(organisation_id=view.organisation_id)
    return live.filter(account_id=view.account_id, organisation=None)


def _refuse_taken(kept: QuerySet[SavedView], name: str) -> None:
    if kept.filter(name=name).exists():
        raise Refused("taken", _("已经有叫“%(name)s”的视图，请换一个名称") % {"name": name}, "name")


def _make_default(view: SavedView) -> None:
    _same_keeper(view).exclude(pk=view.pk).filter(is_default=True).update(is_default=False)
    view.is_default = True
    view.save(update_fields=["is_default"])


def _journalled(view: SavedView) -> Mapping[str, object]:
    return {"screens": view.screens, "name": view.name, "query": view.query, "columns": view.columns}
