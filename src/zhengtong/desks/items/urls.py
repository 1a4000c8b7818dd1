"""Addresses of the items desk."""

from django.urls import path

from zhengtong.desks.items.views import arranging, beginning, conditions, drafts, editing, form_designer, lists, preview

DRAFT = "desk/items/drafts/<int:pk>/"

app_name = "items_desk"
urlpatterns = [
    path("desk/items/", lists.show_list, name="list"),
    path("desk/items/new/", beginning.begin, name="new"),
    path("desk/items/standards/", beginning.localise, name="standards"),
    path("desk/items/published/<slug:code>/", lists.show_published, name="published"),
    path("desk/items/published/<slug:code>/revise/", beginning.revise, name="revise"),
    path("desk/items/published/<slug:code>/follow/", beginning.follow_standard, name="follow"),
    path(DRAFT, drafts.show_draft, name="draft"),
    path(f"{DRAFT}preview/", preview.show_preview, name="preview"),
    path(f"{DRAFT}submit/", drafts.submit, name="submit"),
    path(f"{DRAFT}return/", drafts.return_draft, name="return"),
    path(f"{DRAFT}publish/", drafts.publish, name="publish"),
    path(f"{DRAFT}abandon/", drafts.abandon, name="abandon"),
    path(f"{DRAFT}standard/", drafts.take_over, name="take_over"),
    path(f"{DRAFT}materials/search/", editing.search_materials, name="search_materials"),
    path(f"{DRAFT}parts/<slug:part>/", editing.edit_part, name="part"),
    path(f"{DRAFT}parts/<slug:part>/<int:row>/condition/", conditions.edit_condition, name="condition"),
    path(f"{DRAFT}arrangement/", arranging.arrange, name="arrange"),
    path(f"{DRAFT}arrangement/check/", arranging.check, name="check"),
    path("desk/items/drafts/<int:pk>/form/", form_designer.draw_form, name="form"),
]
