"""Addresses of ratings: what everybody reads is under /open/ratings/, the workbench's under /desk/ratings/."""

from django.urls import path

from zhengtong.desks.ratings.views import acts, desk, published, statistics

FOLLOW_UP = "desk/ratings/<uuid:public_id>/"

app_name = "ratings_desk"
urlpatterns = [
    path("open/ratings/", published.show, name="published"),
    path("desk/ratings/", desk.show_queue, name="queue"),
    path("desk/ratings/statistics/", statistics.show, name="statistics"),
    path("desk/ratings/statistics/export.csv", statistics.export, name="export"),
    path(FOLLOW_UP, desk.show_follow_up, name="follow_up"),
    path(f"{FOLLOW_UP}contact/", acts.contact, name="contact"),
    path(f"{FOLLOW_UP}rectify/", acts.put_right, name="rectify"),
    path(f"{FOLLOW_UP}verify/", acts.check, name="verify"),
    path(f"{FOLLOW_UP}return/", acts.send_back, name="return"),
]
