"""Public addresses."""

from django.urls import path

from zhengtong.desks.seals.checking import views

urlpatterns = [path("verify/file/", views.verify_file, name="verify_file")]
