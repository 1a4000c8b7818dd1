"""The counter verifies with the papers on the desk who somebody is and for whom she may act."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import PERSON, Cast
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Citizen, Mandate, Representation, make_citizen_number, register_ward

Browse = Callable[[str], Any]
LOOK_UP = reverse("window:identities")


def find(client: Client, number: str) -> str:
    response = client.post(LOOK_UP, {"id_number": number})
    assert response.status_code == 302
    return response.headers["Location"]


def test_finds_a_person_by_her_card_and_leaves_a_record(cast: Cast, browse: Browse) -> None:
    clerk = browse("counter")
    page = clerk.get(find(clerk, PERSON)).content.decode()
    assert "王晓岚" in page
    assert "澜水面馆" in page
    assert PERSON not in page
    assert AuditRecord.objects.filter(action="identity.citizen_looked_up", purpose="窗口核验身份").count() == 1


def test_says_what_is_wrong(cast: Cast, browse: Browse) -> None:
    clerk = browse("counter")
    unknown = make_citizen_number("990102", date(1970, 1, 1), 5)
    for typed, words in (("", "请填写证件上"), (PERSON[:17], "现在是17位"), (unknown, "没有账号填写过这个号码")):
        response = clerk.post(LOOK_UP, {"id_number": typed})
        assert response.status_code == 422
        assert words in response.content.decode()


def test_verifies_the_person_and_her_mandate(cast: Cast, browse: Browse) -> None:
    Citizen.objects.update(verified_at=None)
    Mandate.objects.update(verified_at=None)
    clerk = browse("counter")
    page = find(clerk, PERSON)
    mandate = Mandate.objects.get()
    clerk.post(f"{page}decide/", {"act": "verify-citizen"})
    clerk.post(f"{page}decide/", {"act": f"verify-mandate-{mandate.pk}"})
    mandate.refresh_from_db()
    assert mandate.verified_at is not None
    assert Citizen.objects.get(account=cast.accounts["owner"]).verified_at is not None
    clerk.post(f"{page}decide/", {"act": f"revoke-mandate-{mandate.pk}"})
    mandate.refresh_from_db()
    assert mandate.revoked_at is not None


def test_verifies_a_guardian_by_papers(cast: Cast, browse: Browse) -> None:
    guardian = cast.accounts["citizen"].citizen
    number = make_citizen_number("990102", date(timezone.localdate().year - 7, 1, 1), 31)
    made = register_ward(actor=cast.citizen, guardian=guardian, name="李小满", id_number=number)
    clerk = browse("counter")
    page = find(clerk, guardian.id_number)
    assert "监护关系未核验" in clerk.get(page).content.decode()
    clerk.post(f"{page}decide/", {"act": f"verify-representation-{made.pk}"})
    assert Representation.objects.get().verified_at is not None
    assert "监护关系未核验" not in clerk.get(page).content.decode()


def test_nobody_else_and_nothing_by_a_guessed_address(cast: Cast, browse: Browse) -> None:
    page = reverse("window:identity", args=[cast.accounts["owner"].public_id])
    assert browse("counter").get(page).status_code == 404  # not looked up
    for other in ("reviewer", "owner"):
        assert browse(other).get(LOOK_UP).status_code == 403
        assert browse(other).post(f"{page}decide/", {"act": "verify-citizen"}).status_code == 403
    clerk = browse("counter")
    theirs = find(clerk, cast.accounts["citizen"].citizen.id_number)
    for act in ("verify-mandate-1", f"revoke-mandate-{Mandate.objects.get().pk}", "x", "verify-mandate-²", ""):
        assert clerk.post(f"{theirs}decide/", {"act": act}).status_code == 404
    assert Mandate.objects.get().revoked_at is None
