"""Addresses that certificates carry and programs call; they never move."""

from django.urls import path

from zhengtong.capabilities.pki import views

app_name = "pki"
urlpatterns = [
    path("trust/ca/chain.pem", views.show_chain, {"code": "issuing", "form": "pem"}, name="chain"),
    path("trust/ca/chain-sm2.pem", views.show_chain, {"code": "issuing-sm2", "form": "pem"}, name="chain_sm2"),
    path("trust/ca/chain.p7b", views.show_chain, {"code": "issuing", "form": "p7b"}, name="chain_p7b"),
    path("trust/ca/chain-sm2.p7b", views.show_chain, {"code": "issuing-sm2", "form": "p7b"}, name="chain_sm2_p7b"),
    path("trust/ca/<slug:code>.cer", views.show_authority, {"form": "cer"}, name="authority"),
    path("trust/ca/<slug:code>.pem", views.show_authority, {"form": "pem"}, name="authority_pem"),
    path("trust/crl/<slug:code>.crl", views.show_list, {"form": "crl"}, name="list"),
    path("trust/crl/<slug:code>.pem", views.show_list, {"form": "pem"}, name="list_pem"),
    path("trust/ocsp", views.post_status, name="status"),
    path("trust/ocsp/<path:encoded>", views.get_status, name="status_get"),
]
