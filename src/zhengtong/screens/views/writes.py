"""Create, amend, act: a form, the service's answer in words, and nothing typed is lost."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.kernel.assurance import require_assurance
from zhengtong.kernel.jobs import once
from zhengtong.kernel.policy import Actor, Denied
from zhengtong.screens import meanwhile, presenting
from zhengtong.screens.access import may
from zhengtong.screens.declaration import Act, ModelScreens
from zhengtong.screens.listing import scope
from zhengtong.screens.routing import Route, url_of
from zhengtong.screens.views.details import get_row
from zhengtong.screens.writing import CLEAR, add_refusals, explain, find_field, has_fields, make_form, perform

TOKEN, SEEN = "form_token", "form_seen"


class Overtaken(Exception):
    """Somebody else changed the row since the form was made: nothing is written, the form's mark included."""


class Write:
    """One write on its way: which act, on which row, with which form."""

    def __init__(self, request: HttpRequest, screens: ModelScreens, actor: Actor, act: Act, row: Any = None) -> None:
        self.request, self.screens, self.actor, self.act, self.row = request, screens, actor, act, row
        self.changes: list[meanwhile.Change] = []
        self.authors: list[meanwhile.Author] = []
        data = request.POST if request.method == "POST" else None
        self.form = make_form(screens, act, actor, row, data=data, files=request.FILES or None)

    @property
    def is_amendment(self) -> bool:
        return self.act is self.screens.amend

    @property
    def watched(self) -> list[str]:
        """The model's fields that an amendment shows, and so may overwrite."""
        fields = [find_field(self.screens.model, name) for name in self.form.fields if not name.endswith(CLEAR)]
        return [field.name for field in fields if field is not None]

    def answer(self) -> HttpResponse:
        if self.request.method != "POST":
            return self.show()
        if not self.form.is_valid():
            return self.show(status=422)
        if self.act.assurance:
            require_assurance(self.request, self.act.assurance)
        key = f"form:{self.request.POST.get(TOKEN, '')[:64] or uuid4().hex}"
        try:
            with once(key) as is_first:
                if not is_first:
                    return self.leave(self.row, _("这份表单已经提交过，没有重复办理"))
                if self.is_amendment and self.was_overtaken():
                    raise Overtaken
                made = perform(self.screens, self.act, self.actor, self.row, self.form)
        except Overtaken:
            return self.show(status=409)
        except Exception as error:
            refusals = explain(error, self.screens)
            if refusals is None:
                raise
            add_refusals(self.form, refusals)
            return self.show(status=422)
        return self.leave(made if isinstance(made, self.screens.model) else self.row, str(self.act.done or _("已办理")))

    def was_overtaken(self) -> bool:
        """Lock the row and see what somebody else changed since the form was made.

        What the person left as it was takes the new value; what both changed is hers to decide.
        """
        self.row = self.screens.model._base_manager.select_for_update(of=("self",)).get(pk=self.row.pk)
        seen = meanwhile.Seen.read(self.request.POST.get(SEEN, ""))
        if seen is None:
            return False
        self.changes = meanwhile.list_changes(self.screens, self.row, seen)
        if not self.changes:
            return False
        self.authors = meanwhile.list_authors(self.row, seen.at)
        self._take_over_untouched(seen)
        return True

    def _take_over_untouched(self, seen: meanwhile.Seen) -> None:
        data = self.request.POST.copy()
        fresh = make_form(self.screens, self.act, self.actor, self.row)
        typed = self.screens.model()
        for change in self.changes:
            if change.name not in self.form.cleaned_data:
                continue
            setattr(typed, change.name, self.form.cleaned_data[change.name])
            if meanwhile.look(typed, [change.name]).digests[change.name] == seen.digests[change.name]:
                data.setlist(change.name, _sent(fresh[change.name]))
        self.form = make_form(self.screens, self.act, self.actor, self.row, data=data)
        self.form.is_valid()

    def leave(self, row: Any, said: str) -> HttpResponse:
        """Say what was done and go where it can be seen: to the row when it is still in sight, else to the list."""
        messages.success(self.request, said)
        if row is not None and self.screens.detail and scope(self.screens, self.actor).filter(pk=row.pk).exists():
            return redirect(url_of(self.screens, "detail", row))
        return redirect(url_of(self.screens))

    def show(self, status: int = 200) -> HttpResponse:
        row, screens = self.row, self.screens
        token = self.request.POST.get(TOKEN, "") if status == 422 else ""
        context = presenting.shell(
            self.request,
            screens,
            self.actor,
            act=self.act,
            row=row,
            name=presenting.name_of(screens, row) if row is not None else "",
            form=self.form,
            token=token or uuid4().hex,
            # After a conflict the form is of what is there now: sending it again is to overwrite knowingly.
            seen=self._seen_text(status),
            changes=self.changes,
            authors=self.authors,
            has_files=self.form.is_multipart(),
            back_url=presenting.row_url(screens, row) if row is not None else url_of(screens),
        )
        return render(self.request, "screens/model/form.html", context, status=status)

    def _seen_text(self, status: int) -> str:
        if not self.is_amendment:
            return ""
        if status == 422 and not self.changes:
            return self.request.POST.get(SEEN, "")
        return meanwhile.look(self.row, self.watched).write()


