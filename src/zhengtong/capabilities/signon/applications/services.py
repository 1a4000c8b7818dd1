"""The registry's acts: apply, approve or return, suspend and resume, change addresses, hand out a secret once."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from allauth.idp.oidc.models import Client
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.applications import authorizations
from zhengtong.capabilities.signon.applications.authorizations import hash_of
from zhengtong.capabilities.signon.applications.domain import (
    SIGN_IN_SCOPES,
    AddressRefused,
    Scope,
    check_address,
    read_addresses,
)
from zhengtong.capabilities.signon.applications.models import (
    Application,
    ApplicationKind,
    ApplicationSecret,
    ApplicationState,
    Audience,
    SubjectKind,
)
from zhengtong.capabilities.signon.applications.permissions import APPLY_APPLICATION, REVIEW_APPLICATION
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused, StaffMember
from zhengtong.kernel.policy import Actor, Denied, require

# How long a secret is good after the next one was handed out, so that nobody is locked out while it is exchanged.
OVERLAP = timedelta(days=7)
_AMENDABLE = (ApplicationState.APPLIED, ApplicationState.RETURNED, ApplicationState.SUSPENDED)


@transaction.atomic
def apply_for_application(
    *,
    actor: Actor,
    name: str,
    purpose: str,
    kind: str,
    audience: str,
    scopes: Iterable[str],
    redirect_addresses: str = "",
    after_logout_addresses: str = "",
    logout_address: str = "",
    subject_kind: str = SubjectKind.PUBLIC,
    needs_two_factors: bool = False,
) -> Application:
    """Apply for a system of one's own organisation; whoever applies is responsible. Raises Refused and Denied."""
    organisation = Organisation.objects.get(pk=actor.organisation) if actor.organisation else None
    require(actor, APPLY_APPLICATION, organisation)
    responsible = StaffMember.objects.filter(account_id=actor.account_id or 0).first()
    if organisation is None or responsible is None:
        raise Denied(APPLY_APPLICATION)
    application = Application(
        organisation=organisation,
        responsible=responsible,
        applied_at=timezone.now(),
        **_check(
            name=name,
            purpose=purpose,
            kind=kind,
            audience=audience,
            scopes=scopes,
            redirect_addresses=redirect_addresses,
            after_logout_addresses=after_logout_addresses,
            logout_address=logout_address,
            subject_kind=subject_kind,
            needs_two_factors=needs_two_factors,
        ),
    )
    application.save(force_insert=True)
    record(actor, "signon.application_applied", application, after=_said(application))
    return application


@transaction.atomic
def amend_application(*, actor: Actor, application: Application, **changes: Any) -> Application:
    """Put an application right that isn't enabled; it is reviewed anew. Raises Refused and Denied."""
    require(actor, APPLY_APPLICATION, application)
    found = _lock(application)
    if found.state not in _AMENDABLE:
        raise Refused("enabled", _("启用中的应用系统不能修改。要换地址请找安全保密管理员，其他内容请先停用"))
    before = _said(found)
    for field, value in _check(**changes).items():
        setattr(found, field, value)
    found.state, found.applied_at = ApplicationState.APPLIED, timezone.now()
    found.save()
    record(actor, "signon.application_amended", found, before=before, after=_said(found))
    return found


@transaction.atomic
def approve_application(
    *, actor: Actor, application: Application, opinion: str = "", is_consent_waived: bool = False
) -> Application:
    """Enable an application. Staff may be spared agreeing one by one; citizens never are. Raises Refused and Denied."""
    found = _review(actor, application, ApplicationState.APPLIED, opinion)
    if is_consent_waived and found.audience == Audience.CITIZEN:
        raise Refused("citizens", _("群众登录必须由本人同意，不能免除"), "is_consent_waived")
    found.is_consent_waived = is_consent_waived
    found.state = ApplicationState.ENABLED
    found.client = _make_client(found)
    found.save()
    record(
        actor,
        "signon.application_approved",
        found,
        after={"client": found.client_id, "opinion": found.opinion, "is_consent_waived": is_consent_waived},
    )
    return found


