"""Addresses under /desk/: the worklist, the cases, the case."""

from django.urls import path

from zhengtong.desks.workbench.views import case, cases, todo

app_name = "workbench"
urlpatterns = [
    path("", todo.show_todo, name="todo"),
    path("claim/", todo.claim_batch, name="claim"),
    path("done/", todo.show_done, name="done"),
    path("late/", cases.show_late, name="late"),
    path("cases/", cases.show_cases, name="cases"),
    path("cases/export.csv", cases.export_cases, name="export"),
    path("cases/<str:number>/", case.show_case, name="case"),
    path("cases/<str:number>/reveal/", case.reveal, name="reveal"),
    path("cases/<str:number>/files/<int:material_id>/", case.show_file, name="file"),
    path("cases/<str:number>/papers/<str:paper_code>/", case.show_paper, name="paper"),
    path("cases/<str:number>/<slug:code>/", case.act_on_case, name="act"),
]
