"""Addresses of the desk of seals, and of the page on which anyone checks a seal by its code."""

from django.urls import path

from zhengtong.desks.seals.checking import urls as checking_files
from zhengtong.desks.seals.views import applications, batches, checking, pictures, registers, sealing, uses

SEAL = "desk/seals/seals/<str:code>/"
APPLICATION = "desk/seals/applications/<str:number>/"
USE = "desk/seals/uses/<str:number>/"
BATCH = "desk/seals/batches/<uuid:public_id>/"

app_name = "seals_desk"
urlpatterns = [
    path("desk/seals/", registers.show_home, name="home"),
    path("desk/seals/apply/", applications.apply, name="apply"),
    path("desk/seals/preview.svg", pictures.preview, name="preview"),
    path("desk/seals/applications/", applications.list_all, name="applications"),
    path(APPLICATION, applications.show, name="application"),
    path(f"{APPLICATION}picture.svg", pictures.show_wanted, name="wanted"),
    path(f"{APPLICATION}papers/", applications.attach, name="attach"),
    path(f"{APPLICATION}papers/<int:paper_id>/", applications.open_paper, name="paper"),
    path(f"{APPLICATION}<slug:act>/", applications.act_on, name="application_act"),
    path(SEAL, registers.show_seal, name="seal"),
    path(f"{SEAL}picture.svg", pictures.show_seal, name="picture"),
    path(f"{SEAL}ledger.json", registers.export, name="ledger_export"),
    path(f"{SEAL}<slug:act>/", registers.act_on, name="seal_act"),
    path("desk/seals/uses/", uses.list_all, name="uses"),
    path("desk/seals/uses/new/", uses.begin, name="new_use"),
    path(USE, uses.show, name="use"),
    path(f"{USE}place/", uses.place, name="place"),
    path(f"{USE}pages/<int:page>.png", pictures.show_page, name="page"),
    path(f"{USE}document/", sealing.open_document, name="document"),
    path(f"{USE}copies/<int:copy_id>/", sealing.download, name="copy"),
    path(f"{USE}<slug:act>/", uses.act_on, name="use_act"),
    path("desk/seals/batches/", batches.list_all, name="batches"),
    path("desk/seals/batches/new/", batches.begin, name="new_batch"),
    path(BATCH, batches.show, name="batch"),
    path(f"{BATCH}progress/", batches.progress, name="batch_progress"),
    path(f"{BATCH}add/", batches.add, name="batch_add"),
    path(f"{BATCH}place/", batches.place, name="batch_place"),
    path(f"{BATCH}<slug:act>/", batches.act_on, name="batch_act"),
    path("desk/seals/systems/new/", registers.register, name="new_system"),
    *checking_files.urlpatterns,
    path("verify/seal/<str:code>/", checking.show, name="check"),
    path("verify/seal/<str:code>/picture.svg", checking.picture, name="check_picture"),
]
