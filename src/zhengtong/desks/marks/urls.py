"""Addresses of marks: of one row, of all in force, of state secrets registered by number."""

from django.urls import path

from zhengtong.desks.marks import views

app_name = "marks_desk"
urlpatterns = [
    path("desk/marks/", views.list_marks, name="list"),
    path("desk/marks/export.csv", views.export, name="export"),
    path("desk/marks/reader.svg", views.draw_reader, name="reader"),
    path("desk/marks/secrets/", views.show_secrets, name="secrets"),
    path("desk/marks/secrets/<int:pk>/return/", views.return_one, name="return"),
    path("desk/marks/of/<str:kind>/<int:pk>/", views.show_row, name="row"),
]
