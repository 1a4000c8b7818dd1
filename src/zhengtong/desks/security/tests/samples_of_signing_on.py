"""What the security desk lends to the conformance tests."""

from datetime import date, timedelta

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from tests.conformance.samples import Sample
from zhengtong.capabilities.signon.public import (
    Attempt,
    FactorReset,
    FactorRule,
    Outcome,
    StepUpRule,
    WatchRule,
)
from zhengtong.core.identity.public import Account, AccountKind, Organisation, StaffMember


def _person(organisation: Organisation, n: int) -> StaffMember:
    account = Account.objects.create(username=f"signs-in-{organisation.pk}-{n}", kind=AccountKind.STAFF)
    return StaffMember.objects.create(account=account, name=f"登录{n}", organisation=organisation)


def _attempt(organisation: Organisation, n: int) -> Attempt:
    return Attempt.objects.create(
        account=_person(organisation, n).account,
        outcome=Outcome.SUCCEEDED,
        proofs=["pwd"],
        address=f"10.0.0.{n % 250 + 1}",
        network="10.0.0.0/24",
        device="Windows Edge",
        oddities=["night"],
        is_unusual=True,
    )


def _session(organisation: Organisation, n: int) -> UserSession:
    store = SessionStore()
    store["sample"] = n
    store.create()
    made: UserSession = UserSession.objects.create(
        user=_person(organisation, n).account, ip="10.0.0.1", session_key=store.session_key, user_agent="Edg"
    )
    return made


def _sign_in(person: StaffMember) -> None:
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(person.account_id), settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.account.get_session_auth_hash()
    store.create()
    UserSession.objects.create(user=person.account, ip="10.0.0.1", session_key=store.session_key, user_agent="Edg")


def _give_code(person: StaffMember) -> None:
    apps.get_model("signon", "CodeGenerator")._default_manager.create(account=person.account, secret="A" * 32)


def _reset(organisation: Organisation, n: int) -> FactorReset:
    return FactorReset.objects.create(
        account=_person(organisation, n).account,
        reason="手机丢失",
        requested_by=_person(organisation, 10_000 + n).account,
    )


def _factor_rule(_organisation: Organisation, n: int) -> FactorRule:
    return FactorRule.objects.create(
        role="audit_administrator",
        strength=1,
        effective_from=date(2020, 1, 1) + timedelta(days=n),
        grace_days=30,
        basis="测试",
    )


def _step_up(_organisation: Organisation, n: int) -> StepUpRule:
    return StepUpRule.objects.create(
        act="seal", strength=1, minutes=480, effective_from=date(2020, 1, 1) + timedelta(days=n), basis="测试"
    )


def _watch(_organisation: Organisation, n: int) -> WatchRule:
    return WatchRule.objects.create(
        night_from="23:00",
        night_until="06:00",
        two_places_minutes=10,
        many_accounts=50,
        many_failures=50,
        window_minutes=30,
        reset_hours=24,
        kept_days=400,
        effective_from=date(2020, 1, 1) + timedelta(days=n),
        basis="测试",
    )


def _day() -> str:
    return (timezone.localdate() + timedelta(days=3)).isoformat()


SAMPLES = {
    "security.attempts": Sample(_attempt, acts={"examine-attempt": lambda row: {"finding": "已电话核实"}}),
    "security.people": Sample(
        _person,
        acts={
            "unlock-person": lambda row: {},
            "end-all-sessions": lambda row: {"reason": "设备丢失"},
            "request-reset": lambda row: {"reason": "手机丢失", "is_seen": "on"},
        },
        before={"end-all-sessions": _sign_in, "request-reset": _give_code},
    ),
    "security.sessions": Sample(_session, acts={"end-session": lambda row: {}}),
    "security.resets": Sample(
        _reset, acts={"stop-reset": lambda row: {"reason": "本人否认"}, "confirm-reset": lambda row: {}}
    ),
    "security.policy": Sample(
        _factor_rule,
        create=lambda organisation: {
            "role": "approver",
            "strength": "2",
            "effective_from": _day(),
            "grace_days": "30",
            "basis": "等级保护",
        },
    ),
    "security.step-up": Sample(
        _step_up,
        create=lambda organisation: {
            "act": "issue",
            "strength": "1",
            "minutes": "60",
            "effective_from": _day(),
            "basis": "等级保护",
        },
    ),
    "security.watch": Sample(
        _watch,
        create=lambda organisation: {
            "night_from": "22:00",
            "night_until": "05:00",
            "two_places_minutes": "10",
            "many_accounts": "5",
            "many_failures": "5",
            "window_minutes": "30",
            "reset_hours": "24",
            "kept_days": "200",
            "effective_from": _day(),
            "basis": "工作规则",
        },
    ),
}
