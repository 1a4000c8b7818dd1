"""Addresses of the physical hall: booking under /hall/appointments/, what anybody sees under /open/lobby/, the window's
and the guide's under /desk/lobby/."""

from django.urls import path

from zhengtong.desks.lobby.views import booking, kiosk, reception, screen, statistics, window

RESERVATION = "hall/appointments/<uuid:public_id>/"

app_name = "lobby"
urlpatterns = [
    path("hall/appointments/", booking.show_home, name="appointments"),
    path("hall/appointments/new/", booking.book, name="book"),
    path(RESERVATION, booking.show, name="appointment"),
    path(f"{RESERVATION}change/", booking.change, name="change"),
    path(f"{RESERVATION}cancel/", booking.cancel, name="cancel"),
    path(f"{RESERVATION}calendar.ics", booking.download_calendar, name="calendar"),
    path(f"{RESERVATION}slip/", booking.show_slip, name="slip"),
    path("open/lobby/", screen.list_halls, name="halls"),
    path("open/lobby/tickets/<uuid:public_id>/", screen.show_ticket, name="ticket"),
    path("open/lobby/kiosk/<str:token>/", kiosk.show, name="kiosk"),
    path("open/lobby/<slug:code>/", screen.show_hall, name="hall"),
    path("open/lobby/<slug:code>/screen/", screen.show_screen, name="screen"),
    path("open/lobby/<slug:code>/screen/calls/", screen.show_calls, name="calls"),
    path("desk/lobby/", window.show, name="window"),
    path("desk/lobby/windows/<int:window_id>/<slug:act>/", window.act, name="window_act"),
    path("desk/lobby/reception/", reception.show, name="reception"),
    path("desk/lobby/reception/<slug:code>/kiosk/", reception.issue_kiosk, name="issue_kiosk"),
    path("desk/lobby/statistics/", statistics.show, name="statistics"),
    path("desk/lobby/statistics/export.csv", statistics.export, name="export"),
]
