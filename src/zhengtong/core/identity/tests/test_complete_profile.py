"""A citizen says who she is; nobody else can, and one person has one account."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import services
from zhengtong.core.identity.events import CitizenProfileCompleted
from zhengtong.core.identity.models import Appointment, Citizen
from zhengtong.core.identity.selectors import get_citizen_actor, get_staff_actor
from zhengtong.core.identity.tests.conftest import Browser
from zhengtong.kernel.events import receives
from zhengtong.kernel.policy import SYSTEM, Denied

Words = Callable[[Any], str]
PROFILE = reverse("identity:profile")
NUMBER = "990101199003070023"
FORM = {"name": "李秀兰", "id_number": NUMBER, "address": "安澜市临江区滨河路8号"}
_completed: list[CitizenProfileCompleted] = []


@receives(CitizenProfileCompleted)
def keep(event: CitizenProfileCompleted) -> None:
    _completed.append(event)


@pytest.fixture
def completed() -> list[CitizenProfileCompleted]:
    _completed.clear()
    return _completed


def test_fills_in_her_details(signed_in: Browser, citizen: Citizen, completed: list[CitizenProfileCompleted]) -> None:
    typed = {"name": " 李秀兰 ", "id_number": "990101 19900307 0023", "next": "/hall/apply/1/"}
    assert signed_in.post(PROFILE, FORM | typed).url == "/hall/apply/1/"
    citizen.refresh_from_db()
    assert (citizen.name, citizen.id_number, citizen.address) == ("李秀兰", NUMBER, FORM["address"])
    assert [event.citizen_id for event in completed] == [citizen.pk]
    record = AuditRecord.objects.get(action="identity.profile_completed")
    assert record.after == {"changed": ["name", "id_number", "address"]}
    assert NUMBER not in str(list(AuditRecord.objects.values()))
    page = signed_in.get(reverse("identity:account")).content.decode()
    assert NUMBER not in page
    assert "990101********0023" in page


def test_number_stays_when_it_is_left_empty(signed_in: Browser, citizen: Citizen, completed: list[object]) -> None:
    signed_in.post(PROFILE, FORM)
    assert NUMBER.encode() not in signed_in.get(PROFILE).content
    signed_in.post(PROFILE, FORM | {"id_number": " ", "address": "安澜市临江区滨河路9号"})
    citizen.refresh_from_db()
    assert (citizen.id_number, citizen.address) == (NUMBER, "安澜市临江区滨河路9号")
    assert len(completed) == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"id_number": ""}, "请填写身份证号码"),
        ({"id_number": "99010119900307002"}, "现在是17位"),
        ({"id_number": "990101199002300028"}, "1990年2月30日不存在"),
        ({"id_number": "990101199003070028"}, "校验码不符"),
        ({"name": ""}, "请填写身份证上的姓名"),
        ({"name": "<script>alert(1)</script>"}, "姓名里不能有“&lt;”"),
        ({"name": "李'; DROP TABLE--"}, "姓名里不能有“;”"),
        ({"name": "李" * 41}, "40"),
        ({"address": "东"}, "地址太短"),
        ({"address": "安" * 201}, "200"),
    ],
)
def test_what_is_wrong_is_said_next_to_the_field(
    signed_in: Browser, citizen: Citizen, words: Words, wrong: dict[str, str], sentence: str
) -> None:
    response = signed_in.post(PROFILE, FORM | wrong)
    assert response.status_code == 200
    assert sentence in words(response)
    assert response.content.count(b'class="field-error"') == 1
    citizen.refresh_from_db()
    assert citizen.name == ""
    assert citizen.id_digest is None


@pytest.mark.parametrize("name", ["阿卜杜热合曼·买买提", "𬱟咏梅", "Mary O'Neil"])
def test_names_as_people_have_them(signed_in: Browser, citizen: Citizen, name: str) -> None:
    signed_in.post(PROFILE, FORM | {"name": name})
    citizen.refresh_from_db()
    assert citizen.name == name


def test_one_person_has_one_account(signed_in: Browser, citizen: Citizen, words: Words) -> None:
    signed_in.post(PROFILE, FORM)
    other = services.register_citizen(actor=SYSTEM, phone="13900139000", password="an-lan-7-qiao")
    client = Browser()
    client.force_login(other)
    response = client.post(PROFILE, FORM)
    assert "这个身份证号码已经有账号在使用" in words(response)
    assert "窗口" in words(response)
    other.citizen.refresh_from_db()
    assert other.citizen.id_digest is None
    assert other.citizen.name == ""


def test_who_was_verified_cannot_become_someone_else(signed_in: Browser, citizen: Citizen, words: Words) -> None:
    with pytest.raises(Denied):
        services.mark_citizen_verified(actor=get_citizen_actor(citizen.account), citizen=citizen)
    services.mark_citizen_verified(actor=SYSTEM, citizen=citizen)
    citizen.refresh_from_db()
    assert citizen.verified_at is None  # she hasn't said who she is
    signed_in.post(PROFILE, FORM)
    services.mark_citizen_verified(actor=SYSTEM, citizen=citizen)
    assert "您已通过实名核验" in words(signed_in.post(PROFILE, FORM | {"name": "李秀芳"}))
    assert signed_in.post(PROFILE, FORM | {"address": "安澜市临江区滨河路9号"}).status_code == 302
    citizen.refresh_from_db()
    assert (citizen.name, citizen.address) == ("李秀兰", "安澜市临江区滨河路9号")


def test_nobody_else_writes_them(citizen: Citizen, appointment: Appointment) -> None:
    stranger = services.register_citizen(actor=SYSTEM, phone="13900139000", password="an-lan-7-qiao")
    for actor in (get_citizen_actor(stranger), get_staff_actor(appointment)):
        with pytest.raises(Denied):
            services.complete_profile(actor=actor, citizen=citizen, **FORM)


def test_numbers_cannot_be_probed_without_end(signed_in: Browser, citizen: Citizen) -> None:
    statuses = [signed_in.post(PROFILE, FORM | {"id_number": str(n)}).status_code for n in range(21)]
    assert statuses == [200] * 20 + [429]


def test_staff_have_no_such_page(client: Browser, appointment: Appointment) -> None:
    client.force_login(appointment.staff.account)
    assert client.get(PROFILE).status_code == 404
    assert client.get(reverse("identity:account")).status_code == 200


def test_what_is_done_with_it_is_told_to_everyone(client: Browser, db: None) -> None:
    assert "第三十五条" in client.get(reverse("identity:privacy")).content.decode()
