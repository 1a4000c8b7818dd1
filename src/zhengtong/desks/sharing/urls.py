"""Addresses of the supervision of sharing, and the public page of what is shared."""

from django.urls import path

from zhengtong.desks.sharing import views

app_name = "sharing_desk"
urlpatterns = [
    path("desk/sharing/", views.show_ranking, name="ranking"),
    path("desk/sharing/figures.xlsx", views.download_sheet, name="sheet"),
    path("desk/sharing/offices/<uuid:office>/", views.show_office, name="office"),
    path("desk/sharing/circulars/", views.list_circulars, name="circulars"),
    path("desk/sharing/circulars/draft/", views.draft, name="circular_draft"),
    path("desk/sharing/circulars/<int:pk>/", views.show_circular, name="circular"),
    path("desk/sharing/circulars/<int:pk>/issue/", views.issue, name="circular_issue"),
    path("desk/sharing/circulars/<int:pk>/paper/", views.show_paper, name="circular_paper"),
    path("open/sharing/", views.show_public, name="public"),
]
