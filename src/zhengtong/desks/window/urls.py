"""Addresses under /desk/window/: the queue, the case at the counter, filing for someone."""

from django.urls import path

from zhengtong.desks.window.views import bundle, case, filing, identities, queue

app_name = "window"
urlpatterns = [
    path("", queue.show_queue, name="queue"),
    path("new/", filing.begin, name="new"),
    path("new/<uuid:public_id>/", filing.fill, name="fill"),
    path("new/<uuid:public_id>/save/", filing.save, name="save"),
    path("new/<uuid:public_id>/files/", filing.upload, name="upload"),
    path("new/<uuid:public_id>/files/<int:material_id>/", filing.show_file, name="draft_file"),
    path("new/<uuid:public_id>/files/<int:material_id>/remove/", filing.remove, name="remove"),
    path("identities/", identities.look_up, name="identities"),
    path("identities/<uuid:public_id>/", identities.show, name="identity"),
    path("identities/<uuid:public_id>/decide/", identities.decide, name="decide_identity"),
    path("cases/<str:number>/", case.show_case, name="case"),
    path("cases/<str:number>/accept-all/", bundle.accept_all, name="accept_all"),
    path("cases/<str:number>/reveal/", case.reveal, name="reveal"),
    path("cases/<str:number>/files/<int:material_id>/", case.show_file, name="file"),
    path("cases/<str:number>/papers/<str:paper_code>/", case.show_paper, name="paper"),
    path("cases/<str:number>/<slug:code>/", case.act_on_case, name="act"),
]
