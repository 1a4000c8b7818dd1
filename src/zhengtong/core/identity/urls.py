"""Addresses under /account/: allauth's pages by name (those for e-mail aren't offered), and our own."""

from allauth.account import views as allauth_views
from django.urls import include, path

from zhengtong.core.identity import activity, views

own = [
    path("", views.show_account, name="account"),
    path("profile/", views.edit_profile, name="profile"),
    path("enterprises/", views.edit_enterprises, name="enterprises"),
    path("enterprises/<int:mandate_id>/remove/", views.remove_enterprise, name="remove_enterprise"),
    path("enterprises/<int:mandate_id>/agents/", views.edit_agents, name="enterprise_agents"),
    path("enterprises/<int:mandate_id>/agents/<int:agent_id>/remove/", views.remove_agent, name="remove_agent"),
    path("representations/", views.edit_representations, name="representations"),
    path("representations/<int:representation_id>/revoke/", views.revoke_representation, name="revoke_representation"),
    path("capacity/", views.switch_capacity, name="capacity"),
    path("delegations/", views.edit_delegations, name="delegations"),
    path("delegations/absent/", views.delegate_for_absent, name="delegate_for_absent"),
    path("delegations/<int:delegation_id>/", views.show_delegation, name="delegation"),
    path("delegations/<int:delegation_id>/revoke/", views.revoke_delegation, name="revoke_delegation"),
    path("privacy/", views.show_privacy, name="privacy"),
    path("activity/", activity.show_activity, name="activity"),
    path("seen/", activity.show_seen, name="seen"),
    path("password/reset/code/", views.confirm_reset, name="reset_code"),
    path("password/reset/new/", views.complete_reset, name="reset_password"),
]

urlpatterns = [
    path("", include((own, "identity"))),
    path("login/", allauth_views.login, name="account_login"),
    path("login/code/", allauth_views.request_login_code, name="account_request_login_code"),
    path("login/code/confirm/", allauth_views.confirm_login_code, name="account_confirm_login_code"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("signup/", allauth_views.signup, name="account_signup"),
    path("phone/verify/", allauth_views.verify_phone, name="account_verify_phone"),
    path("phone/change/", allauth_views.change_phone, name="account_change_phone"),
    path("password/change/", allauth_views.password_change, name="account_change_password"),
    path("password/reset/", views.request_reset, name="account_reset_password"),
    path("reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("sessions/", views.edit_sessions, name="usersessions_list"),
]
