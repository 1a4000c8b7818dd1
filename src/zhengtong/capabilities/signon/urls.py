"""Addresses that other programs and people call directly."""

from django.urls import path

from zhengtong.capabilities.signon.applications.urls import urlpatterns as applications
from zhengtong.capabilities.signon.staffing.urls import urlpatterns as staffing
from zhengtong.capabilities.signon.views import confirming, factors, signing_in

app_name = "signon"
LOGIN, SECURITY = "account/login/", "account/security/"
urlpatterns = [
    *applications,
    *staffing,
    path(f"{LOGIN}second/", signing_in.second_factor, name="second_factor"),
    path(f"{LOGIN}second/begin/", signing_in.begin_second, name="begin_second"),
    path(f"{LOGIN}passkey/", signing_in.sign_in_by_passkey, name="sign_in_by_passkey"),
    path(f"{LOGIN}passkey/begin/", signing_in.begin_passkey, name="begin_passkey"),
    path(f"{LOGIN}certificate/", signing_in.sign_in_by_certificate, name="sign_in_by_certificate"),
    path(SECURITY, factors.show_security, name="security"),
    path(f"{SECURITY}code/", factors.add_generator, name="add_generator"),
    path(f"{SECURITY}code/remove/", factors.remove_generator, name="remove_generator"),
    path(f"{SECURITY}recovery/", factors.make_recovery_codes, name="recovery_codes"),
    path(f"{SECURITY}passkeys/add/", factors.add_passkey, name="add_passkey"),
    path(f"{SECURITY}passkeys/begin/", factors.begin_adding, name="begin_adding"),
    path(f"{SECURITY}passkeys/<int:passkey_id>/", factors.rename_passkey, name="rename_passkey"),
    path(f"{SECURITY}passkeys/<int:passkey_id>/remove/", factors.remove_passkey, name="remove_passkey"),
    path(f"{SECURITY}certificates/bind/", factors.bind_certificate, name="bind_certificate"),
    path(f"{SECURITY}certificates/<int:bound_id>/unbind/", factors.unbind_certificate, name="unbind_certificate"),
    path(f"{SECURITY}resets/<int:reset_id>/stop/", factors.stop_reset, name="stop_reset"),
    path(f"{SECURITY}confirm/", confirming.confirm, name="confirm"),
    path(f"{SECURITY}confirm/begin/", confirming.begin_confirming, name="begin_confirming"),
]