def _sent(bound: BoundField) -> list[str]:
    """Return what a browser would send for a field that nobody touched."""
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return ["on"] if bound.value() else []
    value = bound.field.widget.format_value(bound.value())
    values = value if isinstance(value, list) else [value]
    return [str(each) for each in values if each not in (None, "", False)]


@require_http_methods(["GET", "POST"])
def show_new(request: HttpRequest, screens: ModelScreens, actor: Actor) -> HttpResponse:
    act = screens.create
    assert act is not None
    if not may(actor, screens, act.permission):
        raise Denied(act.permission)
    return Write(request, screens, actor, act).answer()


def _open(screens: ModelScreens, actor: Actor, act: Act, id: Any) -> Any:
    """Return the row for ``act``. Raises Http404 when it isn't in sight, Denied when ``act`` isn't hers."""
    row = get_row(screens, actor, id)
    if not may(actor, screens, act.permission, row):
        raise Denied(act.permission)
    return row


@require_http_methods(["GET", "POST"])
def show_amend(request: HttpRequest, screens: ModelScreens, actor: Actor, id: Any) -> HttpResponse:
    act = screens.amend
    assert act is not None
    row = _open(screens, actor, act, id)
    if act.when is not None and not act.when(row):
        return _not_now(request, screens, act, row)
    return Write(request, screens, actor, act, row).answer()


def find_act(screens: ModelScreens, code: str) -> Act:
    for act in screens.actions:
        if act.code == code:
            return act
    raise Http404


@require_http_methods(["GET", "POST"])
def show_act(request: HttpRequest, screens: ModelScreens, actor: Actor, id: Any, act: str) -> HttpResponse:
    found = find_act(screens, act)
    row = _open(screens, actor, found, id)
    if found.when is not None and not found.when(row):
        return _not_now(request, screens, found, row)
    write = Write(request, screens, actor, found, row)
    if request.method == "POST" and not has_fields(screens, found):
        # A button without a form: its refusal is told on the row's own page.
        return _answer_button(write)
    return write.answer()


def _answer_button(write: Write) -> HttpResponse:
    response = write.answer()
    if response.status_code == 422 and write.screens.detail:
        for text in write.form.non_field_errors():
            messages.error(write.request, str(text))
        return redirect(url_of(write.screens, "detail", write.row))
    return response


def _not_now(request: HttpRequest, screens: ModelScreens, act: Act, row: Any) -> HttpResponse:
    messages.warning(
        request,
        _("现在不能%(act)s%(name)s：情况已经变了") % {"act": act.title, "name": presenting.name_of(screens, row)},
    )
    return redirect(presenting.row_url(screens, row) or url_of(screens))


def _has_actions(screens: ModelScreens) -> bool:
    return bool(screens.actions)


ROUTES = (
    Route("new", "new/", show_new, when=lambda screens: screens.create is not None),
    Route("amend", "{id}/amend/", show_amend, when=lambda screens: screens.amend is not None),
    Route("act", "{id}/act/<slug:act>/", show_act, when=_has_actions),
)
