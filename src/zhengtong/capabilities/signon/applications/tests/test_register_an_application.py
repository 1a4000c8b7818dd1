"""An organ applies for a system of its own; the security administrator decides; addresses are checked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.capabilities.signon.applications import services
from zhengtong.capabilities.signon.applications.assurance import Acr, judge
from zhengtong.capabilities.signon.applications.domain import AddressRefused, check_address, is_registered
from zhengtong.capabilities.signon.applications.models import ApplicationKind, ApplicationState, Audience
from zhengtong.capabilities.signon.applications.tests.conftest import Registry
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Denied


def test_apply_return_put_right_approve_suspend_resume(registry: Registry) -> None:
    made = registry.apply()
    assert (made.state, made.client) == (ApplicationState.APPLIED, None)
    with pytest.raises(Refused, match="not-enabled"):
        registry.secret(made)
    returned = services.return_application(actor=registry.reviewer, application=made, reason="用途写得不清楚")
    assert returned.state == ApplicationState.RETURNED
    changes: dict[str, Any] = {
        "name": "城运平台",
        "purpose": "受理和派遣城市运行事件",
        "kind": "web",
        "audience": "staff",
        "scopes": ["profile", "organisation"],
        "redirect_addresses": "https://city.example/callback",
    }
    services.amend_application(actor=registry.applicant, application=made, **changes)
    enabled = services.approve_application(actor=registry.reviewer, application=made, is_consent_waived=True)
    assert enabled.client is not None
    assert enabled.client.get_scopes() == ["openid", "profile", "organisation"]
    with pytest.raises(Refused, match="enabled"):
        services.amend_application(actor=registry.applicant, application=made, **changes)
    secret = registry.secret(enabled)
    assert len(secret) == 43
    suspended = services.suspend_application(actor=registry.reviewer, application=made, reason="检查")
    resumed = services.resume_application(actor=registry.reviewer, application=suspended, reason="检查通过")
    assert resumed.client_id == enabled.client_id
    acts = AuditRecord.objects.filter(object_kind="signon.application").order_by("id").values_list("action", flat=True)
    assert [act.removeprefix("signon.") for act in acts] == [
        "application_applied",
        "application_returned",
        "application_amended",
        "application_approved",
        "secret_issued",
        "application_suspended",
        "application_resumed",
    ]
    assert secret not in str(list(AuditRecord.objects.values_list("after", flat=True)))


def test_who_may_not(registry: Registry) -> None:
    made = registry.apply()
    for actor in (registry.applicant, registry.outsider, registry.cast.reviewer):
        with pytest.raises(Denied):
            services.approve_application(actor=actor, application=made)
    with pytest.raises(Denied):
        services.issue_secret(actor=registry.reviewer, application=made)
    citizens = registry.apply(audience=Audience.CITIZEN)
    with pytest.raises(Refused, match="citizens"):
        services.approve_application(actor=registry.reviewer, application=citizens, is_consent_waived=True)


def test_what_does_not_go_together(registry: Registry) -> None:
    for changes, words in (
        ({"redirect_addresses": ""}, "请填写登录后回到的地址"),
        ({"kind": "native", "scopes": ["scim"]}, "有服务器"),
        ({"kind": "service", "scopes": ["profile"], "redirect_addresses": ""}, "没有人登录"),
        ({"kind": "service", "scopes": ["scim"]}, "不填地址"),
        ({"logout_address": "ftp://x"}, "不是 https"),
    ):
        with pytest.raises(Refused) as refused:
            registry.apply(**changes)
        assert words in str(refused.value.message)
    service = registry.enabled(kind=ApplicationKind.SERVICE, scopes=["scim"], redirect_addresses="")
    assert service.client is not None
    assert service.client.get_grant_types() == ["client_credentials"]
    native = registry.enabled(kind=ApplicationKind.NATIVE, redirect_addresses="gov.anlan.app:/callback")
    with pytest.raises(Refused, match="native"):
        registry.secret(native)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://*.example/callback",
        "https://a.example/#x",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://a.example/callback",
        "http://8.8.8.8/",
        "https://user:pw@a.example/",
        "https:///callback",
        "//a.example/",
        "https://a.example/\\b",
        "https://a.example/a b",
        "https://a.example/x/../y",
        "https://a.example:port/",
        "gov.anlan.app:/callback",
        "https://a.example/" + "x" * 500,
    ],
)
def test_addresses_that_are_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        check_address(address)


@pytest.mark.parametrize(
    "address",
    ["https://a.example/cb", "https://a.example:8443/cb?x=1", "http://localhost:3000/cb", "http://10.1.2.3/cb"],
)
def test_addresses_that_may_be_registered(address: str) -> None:
    assert check_address(address) == address
    assert is_registered(address, [address])


@given(st.text(max_size=60))
def test_no_text_breaks_the_check_and_what_passes_is_plain(text: str) -> None:
    try:
        passed = check_address(text)
    except AddressRefused:
        return
    assert passed.startswith(("https://", "http://"))
    assert not set(passed) & set("*# \n\"'<>\\")


@given(st.text(max_size=40))
def test_only_the_port_of_an_own_machine_may_differ(text: str) -> None:
    known = ["http://127.0.0.1/callback", "https://a.example/callback"]
    assert is_registered("http://127.0.0.1:51004/callback", known)
    if text:
        assert not is_registered(known[1] + text, known)
        assert not is_registered(text + known[1], known)
    assert not is_registered("http://127.0.0.1:51004/callback2", known)
    assert not is_registered("http://localhost:51004/callback", known)


def test_how_strong_a_sign_in_was() -> None:
    assert judge(["pwd"]) == (("pwd",), Acr.ONE)
    assert judge(["sms"]) == (("otp", "sms"), Acr.ONE)
    assert judge(["pwd", "otp"]) == (("pwd", "otp", "mfa"), Acr.TWO)
    assert judge(["pwd", "hwk"]) == (("pwd", "hwk", "mfa"), Acr.HARDWARE)
    assert judge(["user"]) == (("hwk", "user", "mfa"), Acr.HARDWARE)
    assert judge(["hwk"]) == (("hwk",), Acr.ONE)
    assert judge([]) == ((), Acr.ONE)
