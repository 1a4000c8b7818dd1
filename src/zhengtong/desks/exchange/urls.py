"""Addresses of the desk."""

from django.urls import path

from zhengtong.desks.exchange.views import flows, plans, quarantine, runs

app_name = "exchange_desk"
urlpatterns = [
    path("desk/exchange/", runs.list_all, name="runs"),
    path("desk/exchange/runs/<int:pk>/", runs.show, name="run"),
    path("desk/exchange/runs/<int:pk>/progress/", runs.progress, name="run_progress"),
    path("desk/exchange/runs/<int:pk>/receipt/", runs.download_receipt, name="receipt"),
    path("desk/exchange/runs/<int:pk>/<slug:act>/", runs.act_on, name="run_act"),
    path("desk/exchange/receipts/", runs.list_receipts, name="receipts"),
    path("desk/exchange/schedules/", plans.list_schedules, name="schedules"),
    path("desk/exchange/contracts/<str:number>/", plans.show_contract, name="contract"),
    path("desk/exchange/contracts/<str:number>/<slug:act>/", plans.act_on, name="contract_act"),
    path("desk/exchange/links/", plans.list_links, name="links"),
    path("desk/exchange/links/<slug:code>/", plans.set_limit, name="link_limit"),
    path("desk/exchange/quarantine/", quarantine.list_groups, name="quarantine"),
    path("desk/exchange/quarantine/<str:number>/", quarantine.list_rows, name="held"),
    path("desk/exchange/quarantine/<str:number>/export/", quarantine.export, name="held_export"),
    path("desk/exchange/quarantine/<str:number>/<slug:act>/", quarantine.act_on_rows, name="held_act"),
    path("desk/exchange/tickets/", quarantine.list_tickets, name="tickets"),
    path("desk/exchange/tickets/<str:number>/", quarantine.show_ticket, name="ticket"),
    path("desk/exchange/tickets/<str:number>/<slug:act>/", quarantine.act_on_ticket, name="ticket_act"),
    path("desk/exchange/flows/", flows.show, name="flows"),
]
