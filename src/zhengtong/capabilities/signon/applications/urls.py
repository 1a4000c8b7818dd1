"""Addresses of the provider. ``/.well-known/openid-configuration`` is where the others are found."""

from django.urls import URLPattern, path

from zhengtong.capabilities.signon.applications import endpoints, pages

urlpatterns: list[URLPattern] = [
    path(".well-known/openid-configuration", endpoints.show_configuration, name="configuration"),
    path(".well-known/jwks.json", endpoints.show_keys, name="jwks"),
    path("signon/authorize", pages.authorize, name="authorize"),
    path("signon/continue", pages.go_on, name="continue"),
    path("signon/token", endpoints.give_tokens, name="token"),
    path("signon/userinfo", endpoints.show_userinfo, name="userinfo"),
    path("signon/introspect", endpoints.introspect, name="introspect"),
    path("signon/revoke", endpoints.revoke, name="revoke"),
    path("signon/logout", pages.end_session, name="logout"),
    path("account/applications/", pages.edit_my_applications, name="my_applications"),
]
