"""Addresses of the desk."""

from django.urls import path

from zhengtong.desks.nodes.views import data, joining, messages, nodes, own

NODE = "desk/nodes/nodes/<slug:code>/"
MESSAGE = "desk/nodes/messages/<uuid:message_id>/"

app_name = "nodes_desk"
urlpatterns = [
    path("desk/nodes/", nodes.show_all, name="home"),
    path("desk/nodes/joined/", nodes.show_joined, name="joined"),
    path("desk/nodes/own/", own.show, name="own"),
    path("desk/nodes/own/set-up/", own.set_up, name="set_up"),
    path("desk/nodes/own/card.json", own.export, name="export"),
    path("desk/nodes/own/certificates/new/", own.renew, name="renew_own"),
    path("desk/nodes/own/certificates/server/", own.enter, name="enter_own"),
    path("desk/nodes/own/certificates/<int:certificate_id>/end/", own.end, name="end_own"),
    path("desk/nodes/join/", joining.join, name="join"),
    path("desk/nodes/messages/", messages.list_all, name="messages"),
    path(MESSAGE, messages.show, name="message"),
    path(f"{MESSAGE}receipt.zip", messages.download_receipt, name="receipt"),
    path(f"{MESSAGE}<slug:act>/", messages.act_on, name="message_act"),
    path(NODE, nodes.show, name="node"),
    path(f"{NODE}notice/", messages.write, name="notice"),
    path(f"{NODE}data/", data.send, name="send_data"),
    path(f"{NODE}landings/", data.set_landing, name="landing"),
    path(f"{NODE}<slug:act>/", joining.act_on, name="node_act"),
]
