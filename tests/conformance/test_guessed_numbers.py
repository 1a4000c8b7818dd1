"""Somebody guesses the numbers in addresses: what isn't hers is not found, and its page says nothing of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast, fresh
from tests.conformance.samples import SIGNS_IN
from tests.conformance.test_every_address import CASE_ID, OURS, SAMPLES
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.identity.public import Mandate
from zhengtong.core.papers.public import Paper

# Programs without a token are told so: 401.
REFUSED = {302, 401, 403, 404, 405}


def browser(cast: Cast, name: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(cast.accounts[name], SIGNS_IN)
    if name == "owner":
        session = client.session
        session["mandate"] = cast.owner.mandate
        session.save()
    return client


def test_a_citizen_is_no_clerk(cast: Cast) -> None:
    case, client = cast.submitted(), browser(cast, "citizen")
    tried = [a.replace(SAMPLES["number"], case.number or "") for a in OURS if a.startswith("/desk/")]
    assert len(tried) > 30
    answered = {
        f"{method} {address}": getattr(client, method)(address).status_code
        for address in tried
        for method in ("get", "post")
    }
    assert {said: status for said, status in answered.items() if status not in REFUSED} == {}


def test_another_citizen_sees_nothing_of_a_case(cast: Cast) -> None:
    case, client = cast.submitted(), browser(cast, "citizen")
    ours = [a.replace(CASE_ID, str(case.public_id)) for a in OURS if CASE_ID in a]
    assert len(ours) > 10
    for address in ours:
        for method in ("get", "post"):
            answer = getattr(client, method)(address)
            assert answer.status_code in REFUSED, (address, method)
            assert case.applicant_name not in answer.content.decode()


def at_the_desks(case: cases.Case) -> Iterator[str]:
    """Yield every address of a case at window and workbench."""
    material = case.materials.first()
    assert material is not None
    papers = [paper.code for paper in Paper.objects.all()[:1]] or ["x"]
    for address in OURS:
        if address.startswith(("/desk/cases/", "/desk/window/cases/")) and SAMPLES["number"] in address:
            address = address.replace(SAMPLES["number"], str(case.number))
            yield address.replace("/files/1/", f"/files/{material.pk}/").replace("/papers/x/", f"/papers/{papers[0]}/")


@pytest.mark.parametrize("stage", ["submitted", "reviewing", "granted"])
def test_an_official_of_another_county_finds_no_case_of_ours(cast: Cast, stage: str) -> None:
    case, client = fresh(getattr(cast, stage)()), browser(cast, "outsider")
    tried = list(at_the_desks(case))
    assert len(tried) > 8
    for address in tried:
        assert client.get(address).status_code in {404, 405}, address
        assert client.post(address).status_code in {404, 405}, address
    assert fresh(case).version == case.version


def test_a_file_of_one_case_isnt_found_under_another(cast: Cast) -> None:
    ours, other = cast.submitted(), cast.submitted(operator_name="另一家面馆")
    material = other.materials.first()
    assert material is not None
    clerk, owner = browser(cast, "counter"), browser(cast, "owner")
    assert clerk.get(reverse("window:file", args=[ours.number, material.pk])).status_code == 404
    assert clerk.get(reverse("window:file", args=[other.number, material.pk])).status_code == 200
    assert owner.get(reverse("hall:file", args=[ours.public_id, material.pk])).status_code == 404


def test_a_paper_of_one_case_isnt_found_under_another(cast: Cast) -> None:
    ours, granted = cast.submitted(), cast.granted()
    paper = granted.documents.select_related("paper")[0].paper
    clerk, owner = browser(cast, "counter"), browser(cast, "owner")
    assert clerk.get(reverse("window:paper", args=[granted.number, paper.code])).status_code == 200
    assert clerk.get(reverse("window:paper", args=[ours.number, paper.code])).status_code == 404
    assert owner.get(reverse("hall:paper", args=[ours.public_id, paper.code])).status_code == 404


def of_the_account(cast: Cast) -> Iterator[tuple[str, list[Any]]]:
    """Yield addresses of things of ``owner``'s own under /account/."""
    mandate = Mandate.objects.get(citizen__account=cast.accounts["owner"])
    yield "identity:remove_enterprise", [mandate.pk]
    yield "identity:enterprise_agents", [mandate.pk]
    yield "identity:remove_agent", [mandate.pk, 1]
    yield "identity:revoke_representation", [1]


def test_another_citizens_things_are_not_found(cast: Cast) -> None:
    client = browser(cast, "citizen")
    for name, numbers in of_the_account(cast):
        for method in ("get", "post"):
            assert getattr(client, method)(reverse(name, args=numbers)).status_code in {404, 405}, name
    assert Mandate.objects.filter(citizen__account=cast.accounts["owner"]).count() == 1
