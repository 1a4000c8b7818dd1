"""Addresses of SCIM, and the page on which a new account is opened."""

from django.urls import URLPattern, path

from zhengtong.capabilities.signon.staffing import about, activation, groups, pages, users

urlpatterns: list[URLPattern] = [
    path("scim/v2/ServiceProviderConfig", about.configuration, name="scim_configuration"),
    path("scim/v2/ResourceTypes", about.resource_types, name="scim_types"),
    path("scim/v2/ResourceTypes/<str:key>", about.resource_types, name="scim_type"),
    path("scim/v2/Schemas", about.schemas, name="scim_schemas"),
    path("scim/v2/Schemas/<str:key>", about.schemas, name="scim_schema"),
    path("scim/v2/Users", users.users, name="scim_users"),
    path("scim/v2/Users/<uuid:public_id>", users.user, name="scim_user"),
    path("scim/v2/Groups", groups.groups, name="scim_groups"),
    path("scim/v2/Groups/<str:key>", groups.group, name="scim_group"),
    path("desk/signon/activations/", pages.show_waiting, name="waiting"),
    path("desk/signon/activations/links/", pages.hand_out, name="hand_out"),
    path("account/activate/<str:code>/", activation.show_activation, name="activate"),
]
