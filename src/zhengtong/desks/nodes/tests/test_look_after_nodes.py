"""The operators look after their links: the list, a node, the messages, who is connected; others don't see them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import Cast
from tests.conformance.samples import SIGNS_IN
from zhengtong.capabilities.nodes.public import Node, send_notice
from zhengtong.capabilities.nodes.tests.office import make_account, make_node, set_up
from zhengtong.core.identity.public import Organisation, get_account_actor


def enter(cast: Cast, office: str, username: str) -> tuple[Client, Any]:
    account = make_account(username, "江一帆", Organisation.objects.get(name=office), "node_operator")
    client = Client()
    client.force_login(account, SIGNS_IN)
    return client, get_account_actor(account)


@pytest.mark.django_db
def test_the_operator_sees_which_link_is_away_and_what_waits(cast: Cast) -> None:
    client, operator = enter(cast, "澄波区政务服务中心", "node_operator")
    assert "设定本节点" in client.get("/desk/nodes/").content.decode()
    set_up(operator)
    since = timezone.now() - timedelta(hours=2)
    node = make_node(operator, is_up=False, down_since=since, trouble="连不上对方节点")
    Node.objects.filter(pk=node.pk).update(offered=["ab" * 32])
    message = send_notice(actor=operator, node=node, title="今晚升级", text="22点到23点暂停交换。")

    home = client.get("/desk/nodes/").content.decode()
    assert "安澜市政务数据节点" in home
    assert "中断" in home
    assert "<svg" in home
    page = client.get("/desk/nodes/nodes/city/").content.decode()
    assert "连不上对方节点" in page
    assert "今晚升级" in page
    listed = client.get("/desk/nodes/messages/?state=waiting").content.decode()
    assert "今晚升级" in listed
    address = f"/desk/nodes/messages/{message.message_id}/"
    assert "现在重发" in client.get(address).content.decode()
    assert client.post(f"{address}cancel/", {"reason": "不用发了"}).status_code == 302
    message.refresh_from_db()
    assert message.state == "cancelled"
    assert "接入率" in client.get("/desk/nodes/joined/").content.decode()
    for path in ("own/", "own/set-up/", "join/", "nodes/city/notice/", "nodes/city/data/", "nodes/city/landings/"):
        assert client.get(f"/desk/nodes/{path}").status_code == 200

    Node.objects.filter(pk=node.pk).update(state="approved")
    assert "没有连上" in client.get("/desk/nodes/").content.decode()
    page = client.get("/desk/nodes/nodes/city/").content.decode()
    assert "上一次没有连上" in page
    assert "连不上对方节点" in page

    stranger, _actor = enter(cast, "禾溪县市场监督管理局", "outside_operator")
    assert stranger.get("/desk/nodes/nodes/city/").status_code == 404
    assert stranger.get(address).status_code == 404
