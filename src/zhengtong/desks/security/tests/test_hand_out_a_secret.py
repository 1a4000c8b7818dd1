"""The person responsible takes a secret at the desk: it is shown once, to nobody else."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast, _staff
from zhengtong.capabilities.signon.public import Application, approve_application
from zhengtong.core.identity.public import Organisation, Reach, get_account_actor
from zhengtong.desks.security.tests.samples_of_applications import CALLBACK, typed

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def owner(cast: Cast) -> Client:
    hall = Organisation.objects.get(name="澄波区人民政府")
    client = Client()
    client.force_login(_staff("owner2", "许文博", hall, {"application_owner": Reach.OWN}), BACKEND)
    return client


def test_from_the_application_to_the_secret(owner: Client, cast: Cast) -> None:
    hall = Organisation.objects.get(name="澄波区人民政府")
    security = _staff("security2", "严守正", hall, {"security_administrator": Reach.SUBTREE})
    page = owner.get("/desk/security/applications/new/").content.decode()
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token is not None
    refused = owner.post(
        "/desk/security/applications/new/",
        {**typed(None), "redirect_addresses": "https://*.example/", "form_token": token[1]},
    )
    assert "含通配符" in refused.content.decode()
    owner.post("/desk/security/applications/new/", {**typed(None), "form_token": token[1]})
    application = Application.objects.get()
    assert application.redirect_addresses == CALLBACK
    detail = reverse("screens:security.applications.detail", args=[application.pk])
    taking = reverse("security_desk:issue_secret", args=[application.pk])
    assert taking not in owner.get(detail).content.decode()
    approve_application(actor=get_account_actor(security), application=application)
    assert taking in owner.get(detail).content.decode()
    shown = owner.post(taking)
    secret = re.search(r"client_secret.*?number\">([\w-]{43})<", shown.content.decode(), re.DOTALL)
    assert secret is not None
    assert "no-store" in shown.headers["Cache-Control"]
    again = owner.get(detail).content.decode()
    assert secret[1] not in again
    assert f"…{secret[1][-4:]}" in again
    stranger = Client()
    stranger.force_login(security, BACKEND)
    assert stranger.post(taking).status_code == 403
    stranger.force_login(cast.accounts["reviewer"], BACKEND)
    assert stranger.post(taking).status_code == 403
