"""Addresses under /desk/trust/keys/."""

from django.urls import path

from zhengtong.desks.trust.keys.views import custodians, inventory, ledger, requests

HERE = "desk/trust/keys/"

urlpatterns = [
    path(HERE, inventory.list_keys, name="keys"),
    path(f"{HERE}inventory.csv", inventory.export, name="keys_export"),
    path(f"{HERE}ledger/", ledger.list_ledger, name="key_ledger"),
    path(f"{HERE}ledger/ledger.csv", ledger.export, name="key_ledger_export"),
    path(f"{HERE}custodians/", custodians.show_custodians, name="custodians"),
    path(f"{HERE}custodians/enroll/", custodians.enroll, name="custodian_enroll"),
    path(f"{HERE}custodians/<int:slot>/replace/", custodians.replace, name="custodian_replace"),
    path(f"{HERE}requests/", requests.list_requests, name="key_requests"),
    path(f"{HERE}requests/kek/", requests.ask_rotation, name="kek_rotation"),
    path(f"{HERE}requests/<int:number>/", requests.show_request, name="key_request"),
    path(f"{HERE}requests/<int:number>/decide/", requests.decide, name="key_request_decide"),
    path(f"{HERE}requests/<int:number>/withdraw/", requests.withdraw, name="key_request_withdraw"),
    path(f"{HERE}requests/<int:number>/perform/", requests.perform, name="key_request_perform"),
    path(f"{HERE}requests/<int:number>/collect/", requests.collect, name="key_request_collect"),
    path(f"{HERE}key/<str:name>/", inventory.show_key, name="key"),
    path(f"{HERE}key/<str:name>/rotate/", inventory.rotate, name="key_rotate"),
    path(f"{HERE}key/<str:name>/destroy/", inventory.ask_destroy, name="key_destroy"),
    path(f"{HERE}key/<str:name>/release/", inventory.ask_release, name="key_release"),
]