@transaction.atomic
def return_application(*, actor: Actor, application: Application, reason: str) -> Application:
    """Return an application to whoever applied, with what to put right. Raises Refused and Denied."""
    found = _review(actor, application, ApplicationState.APPLIED, reason)
    found.state = ApplicationState.RETURNED
    found.save()
    record(actor, "signon.application_returned", found, after={"reason": found.opinion})
    return found


@transaction.atomic
def suspend_application(*, actor: Actor, application: Application, reason: str) -> Application:
    """Stop an application at once: nobody signs in to it any more, all its tokens end. Raises Refused and Denied."""
    found = _review(actor, application, ApplicationState.ENABLED, reason)
    found.state = ApplicationState.SUSPENDED
    found.save()
    live = found.authorizations.filter(ended_at=None).select_related("application")
    ended = authorizations.end(live, actor=actor, reason="suspended")
    record(actor, "signon.application_suspended", found, after={"reason": found.opinion, "ended": ended})
    return found


@transaction.atomic
def resume_application(*, actor: Actor, application: Application, reason: str) -> Application:
    """Let a suspended application go on as it was. Raises Refused and Denied."""
    found = _review(actor, application, ApplicationState.SUSPENDED, reason)
    found.state = ApplicationState.ENABLED
    found.client = _make_client(found)
    found.save()
    record(actor, "signon.application_resumed", found, after={"reason": found.opinion})
    return found


@transaction.atomic
def change_addresses(
    *,
    actor: Actor,
    application: Application,
    redirect_addresses: str,
    after_logout_addresses: str = "",
    logout_address: str = "",
    reason: str,
) -> Application:
    """Change the addresses of an enabled application without stopping it. Raises Refused and Denied."""
    found = _review(actor, application, ApplicationState.ENABLED, reason)
    before = _said(found)
    found.redirect_addresses, found.after_logout_addresses, found.logout_address = _check_addresses(
        found.kind, redirect_addresses, after_logout_addresses, logout_address
    )
    found.client = _make_client(found)
    found.save()
    record(actor, "signon.application_addresses_changed", found, before=before, after=_said(found))
    return found


@transaction.atomic
def issue_secret(*, actor: Actor, application: Application) -> str:
    """Return a new secret, shown this once. The one before is good for another week. Raises Refused and Denied."""
    require(actor, APPLY_APPLICATION, application)
    found = _lock(application)
    if found.state != ApplicationState.ENABLED:
        raise Refused("not-enabled", _("应用系统启用以后才能领取密钥"))
    if found.kind == ApplicationKind.NATIVE:
        raise Refused("native", _("手机、桌面和浏览器内程序保守不了密钥，用 PKCE 登录，不需要密钥"))
    if actor.account_id is None:
        raise Denied(APPLY_APPLICATION)
    now, secret = timezone.now(), secrets.token_urlsafe(32)
    live = found.secrets.filter(Q(expires_at=None) | Q(expires_at__gt=now + OVERLAP))
    live.update(expires_at=now + OVERLAP)
    made = ApplicationSecret.objects.create(
        application=found, hash=hash_of(secret), ending=secret[-4:], issued_by_id=actor.account_id
    )
    record(actor, "signon.secret_issued", found, after={"ending": made.ending})
    return secret


@transaction.atomic
def withdraw_old_secrets(*, actor: Actor, application: Application) -> int:
    """Let only the newest secret be good from now on: the exchange is done, or an old one leaked. Raises Denied."""
    require(actor, APPLY_APPLICATION, application)
    found = _lock(application)
    newest = found.secrets.order_by("-id").first()
    now = timezone.now()
    old = found.secrets.filter(expires_at__gt=now).exclude(pk=newest.pk if newest else 0)
    count = old.update(expires_at=now)
    if not count:
        raise Refused("no-old", _("没有还在有效期内的旧密钥"))
    record(actor, "signon.secrets_withdrawn", found, after={"count": count})
    return count


def _lock(application: Application) -> Application:
    related = ("client", "organisation", "responsible")
    return Application.objects.select_for_update(of=("self",)).select_related(*related).get(pk=application.pk)


