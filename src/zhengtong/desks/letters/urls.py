"""Addresses of letters and surveys: those of the public under /hall/, those of the workbench under /desk/letters/."""

from django.urls import path

from zhengtong.desks.letters.views import (
    desk,
    intake,
    progress,
    published,
    publishing,
    statistics,
    surveys,
    taking,
    write,
)

DRAFT = "hall/letters/write/<uuid:public_id>/"
MINE = "hall/letters/mine/<uuid:public_id>/"
LETTER = "desk/letters/<str:number>/"
SURVEY = "desk/letters/surveys/<uuid:public_id>/"

app_name = "letters_desk"
urlpatterns = [
    path("hall/letters/", published.show_home, name="home"),
    path("hall/letters/write/", write.choose_kind, name="write"),
    path(f"{DRAFT}receipt/", write.show_receipt, name="receipt"),
    path(f"{DRAFT}check/", write.check, name="check"),
    path(f"{DRAFT}files/<int:file_id>/remove/", write.remove, name="remove_file"),
    path(f"{DRAFT}<slug:part>/", write.edit_part, name="part"),
    path("hall/letters/mine/", progress.list_mine, name="mine"),
    path(MINE, progress.show_letter, name="letter"),
    path(f"{MINE}rate/", progress.rate, name="rate"),
    path(f"{MINE}urge/", progress.urge, name="urge"),
    path(f"{MINE}files/<int:file_id>/", progress.open_file, name="file"),
    path("hall/letters/progress/", progress.ask, name="progress"),
    path("hall/letters/published/", published.list_letters, name="published"),
    path("hall/letters/published/<uuid:public_id>/", published.show_letter, name="published_letter"),
    path("hall/surveys/", taking.list_all, name="surveys"),
    path("hall/surveys/<uuid:public_id>/", taking.show_survey, name="survey"),
    path("desk/letters/", desk.show_queue, name="queue"),
    path("desk/letters/all/", desk.show_all, name="all"),
    path("desk/letters/new/", intake.record, name="new"),
    path("desk/letters/statistics/", statistics.show, name="statistics"),
    path("desk/letters/statistics/export.csv", statistics.export, name="export"),
    path("desk/letters/surveys/", surveys.list_all, name="desk_surveys"),
    path("desk/letters/surveys/new/", surveys.create, name="new_survey"),
    path(SURVEY, surveys.show, name="desk_survey"),
    path(f"{SURVEY}amend/", surveys.amend, name="amend_survey"),
    path(f"{SURVEY}questions/", surveys.add, name="add_question"),
    path(f"{SURVEY}act/", surveys.act, name="survey_act"),
    path(LETTER, desk.show_letter, name="case"),
    path(f"{LETTER}reveal/", desk.reveal, name="reveal"),
    path(f"{LETTER}publish/", publishing.publish, name="publish"),
    path(f"{LETTER}files/<int:file_id>/", desk.open_file, name="desk_file"),
    path(f"{LETTER}<slug:code>/", desk.act_on_letter, name="act"),
]
