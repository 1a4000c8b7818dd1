"""A citizen acts for an enterprise: she declares it, a register or counter verifies it, and it ends."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import services
from zhengtong.core.identity.domain import make_credit_code
from zhengtong.core.identity.middleware import MANDATE_KEY
from zhengtong.core.identity.models import Citizen, LegalEntity, Mandate
from zhengtong.core.identity.selectors import get_citizen_actor
from zhengtong.core.identity.tests.conftest import Browser
from zhengtong.kernel.policy import SYSTEM, Actor, Denied

Words = Callable[[Any], str]
ENTERPRISES = reverse("identity:enterprises")
CODE = make_credit_code("92", "990101", "MA1K2X3Y")
FORM = {"credit_code": CODE, "name": "安澜市秀兰餐饮店（个体工商户）", "kind": "legal_representative"}
PROFILE = {"name": "李秀兰", "id_number": "990101199003070023", "address": "安澜市临江区滨河路8号"}


@pytest.fixture
def actor(citizen: Citizen) -> Actor:
    actor = get_citizen_actor(citizen.account)
    services.complete_profile(actor=actor, citizen=citizen, **PROFILE)
    citizen.refresh_from_db()
    return actor


def test_adds_her_enterprise(signed_in: Browser, citizen: Citizen, actor: Actor, words: Words) -> None:
    typed = FORM | {"credit_code": CODE.lower()[:9] + " " + CODE.lower()[9:], "next": "/hall/apply/1/"}
    assert signed_in.post(ENTERPRISES, typed).url == "/hall/apply/1/"
    mandate = Mandate.objects.get()
    assert (mandate.citizen, mandate.legal_entity.credit_code) == (citizen, CODE)
    assert mandate.verified_at is None
    assert "未核验" in words(signed_in.get(ENTERPRISES))
    services.mark_mandate_verified(actor=SYSTEM, mandate=mandate)
    assert "未核验" not in words(signed_in.get(ENTERPRISES))
    actions = AuditRecord.objects.filter(action__startswith="identity.mandate").order_by("pk")
    assert [r.action for r in actions] == ["identity.mandate_declared", "identity.mandate_verified"]


def test_says_first_who_she_is(signed_in: Browser, citizen: Citizen, words: Words) -> None:
    assert "请先填写您本人的姓名和身份证号码" in words(signed_in.post(ENTERPRISES, FORM))
    assert not LegalEntity.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"credit_code": ""}, "请填写营业执照上的统一社会信用代码"),
        ({"credit_code": CODE[:17]}, "现在是17位"),
        ({"credit_code": CODE[:17] + ("0" if CODE[17] != "0" else "1")}, "校验码不符"),
        ({"name": ""}, "请填写营业执照上的名称"),
        ({"kind": "owner"}, "owner"),
        ({"kind": ""}, "请选择您的身份"),
    ],
)
def test_what_is_wrong_is_said_next_to_the_field(
    signed_in: Browser, actor: Actor, words: Words, wrong: dict[str, str], sentence: str
) -> None:
    response = signed_in.post(ENTERPRISES, FORM | wrong)
    assert response.status_code == 200
    assert sentence in words(response)
    assert not Mandate.objects.exists()


def test_once_only(signed_in: Browser, actor: Actor, words: Words) -> None:
    signed_in.post(ENTERPRISES, FORM)
    assert "您已经添加过这家企业" in words(signed_in.post(ENTERPRISES, FORM | {"kind": "agent"}))
    assert Mandate.objects.count() == 1


def test_another_name_for_a_known_code_is_refused(signed_in: Browser, actor: Actor, words: Words) -> None:
    entity = LegalEntity.objects.create(credit_code=CODE, name="安澜市秀兰餐饮店(个体工商户)")
    page = words(signed_in.post(ENTERPRISES, FORM | {"name": "安澜市别家餐饮店"}))
    assert "与您填写的不一致" in page
    assert "秀兰餐饮店" not in page
    assert not Mandate.objects.exists()
    assert signed_in.post(ENTERPRISES, FORM).status_code == 302  # full-width brackets are the same brackets
    services.rename_legal_entity(actor=SYSTEM, legal_entity=entity, name="安澜市秀兰小吃店")
    assert "安澜市秀兰小吃店" in words(signed_in.get(ENTERPRISES))


def test_ends_and_can_begin_again(signed_in: Browser, citizen: Citizen, actor: Actor) -> None:
    signed_in.post(ENTERPRISES, FORM)
    mandate = Mandate.objects.get()
    signed_in.post(reverse("identity:capacity"), {"mandate": mandate.pk})
    assert signed_in.session[MANDATE_KEY] == mandate.pk
    signed_in.post(reverse("identity:remove_enterprise", args=[mandate.pk]))
    mandate.refresh_from_db()
    assert mandate.revoked_at is not None
    assert MANDATE_KEY not in signed_in.session
    assert AuditRecord.objects.filter(action="identity.mandate_revoked").count() == 1
    assert signed_in.post(ENTERPRISES, FORM).status_code == 302
    assert Mandate.objects.filter(revoked_at=None).count() == 1


def test_nobody_elses(signed_in: Browser, citizen: Citizen, actor: Actor) -> None:
    mandate = services.declare_mandate(actor=actor, citizen=citizen, **FORM)
    stranger = services.register_citizen(actor=SYSTEM, phone="13900139000", password="an-lan-7-qiao")
    client = Browser()
    client.force_login(stranger)
    assert client.post(reverse("identity:remove_enterprise", args=[mandate.pk])).status_code == 404
    for service in (services.revoke_mandate, services.mark_mandate_verified):
        with pytest.raises(Denied):
            service(actor=get_citizen_actor(stranger), mandate=mandate)
    with pytest.raises(Denied):
        services.declare_mandate(actor=get_citizen_actor(stranger), citizen=citizen, **FORM)
    with pytest.raises(Denied):
        services.mark_mandate_verified(actor=actor, mandate=mandate)
    mandate.refresh_from_db()
    assert mandate.revoked_at is None
    assert mandate.verified_at is None
