"""Addresses under /desk/: the worklist, the cases, the case."""

from django.urls import path

from zhengtong.desks.workbench.views import case, cases, deciding, handover, leading, moving, search, todo, watched

app_name = "workbench"
urlpatterns = [
    path("", todo.show_todo, name="todo"),
    path("claim/", moving.claim_batch, name="claim"),
    path("return/", moving.return_batch, name="return"),
    path("read/", moving.read_batch, name="read"),
    path("recall/", moving.recall_batch, name="recall"),
    path("transfer/", moving.transfer, name="transfer"),
    path("reassign/", moving.reassign, name="reassign"),
    path("decide/", deciding.decide_many, name="decide"),
    path("transfer/choose/", moving.choose_receiver, name="choose_receiver"),
    path("watched/", watched.show_watched, name="watched"),
    path("watched/stop/", watched.unwatch_batch, name="unwatch"),
    path("done/", todo.show_done, name="done"),
    path("handed-over/", handover.show_handed_over, name="handed_over"),
    path("handed-over/print/", handover.print_handed_over, name="handed_over_print"),
    path("search/", search.show_results, name="search"),
    path("search/offers/", search.show_offers, name="offers"),
    path("leading/", leading.show_leading, name="leading"),
    # Where the page of what is late was before.
    path("late/", leading.show_late, name="late"),
    path("cases/", cases.show_cases, name="cases"),
    path("cases/export.csv", cases.export_cases, name="export"),
    path("cases/<str:number>/", case.show_case, name="case"),
    path("cases/<str:number>/watch/", watched.watch_case, name="watch"),
    path("cases/<str:number>/reveal/", case.reveal, name="reveal"),
    path("cases/<str:number>/files/<int:material_id>/", case.show_file, name="file"),
    path("cases/<str:number>/papers/<str:paper_code>/", case.show_paper, name="paper"),
    path("cases/<str:number>/<slug:code>/", case.act_on_case, name="act"),
]
