"""Saving views of a list, and the page on which they are renamed, deleted, taken back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor
from zhengtong.screens import presenting, saved_views
from zhengtong.screens.declaration import PUBLIC, ModelScreens
from zhengtong.screens.listing import Listing
from zhengtong.screens.models import SavedView
from zhengtong.screens.routing import Route, url_of
from zhengtong.screens.view_bar import VIEW, make_view_bar, url_with


class SaveForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=saved_views.LONGEST_NAME)
    for_office = forms.BooleanField(label=gettext_lazy("本机构的人都能用"), required=False)
    is_default = forms.BooleanField(label=gettext_lazy("打开列表时就用这个视图"), required=False)


def posted_listing(request: HttpRequest, screens: ModelScreens, actor: Actor) -> Listing:
    """Return the list that the page showed from which this was posted."""
    return Listing(screens, actor, QueryDict(request.POST.get("query", "")[:4000]))


@require_http_methods(["GET", "POST"])
def save(request: HttpRequest, screens: ModelScreens, actor: Actor) -> HttpResponse:
    """Ask for a name and keep the list as it is."""
    query = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    listing = Listing(screens, actor, QueryDict(query[:4000]))
    bar = make_view_bar(listing)
    form = SaveForm(request.POST or None)
    if not bar.may_share:
        del form.fields["for_office"]
    if request.method == "POST" and form.is_valid():
        try:
            view = saved_views.save_view(actor=actor, listing=listing, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused.message))
        else:
            messages.success(request, _("已保存视图“%(name)s”") % {"name": view.name})
            if any(bound.kind == "digest" and bound.is_active for bound in listing.filters):
                messages.info(request, _("按个人号码查的条件没有保存：号码只在查的时候用"))
            return redirect(url_with(screens, _with_view(query, view)))
    context = presenting.shell(
        request,
        screens,
        actor,
        form=form,
        query=query,
        conditions=[bound for bound in listing.active if bound.kind != "digest"],
        columns=listing.columns,
        search=listing.search,
        back=url_with(screens, query),
    )
    return render(request, "screens/model/views_save.html", context, status=422 if form.errors else 200)


def _with_view(query: str, view: SavedView) -> str:
    parameters = QueryDict(query[:4000], mutable=True)
    for name in ("after", "before"):
        parameters.pop(name, None)
    parameters[VIEW] = str(view.pk)
    return parameters.urlencode()


@require_GET
def manage(request: HttpRequest, screens: ModelScreens, actor: Actor) -> HttpResponse:
    return show(request, screens, actor)


def show(
    request: HttpRequest, screens: ModelScreens, actor: Actor, problem: str = "", of: SavedView | None = None
) -> HttpResponse:
    """The page of all views of a list; ``problem`` is told beside the view that it is of."""
    bar = make_view_bar(Listing(screens, actor, QueryDict()))
    context: dict[str, Any] = presenting.shell(
        request,
        screens,
        actor,
        views=[(each, saved_views.may_change(actor, each.view)) for each in bar.offered],
        deleted=saved_views.list_deleted(screens, actor),
        returnable_days=saved_views.RETURNABLE.days,
        limit=saved_views.LIMIT,
        longest_name=saved_views.LONGEST_NAME,
        problem=problem,
        problem_of=of.pk if of else None,
    )
    return render(request, "screens/model/views.html", context, status=422 if problem else 200)


def find(screens: ModelScreens, actor: Actor, view_id: int, *, is_deleted: bool = False) -> SavedView:
    """Return a view that is hers or her office's. Raises Http404."""
    if is_deleted:
        found = next((view for view in saved_views.list_deleted(screens, actor) if view.pk == view_id), None)
    else:
        found = saved_views.list_kept(screens, actor).filter(pk=view_id).exclude(name="").first()
    if found is None:
        raise Http404
    return found


@require_POST
def rename(request: HttpRequest, screens: ModelScreens, actor: Actor, view_id: int) -> HttpResponse:
    view = find(screens, actor, view_id)
    try:
        saved_views.rename_view(actor=actor, view=view, name=request.POST.get("name", ""))
    except Refused as refused:
        return show(request, screens, actor, str(refused.message), view)
    messages.success(request, _("已改名为“%(name)s”") % {"name": view.name})
    return redirect(url_of(screens, "views"))


@require_POST
def update(request: HttpRequest, screens: ModelScreens, actor: Actor, view_id: int) -> HttpResponse:
    """Let the view be what the list shows now, and go back to it."""
    view = find(screens, actor, view_id)
    saved_views.update_view(actor=actor, view=view, listing=posted_listing(request, screens, actor))
    messages.success(request, _("已更新视图“%(name)s”") % {"name": view.name})
    return redirect(url_with(screens, _with_view(request.POST.get("query", ""), view)))


@require_POST
def make_default(request: HttpRequest, screens: ModelScreens, actor: Actor, view_id: int) -> HttpResponse:
    view = find(screens, actor, view_id)
    is_default = request.POST.get("is_default") == "1"
    saved_views.set_default_view(actor=actor, view=view, is_default=is_default)
    said = _("以后打开列表就用“%(name)s”") if is_default else _("以后打开列表不再用“%(name)s”")
    messages.success(request, said % {"name": view.name})
    return redirect(url_of(screens, "views"))


@require_POST
def delete(request: HttpRequest, screens: ModelScreens, actor: Actor, view_id: int) -> HttpResponse:
    view = find(screens, actor, view_id)
    saved_views.delete_view(actor=actor, view=view)
    messages.success(request, _("已删除视图“%(name)s”，可以在下面撤销") % {"name": view.name})
    return redirect(url_of(screens, "views"))


@require_POST
def restore(request: HttpRequest, screens: ModelScreens, actor: Actor, view_id: int) -> HttpResponse:
    view = find(screens, actor, view_id, is_deleted=True)
    try:
        saved_views.restore_view(actor=actor, view=view)
    except Refused as refused:
        return show(request, screens, actor, str(refused.message), view)
    messages.success(request, _("已恢复视图“%(name)s”") % {"name": view.name})
    return redirect(url_of(screens, "views"))


def _has_views(screens: ModelScreens) -> bool:
    return screens.audience != PUBLIC


ROUTES = (
    Route("views", "views/", manage, _has_views),
    Route("views.save", "views/save/", save, _has_views),
    Route("views.rename", "views/<int:view_id>/rename/", rename, _has_views),
    Route("views.update", "views/<int:view_id>/update/", update, _has_views),
    Route("views.default", "views/<int:view_id>/default/", make_default, _has_views),
    Route("views.delete", "views/<int:view_id>/delete/", delete, _has_views),
    Route("views.restore", "views/<int:view_id>/restore/", restore, _has_views),
)
