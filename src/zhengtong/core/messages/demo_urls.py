"""The address of the demo's phone, included at ``demo/inbox/``."""

from django.urls import path

from zhengtong.core.messages import views

app_name = "demo_inbox"
urlpatterns = [path("", views.show_demo_inbox, name="show")]
