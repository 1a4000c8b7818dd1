"""How a draft begins: empty, from a published item, from the standard of the level above."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.capabilities.bundles.public import revise_bundle
from zhengtong.capabilities.cases.public import (
    CaseKind,
    CleanCharField,
    ItemDraft,
    ServiceItem,
    list_kept_items,
    list_standards,
    localise_item,
    revise_item,
    start_item_draft,
    take_over_standard,
)
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.desks.items.access import COMPILE
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of, for_staff

if TYPE_CHECKING:
    OrganBase = forms.ModelChoiceField[Organisation]
    ItemBase = forms.ModelChoiceField[ServiceItem]
else:
    OrganBase = ItemBase = forms.ModelChoiceField

MOST_OFFERED = 500


class OrganChoice(OrganBase):
    def label_from_instance(self, obj: Organisation) -> str:
        return obj.name


class StandardChoice(ItemBase):
    def label_from_instance(self, obj: ServiceItem) -> str:
        keeper = obj.organisation.short_name if obj.organisation else _("平台")
        return f"{obj.name}（{obj.get_level_display()}，{keeper}）"


class OfficeForm(forms.Form):
    """What both ways to begin ask: for which organisation, under which code."""

    organisation = OrganChoice(Organisation.objects.none(), label=_("编制单位"))
    code = forms.SlugField(label=_("代码"), max_length=60, help_text=_("英文小写和横线，如 pet-clinic-licence。"))

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        reach = actor.reach(COMPILE)
        field.queryset = Organisation.objects.filter(pk__in=list(reach), is_active=True).order_by("name")[:MOST_OFFERED]
        field.queryset = Organisation.objects.filter(pk__in=[each.pk for each in field.queryset]).order_by("name")
        self.initial.setdefault("organisation", actor.organisation)


class NewForm(OfficeForm):
    kind = forms.ChoiceField(label=_("编什么"), choices=CaseKind.choices, widget=forms.RadioSelect, initial="licence")
    name = CleanCharField(label=_("名称"), max_length=100)
    field_order = ("kind", "name", "code", "organisation")


class LocalForm(OfficeForm):
    standard = StandardChoice(ServiceItem.objects.none(), label=_("上级标准"), empty_label=_("请选择"))
    field_order = ("standard", "code", "organisation")

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        field = self.fields["standard"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = list_standards(actor)


def _begin(request: HttpRequest, form: Any, service: Any, template: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            draft: ItemDraft = service(actor=actor_of(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
        else:
            return redirect("items_desk:part", draft.pk, "basic")
    return render(request, template, {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(COMPILE)
def begin(request: HttpRequest) -> HttpResponse:
    """An item or a bundle that isn't there yet."""
    form = NewForm(request.POST or None, actor=actor_of(request))
    return _begin(request, form, start_item_draft, "items/new.html")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(COMPILE)
def localise(request: HttpRequest) -> HttpResponse:
    """The local version of an item of the level above (四级联动)."""
    form = LocalForm(request.POST or None, actor=actor_of(request))
    return _begin(request, form, localise_item, "items/localise.html")


def _find(request: HttpRequest, code: str) -> ServiceItem:
    item = list_kept_items(actor_of(request)).filter(code=code).first()
    if item is None:
        raise Http404
    return item


def _revise(request: HttpRequest, item: ServiceItem) -> ItemDraft:
    act = revise_bundle if item.kind == CaseKind.BUNDLE else revise_item
    return act(actor=actor_of(request), item=item)


@require_POST
@for_staff(COMPILE)
def revise(request: HttpRequest, code: str) -> HttpResponse:
    """The next version of a published item, from its live text; goes on with the draft that is open."""
    item = _find(request, code)
    try:
        return redirect("items_desk:draft", _revise(request, item).pk)
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("items_desk:published", code)


@require_POST
@for_staff(COMPILE)
def follow_standard(request: HttpRequest, code: str) -> HttpResponse:
    """In one click: the next version with the standard's newest text."""
    item = _find(request, code)
    try:
        draft = _revise(request, item)
        draft = take_over_standard(actor=actor_of(request), draft_id=draft.pk, number=draft.number)
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect("items_desk:published", code)
    messages.success(request, _("已采用新的上级标准，请检查本地内容后送审"))
    return redirect("items_desk:draft", draft.pk)