def _review(actor: Actor, application: Application, state: ApplicationState, opinion: str) -> Application:
    """Return the application, locked, for one who may review it and isn't responsible for it herself."""
    require(actor, REVIEW_APPLICATION, application)
    found = _lock(application)
    if found.responsible.account_id == actor.account_id:
        raise Refused("own", _("不能审核自己申请的应用系统，请由另一位安全保密管理员办理"))
    if found.state != state:
        raise Refused("state", _("应用系统现在是“%(state)s”，请刷新后再办") % {"state": found.get_state_display()})
    found.opinion, found.reviewed_at, found.reviewed_by_id = opinion.strip()[:300], timezone.now(), actor.account_id
    return found


def _check(
    *,
    name: str,
    purpose: str,
    kind: str,
    audience: str,
    scopes: Iterable[str],
    redirect_addresses: str = "",
    after_logout_addresses: str = "",
    logout_address: str = "",
    subject_kind: str = SubjectKind.PUBLIC,
    needs_two_factors: bool = False,
) -> dict[str, Any]:
    """Return the fields as they are kept. Raises Refused for what doesn't go together."""
    kind = ApplicationKind(kind)
    asked = {Scope(scope) for scope in scopes}
    is_service = kind == ApplicationKind.SERVICE
    if Scope.SCIM in asked and kind == ApplicationKind.NATIVE:
        raise Refused("scopes", _("维护人员和岗位只能由有服务器的系统申请"), "scopes")
    if is_service and asked & set(SIGN_IN_SCOPES):
        raise Refused("scopes", _("后台对接没有人登录，不能申请个人信息"), "scopes")
    if not is_service:
        asked.add(Scope.OPENID)
    if not asked:
        raise Refused("scopes", _("请至少选择一项"), "scopes")
    redirects, afterwards, logout = _check_addresses(kind, redirect_addresses, after_logout_addresses, logout_address)
    return {
        "name": name.strip(),
        "purpose": purpose.strip(),
        "kind": kind,
        "audience": Audience(audience),
        "scopes": [scope for scope in Scope if scope in asked],
        "redirect_addresses": redirects,
        "after_logout_addresses": afterwards,
        "logout_address": logout,
        "subject_kind": SubjectKind(subject_kind),
        "needs_two_factors": needs_two_factors,
    }


def _check_addresses(kind: str, redirects: str, afterwards: str, logout: str) -> tuple[str, str, str]:
    is_native = kind == ApplicationKind.NATIVE
    field = "redirect_addresses"
    try:
        back = read_addresses(redirects, is_native=is_native)
        field = "after_logout_addresses"
        after = read_addresses(afterwards, is_native=is_native)
        field = "logout_address"
        told = check_address(logout.strip()) if logout.strip() else ""
    except AddressRefused as refused:
        raise Refused("address", str(refused), field) from None
    if kind == ApplicationKind.SERVICE and (back or after or told):
        raise Refused("address", _("后台对接没有人登录，不填地址"), "redirect_addresses")
    if kind != ApplicationKind.SERVICE and not back:
        raise Refused("address", _("请填写登录后回到的地址，一行一个"), "redirect_addresses")
    return "\n".join(back), "\n".join(after), told


def _make_client(application: Application) -> Client:
    """Write down for the provider what was approved. The client's own secret stays unusable: ours are beside it."""
    client = application.client or Client(secret="!")
    is_service = application.kind == ApplicationKind.SERVICE
    client.name = application.name
    client.type = Client.Type.PUBLIC if application.kind == ApplicationKind.NATIVE else Client.Type.CONFIDENTIAL
    client.set_scopes(list(application.scopes))
    client.set_redirect_uris(application.redirect_addresses.splitlines())
    client.set_response_types([] if is_service else ["code"])
    grants = [] if is_service else [Client.GrantType.AUTHORIZATION_CODE, Client.GrantType.REFRESH_TOKEN]
    if Scope.SCIM in application.scopes:
        grants.append(Client.GrantType.CLIENT_CREDENTIALS)
    client.set_grant_types([str(grant) for grant in grants])
    client.set_default_scopes([Scope.SCIM] if is_service else [Scope.OPENID])
    client.save()
    return client


def _said(application: Application) -> dict[str, Any]:
    names = (
        "name purpose kind audience scopes redirect_addresses after_logout_addresses logout_address subject_kind "
        "needs_two_factors"
    )
    return {name: getattr(application, name) for name in names.split()}
