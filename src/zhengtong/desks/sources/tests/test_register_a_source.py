"""The manager registers a real MariaDB by its kind, checks it, looks at its tables, changes its password."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast, _staff
from tests.conformance.samples import SIGNS_IN
from tests.servers import MariaDBServer
from zhengtong.capabilities.sources.public import Source
from zhengtong.core.identity.public import Organisation, Reach

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(cast: Cast) -> Client:
    office = Organisation.objects.get(name="澄波区市场监督管理局")
    client = Client()
    client.force_login(_staff("source_manager", "路遥", office, {"source_manager": Reach.OWN}), SIGNS_IN)
    return client


def typed(mariadb: MariaDBServer, **more: Any) -> dict[str, Any]:
    office = Organisation.objects.get(name="澄波区市场监督管理局")
    about = {"organisation": office.pk, "name": "企业登记库", "code": "firms", "is_readable": "on"}
    settings = {f"with_{name}": value for name, value in {**mariadb.settings, **mariadb.secrets}.items()}
    return {**about, **settings, **more}


def test_from_the_choice_of_a_kind_to_its_columns(browser: Client, mariadb: MariaDBServer) -> None:
    mariadb.run("CREATE TABLE firms (code VARCHAR(20) PRIMARY KEY COMMENT '统一社会信用代码', capital DECIMAL(18,2))")
    address = reverse("sources_desk:register", args=["mariadb"])
    assert address in browser.get(reverse("sources_desk:choose")).content.decode()
    assert "数据库" in browser.get(address).content.decode()
    answer = browser.post(address, typed(mariadb), follow=True)
    source = Source.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("screens:sources.sources.detail", args=[source.pk])
    checked = browser.post(reverse("sources_desk:check", args=["firms"]), follow=True).content.decode()
    assert "连上了：MariaDB 10." in checked
    tables = browser.get(reverse("sources_desk:tables", args=["firms"]), {"table": "firms"}).content.decode()
    assert "统一社会信用代码" in tables
    assert "(18,2)" in tables


def test_a_password_is_never_shown_again(browser: Client, mariadb: MariaDBServer) -> None:
    address = reverse("sources_desk:register", args=["mariadb"])
    wrong = browser.post(address, typed(mariadb, code="Not a code"))
    assert wrong.status_code == 422
    assert mariadb.password not in wrong.content.decode()
    browser.post(address, typed(mariadb))
    source = Source.objects.get()
    pages = [reverse("screens:sources.sources.detail", args=[source.pk])]
    pages += [reverse(f"sources_desk:{name}", args=["firms"]) for name in ("amend", "secrets")]
    for page in pages:
        assert mariadb.password not in browser.get(page).content.decode()
    browser.post(pages[2], {"with_password": "wrong-horse-1"})
    said = browser.post(reverse("sources_desk:check", args=["firms"]), follow=True).content.decode()
    assert "不接受登记的用户名和口令" in said
    source.refresh_from_db()
    assert source.secrets == {"password": "wrong-horse-1"}


def test_a_private_key_is_not_sent_back_with_a_mistake(browser: Client) -> None:
    address = reverse("sources_desk:register", args=["sftp"])
    wrong = browser.post(address, {"with_private_key": "SECRET-KEY-TEXT", "code": "x"})
    assert wrong.status_code == 422
    assert "SECRET-KEY-TEXT" not in wrong.content.decode()


def test_what_is_amended_keeps_what_was_typed(browser: Client, mariadb: MariaDBServer) -> None:
    browser.post(reverse("sources_desk:register", args=["mariadb"]), typed(mariadb))
    address = reverse("sources_desk:amend", args=["firms"])
    assert "127.0.0.1" in browser.get(address).content.decode()
    refused = browser.post(address, typed(mariadb, with_port="99999"))
    assert refused.status_code == 422
    saved = browser.post(address, typed(mariadb, name="企业库", bytes_a_second="1000000", is_writable="on"))
    assert saved.status_code == 302
    source = Source.objects.get()
    assert (source.name, source.bytes_a_second, source.is_writable) == ("企业库", 1_000_000, True)
    assert source.secrets == {"password": mariadb.password}


def test_a_source_of_another_office_is_not_found(browser: Client, mariadb: MariaDBServer) -> None:
    Source.objects.create(
        code="theirs",
        name="别人的库",
        kind="mariadb",
        organisation=Organisation.objects.get(name="禾溪县人民政府"),
        settings=mariadb.settings,
        secrets=mariadb.secrets,
    )
    for name in ("amend", "secrets", "tables"):
        assert browser.get(reverse(f"sources_desk:{name}", args=["theirs"])).status_code == 404
    assert browser.post(reverse("sources_desk:check", args=["theirs"])).status_code == 404
    assert browser.get(reverse("sources_desk:register", args=["node"])).status_code == 404
