"""Addresses of the desk of requests and contracts."""

from django.urls import path

from zhengtong.desks.contracts.views import asking, contracts, requests

REQUEST = "desk/share/requests/<str:number>/"
CONTRACT = "desk/share/contracts/<str:number>/"

app_name = "contracts_desk"
urlpatterns = [
    path("desk/share/", requests.list_mine, name="mine"),
    path("desk/share/review/", requests.list_waiting, name="waiting"),
    path("desk/share/ask/", asking.choose, name="choose"),
    path("desk/share/ask/<path:code>/", asking.ask, name="ask"),
    path(REQUEST, requests.show, name="request"),
    path(f"{REQUEST}edit/<slug:part>/", asking.edit, name="edit"),
    path(f"{REQUEST}copy/", asking.copy, name="copy"),
    path(f"{REQUEST}papers/", asking.attach, name="attach"),
    path(f"{REQUEST}papers/<int:paper_id>/", requests.open_paper, name="paper"),
    path(f"{REQUEST}papers/<int:paper_id>/remove/", asking.remove, name="remove_paper"),
    path(f"{REQUEST}<slug:act>/", requests.act_on, name="request_act"),
    path("desk/share/contracts/", contracts.list_all, name="contracts"),
    path(CONTRACT, contracts.show, name="contract"),
    path(f"{CONTRACT}print/", contracts.show_print, name="print"),
    path(f"{CONTRACT}content.json", contracts.download, name="content"),
    path(f"{CONTRACT}renew/", contracts.renew, name="renew"),
    path(f"{CONTRACT}<slug:act>/", contracts.act_on, name="contract_act"),
]
