"""Addresses of the desk: those of each part."""

from django.urls import path

from zhengtong.desks.trust.certificates.urls import urlpatterns as certificates
from zhengtong.desks.trust.data import views as data
from zhengtong.desks.trust.keys.urls import urlpatterns as keys
from zhengtong.desks.trust.time import views as time

app_name = "trust_desk"
urlpatterns = [
    *certificates,
    *keys,
    path("desk/trust/data/", data.show_data_keys, name="data"),
    path("desk/trust/data/change/", data.change, name="change_data"),
    path("desk/trust/time/", time.show_time, name="time"),
    path("desk/trust/time/check/", time.check, name="check_time"),
    path("desk/trust/time/<slug:serial>/", time.show_token, name="token"),
    path("desk/trust/time/<slug:serial>/download/", time.download_token, name="download_token"),
]
