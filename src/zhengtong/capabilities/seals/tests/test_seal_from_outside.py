"""An outside system has its documents sealed over ``/api/sealing``: by itself, once, within what it was given."""

import json
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.together import at_once
from zhengtong.capabilities.seals import public as seals
from zhengtong.capabilities.seals.models import LedgerRow, OutsideSystem, Seal, SealUse
from zhengtong.capabilities.seals.services import standing, systems
from zhengtong.capabilities.seals.tests.office import Office, blank_pdf, make_office

KIND = "approval-reply"


@dataclass
class Outside:
    """A program that holds a token."""

    system: OutsideSystem
    token: str

    def get(self, path: str) -> Any:
        return Client().get(f"/api/sealing/{path}", headers={"Authorization": f"Bearer {self.token}"})

    def ask(self, seal: Seal, content: bytes | None = None, key: str = "", **changes: object) -> Any:
        wanted = {
            "seal": seal.code,
            "title": "关于准予设立的批复",
            "reason": "批复印发",
            "page": 1,
            "x_mm": 120,
            "y_mm": 220,
            "file": SimpleUploadedFile("批复.pdf", blank_pdf() if content is None else content, "application/pdf"),
            **changes,
        }
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key or "reply-2026-001"}
        return Client().post("/api/sealing/uses", wanted, headers=headers)

    def seal(self, number: str) -> Any:
        return Client().post(f"/api/sealing/uses/{number}/seal", headers={"Authorization": f"Bearer {self.token}"})


@pytest.fixture
def outside(office: Office, seal: Seal) -> Outside:
    return register(office)


def register(office: Office, daily_quota: int = 100) -> Outside:
    made = systems.register_system(
        actor=office.keeper, organisation=office.organisation, name="审批业务系统", daily_quota=daily_quota
    )
    return Outside(*made)


def authorise(office: Office, seal: Seal, system: OutsideSystem, total: int = 100) -> None:
    today = timezone.localdate()
    standing.authorise(
        actor=office.keeper,
        seal=seal,
        document_kind=KIND,
        valid_from=today,
        valid_until=today + timedelta(days=30),
        daily_ceiling=total,
        total_ceiling=total,
        reason="批复量大",
        system=system,
    )


def problem(answer: Any) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content
    body = json.loads(answer.content)
    assert body["detail"]
    return answer.status_code, body["code"]


def test_an_authorised_document_comes_back_sealed(office: Office, seal: Seal, outside: Outside) -> None:
    authorise(office, seal, outside.system)
    (listed,) = outside.get("seals").json()["seals"]
    assert (listed["code"], listed["document_kinds"]) == (seal.code, [KIND])
    said = outside.ask(seal, document_kind=KIND, with_ofd="true").json()
    assert (said["state"], said["sha256"]) == ("sealed", sha256(blank_pdf()).hexdigest())
    assert [(each["render"], each["state"]) for each in said["copies"]] == [("pdf", "sealed"), ("ofd", "sealed")]
    for each in said["copies"]:
        file = outside.get(f"uses/{said['number']}/copies/1/{each['render']}")
        content = b"".join(file.streaming_content) if file.streaming else file.content
        assert sha256(content).hexdigest() == each["sha256"]
        assert seals.check_file(content).verdict == "genuine"


def test_what_is_not_authorised_waits_for_the_keeper(office: Office, seal: Seal, outside: Outside) -> None:
    said = outside.ask(seal).json()
    assert (said["state"], said["copies"]) == ("waiting", [])
    assert problem(outside.seal(said["number"])) == (409, "not-approved")
    use = SealUse.objects.get(number=said["number"])
    seals.approve_use(actor=office.keeper, use=use)
    assert outside.get(f"uses/{use.number}").json()["state"] == "approved"
    assert outside.seal(use.number).json()["state"] == "sealed"
    again = outside.seal(use.number).json()
    assert (again["state"], LedgerRow.objects.count()) == ("sealed", 1)


def test_the_same_key_is_sealed_once_and_another_document_under_it_is_a_conflict(
    office: Office, seal: Seal, outside: Outside
) -> None:
    authorise(office, seal, outside.system)
    first, second = (outside.ask(seal, document_kind=KIND).json() for _time in range(2))
    assert (first, LedgerRow.objects.count()) == (second, 1)
    other = outside.ask(seal, blank_pdf(1, "另一份"), document_kind=KIND)
    assert problem(other) == (409, "idempotency-key")


def test_the_same_key_twice_at_once_is_sealed_once(transactional_db: None, office: Office, seal: Seal) -> None:
    outside = register(office)
    authorise(office, seal, outside.system)
    first, second = at_once(*[lambda: outside.ask(seal, document_kind=KIND)] * 2)
    assert first.json()["number"] == second.json()["number"]
    assert (SealUse.objects.count(), LedgerRow.objects.count()) == (1, 1)


def test_a_stranger_and_a_system_that_ended_are_not_heard(office: Office, seal: Seal, outside: Outside) -> None:
    for token in ("", "zts_guess", "other"):
        assert problem(Outside(outside.system, token).get("seals"))[0] == 401
    systems.end_system(actor=office.keeper, system=outside.system, reason="系统下线")
    assert problem(outside.ask(seal))[0] == 401


def test_another_organisations_seal_and_uses_are_not_there(office: Office, seal: Seal, outside: Outside) -> None:
    number = outside.ask(seal).json()["number"]
    stranger = register(make_office("安澜市林业局", "990103000000"))
    assert stranger.get("seals").json()["seals"] == []
    assert problem(stranger.ask(seal)) == (404, "not-found")
    assert problem(stranger.get(f"uses/{number}"))[0] == 404
    assert problem(stranger.seal(number))[0] == 404


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"hello", "not_pdf"), (b"", "empty"), (blank_pdf()[:200], "broken_pdf")],
    ids=["text", "empty", "cut"],
)
def test_what_is_no_document_is_refused_and_counts_for_nothing(
    content: bytes, code: str, office: Office, seal: Seal, outside: Outside
) -> None:
    authorise(office, seal, outside.system)
    for kind in (KIND, ""):
        status, said = problem(outside.ask(seal, content, document_kind=kind))
        assert (status, bool(said)) == (422, True), code
    assert not LedgerRow.objects.exists()
    assert seals.StandingAuthorisation.objects.get().used == 0


def test_a_place_outside_the_page_and_ceilings_are_said(office: Office, seal: Seal, outside: Outside) -> None:
    authorise(office, seal, outside.system, total=1)
    assert problem(outside.ask(seal, page=2, document_kind=KIND))[0] == 422
    assert outside.ask(seal, key="reply-2026-002", document_kind=KIND).json()["state"] == "sealed"
    assert problem(outside.ask(seal, key="reply-2026-003", document_kind=KIND)) == (422, "total-ceiling")
    OutsideSystem.objects.update(daily_quota=1)
    over = outside.ask(seal, key="reply-2026-004")
    assert problem(over) == (429, "quota")
    assert int(over.headers["Retry-After"]) > 0
