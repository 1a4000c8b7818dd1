"""Addresses of the desk."""

from zhengtong.desks.catalogue.urls_finding import URLS_FINDING

app_name = "catalogue_desk"
urlpatterns = [*URLS_FINDING]
