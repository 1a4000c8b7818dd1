"""Officials see how services do, try one within their contract, search the log and look into a call for a purpose."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser

from tests.cast import Cast
from tests.conformance.samples import sign_in
from zhengtong.capabilities.interfaces.models import Call, HourTally, Member, MemberKey
from zhengtong.capabilities.interfaces.sealing import seal_calls
from zhengtong.capabilities.interfaces.tests.office import Office, open_office
from zhengtong.capabilities.interfaces.tests.provider import Provider
from zhengtong.capabilities.pki.public import prepare_trust
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider()
    yield server
    server.stop()


@pytest.fixture
def here(cast: Cast) -> Organisation:
    return Organisation.objects.get(name="澄波区人民政府")


@pytest.fixture
def there(cast: Cast) -> Organisation:
    return Organisation.objects.get(name="禾溪县人民政府")


@pytest.fixture
def office(provider: Provider, here: Organisation, there: Organisation) -> Office:
    prepare_trust()
    return open_office(here, there, provider.address)


def test_the_provider_sees_real_figures_and_others_none(
    office: Office, here: Organisation, there: Organisation
) -> None:
    office.call()
    office.call(contract="HT-0")
    seal_calls()
    tally = HourTally.objects.get(service=office.service, contract=office.contract)
    assert (tally.calls, tally.rows) == (1, 2)
    manager, user = (
        sign_in("provider-manager", here, "interfaces.manage_services"),
        sign_in("user", there, "interfaces.try_service"),
    )
    assert "参保状态核验" in manager.get("/desk/interfaces/").content.decode()
    guide = f"/desk/interfaces/{office.service.code}/guide/"
    assert "近24小时" in manager.get(guide).content.decode()
    page = user.get(guide).content.decode()
    assert "近24小时" not in page
    assert office.contract.number in page


def test_an_official_tries_a_service_and_sees_what_a_system_would(office: Office, there: Organisation) -> None:
    user = sign_in("user", there, "interfaces.try_service")
    given = {"contract": office.contract.pk, "purpose": "核对接口", "asked": '{"parameters": {"idno": "1"}}'}
    page = user.post(f"/desk/interfaces/{office.service.code}/try/", given)
    shown = page.content.decode()
    assert page.status_code == 200
    assert "王**" in shown
    assert "姓名：只留姓" in shown
    call = Call.objects.get()
    assert call.member.is_bench
    assert call.purpose == "核对接口"
    assert not MemberKey.objects.filter(member__is_bench=True).exists()
    assert AuditRecord.objects.filter(action="interfaces.try_service").count() == 1
    refused = user.post(
        f"/desk/interfaces/{office.service.code}/try/", given | {"asked": '{"parameters": {"admin": "1"}}'}
    ).content.decode()
    assert "parameter-unknown" in refused
    assert Member.objects.filter(is_bench=True).count() == 1


def test_nobody_tries_another_organisation_s_contract(office: Office, here: Organisation) -> None:
    user = sign_in("stranger", here, "interfaces.try_service")
    given = {"contract": office.contract.pk, "purpose": "核对接口", "asked": "{}"}
    user.post(f"/desk/interfaces/{office.service.code}/try/", given)
    assert not Call.objects.exists()


def test_what_was_in_a_call_is_shown_for_a_purpose_and_journalled(office: Office, there: Organisation) -> None:
    office.call()
    seal_calls()
    call = Call.objects.get()
    address = f"/desk/interfaces/calls/{call.pk}/"
    auditor, user = (
        sign_in("auditor", there, "interfaces.read_body"),
        sign_in("user", there, "interfaces.try_service"),
    )
    assert "王**" not in auditor.get(address).content.decode()
    assert auditor.post(address, {"purpose": " "}).status_code == 422
    assert "王**" in auditor.post(address, {"purpose": "核实投诉"}).content.decode()
    look = AuditRecord.objects.get(action="interfaces.read_body")
    assert look.purpose == "核实投诉"
    assert user.post(address, {"purpose": "好奇一下"}).status_code == 403
    assert "记录没有被改动" in auditor.get(address).content.decode()
    Call.objects.update(rows=9)
    assert "记录与封存时不一致" in auditor.get(address).content.decode()


def link_to(call: Call) -> str:
    """Return what the list shows of a call and nothing else does: its number is in the search box as well."""
    return f'href="/desk/interfaces/calls/{call.pk}/"'


def test_the_log_is_searched_and_others_calls_are_not_in_it(office: Office, there: Organisation) -> None:
    office.call()
    office.call(contract="HT-0")
    user = sign_in("user", there, "interfaces.view")
    first, second = Call.objects.order_by("id")
    found = user.get("/desk/interfaces/calls/", {"q": first.number}).content.decode()
    assert link_to(first) in found
    assert link_to(second) not in found
    found = user.get("/desk/interfaces/calls/", {"code": "contract-unknown"}).content.decode()
    assert link_to(second) in found
    assert link_to(first) not in found
    elsewhere = sign_in("elsewhere", Organisation.objects.get(name="安澜市政务服务数据管理局"), "interfaces.view")
    assert link_to(first) not in elsewhere.get("/desk/interfaces/calls/").content.decode()
    assert elsewhere.get(f"/desk/interfaces/calls/{first.pk}/").status_code == 404


def test_a_day_of_the_log_is_the_day_of_whoever_asks(office: Office, there: Organisation) -> None:
    office.call()
    early = datetime(2026, 5, 2, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    Call.objects.update(received_at=early, on_day=early.astimezone(UTC).date())
    shown = link_to(Call.objects.get())
    user = sign_in("user", there, "interfaces.view")

    def ask(day: str) -> str:
        return user.get("/desk/interfaces/calls/", {"day": day}).content.decode()

    assert shown in ask("2026-05-02")
    assert shown not in ask("2026-05-01")
    # What is no day, or has none beside it, narrows nothing.
    assert all(shown in ask(day) for day in ("0001-01-01", "9999-12-31", "2026-02-30", "x"))


def test_the_description_for_programs_names_every_refusal(office: Office, there: Organisation) -> None:
    user = sign_in("user", there, "interfaces.view")
    told = json.loads(user.get(f"/desk/interfaces/{office.service.code}/openapi.json").content)
    (path,) = told["paths"]
    assert path == office.path
    assert "replayed" in told["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]


def test_who_is_not_signed_in_is_asked_to(office: Office) -> None:
    for address in ("", "calls/", f"{office.service.code}/guide/", f"{office.service.code}/try/"):
        assert Browser().get(f"/desk/interfaces/{address}").status_code == 302
