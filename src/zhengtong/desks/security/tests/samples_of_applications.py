"""Rows of the security desk's screens for the conformance tests."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from tests.conformance.samples import Sample
from zhengtong.capabilities.signon.public import (
    Application,
    ApplicationSecret,
    Authorization,
    IdentityKey,
    LogoutNotice,
    approve_application,
    suspend_application,
)
from zhengtong.core.identity.public import Account, AccountKind, Organisation, StaffMember
from zhengtong.kernel.policy import SYSTEM

CALLBACK = "https://system.example/callback"


def _person(name: str) -> Account:
    account, is_new = Account.objects.get_or_create(username=name, defaults={"kind": AccountKind.STAFF})
    if is_new:
        StaffMember.objects.create(account=account, name=name)
    return account


def make_application(organisation: Organisation, number: int) -> Application:
    return Application.objects.create(
        name=f"第{number}系统",
        purpose="办理业务",
        organisation=organisation,
        responsible=_person("application-owner").staff,
        scopes=["openid", "profile"],
        redirect_addresses=CALLBACK,
        applied_at=timezone.now(),
    )


def make_authorization(organisation: Organisation, number: int) -> Authorization:
    now = timezone.now()
    return Authorization.objects.create(
        application=make_application(organisation, number),
        account=_person(f"signed-in-{number}"),
        session="x",
        sid=uuid4(),
        scopes=["openid"],
        code_hash=uuid4().hex,
        request={},
        authenticated_at=now,
        acr="urn:zhengtong:acr:1",
        amr=["pwd"],
        authorized_at=now,
        code_expires_at=now,
    )


def make_notice(organisation: Organisation, number: int) -> LogoutNotice:
    return LogoutNotice.objects.create(
        application=make_application(organisation, number),
        account=_person(f"signed-out-{number}"),
        reason="signed_out",
        made_at=timezone.now(),
    )


def make_key(_organisation: Organisation, number: int) -> IdentityKey:
    now = timezone.now()
    return IdentityKey.objects.create(
        name=f"identity-sample-{number}", kid=f"kid-{number}", jwk={}, retired_at=now, published_until=now
    )


def activate_key(row: IdentityKey) -> None:
    IdentityKey.objects.filter(retired_at=None).delete()
    row.retired_at = row.published_until = None
    row.save()


def enable(row: Application) -> Application:
    return approve_application(actor=SYSTEM, application=row)


def give_old_secret(row: Application) -> None:
    later = timezone.now() + timedelta(days=1)
    for ending, expires_at in (("aaaa", later), ("bbbb", None)):
        ApplicationSecret.objects.create(
            application=row, hash=ending, ending=ending, issued_by=_person("application-owner"), expires_at=expires_at
        )


def typed(_row: Any) -> dict[str, Any]:
    return {
        "name": "城运平台",
        "purpose": "处理城市运行事件",
        "kind": "web",
        "audience": "staff",
        "subject_kind": "public",
        "scopes": ["profile"],
        "redirect_addresses": CALLBACK,
    }


def reason(_row: Any) -> dict[str, Any]:
    return {"reason": "例行检查"}


SAMPLES = {
    "security.applications": Sample(
        make=make_application,
        create=typed,
        amend=typed,
        acts={
            "approve-application": lambda _row: {"opinion": "同意"},
            "return-application": reason,
            "change-addresses": lambda _row: {"redirect_addresses": f"{CALLBACK}2", "reason": "换了服务器"},
            "suspend-application": reason,
            "resume-application": reason,
            "withdraw-old-secrets": lambda _row: {},
        },
        before={
            "change-addresses": enable,
            "suspend-application": enable,
            "resume-application": lambda row: suspend_application(actor=SYSTEM, application=enable(row), reason="停"),
            "withdraw-old-secrets": give_old_secret,
        },
    ),
    "security.application-sign-ins": Sample(make=make_authorization),
    "security.logout-notices": Sample(make=make_notice, acts={"resend-logout-notice": lambda _row: {}}),
    "security.identity-keys": Sample(
        make=make_key, acts={"rotate-identity-key": reason}, before={"rotate-identity-key": activate_key}
    ),
}
