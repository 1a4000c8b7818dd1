"""Passkeys by fido2: what a browser is asked, and whether what it answers holds. Each fault has its own sentence."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.utils import sha256
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from zhengtong.capabilities.signon.domain import Proof
from zhengtong.capabilities.signon.models import Challenge, Passkey
from zhengtong.capabilities.signon.selectors import require_spare_factor
from zhengtong.capabilities.signon.services.codes import forget_dangling_codes, tell_of_change
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Account, Refused
from zhengtong.core.messages.public import send_message
from zhengtong.kernel.policy import Actor

ADD, SIGN_IN, CONFIRM = "add", "sign_in", "confirm"
CHALLENGE_LASTS = timedelta(minutes=5)
MOST_PASSKEYS = 10
_UNREADABLE = "unreadable"


def get_relying_party() -> str:
    """Return the host that passkeys are bound to: that of the platform's public address."""
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"


def _origin() -> str:
    parts = urlsplit(settings.PUBLIC_URL)
    return f"{parts.scheme}://{parts.netloc}"


def _server() -> Fido2Server:
    party = PublicKeyCredentialRpEntity(id=get_relying_party(), name=settings.SITE_NAME)
    return Fido2Server(party, verify_origin=lambda origin: origin == _origin())


def _ask(purpose: str, account: Account | None, options: Any, state: dict[str, Any]) -> dict[str, Any]:
    made = Challenge.objects.create(purpose=purpose, account=account, state=state)
    return {"challenge": str(made.pk), "options": json.loads(json.dumps(dict(options)))}


def _take(purpose: str, account: Account | None, challenge: str) -> dict[str, Any]:
    """Take the challenge away: whoever comes second with it finds none. Raises Refused."""
    gone = Refused("challenge", _("这次验证已经用过或者超过 5 分钟，请重新来一次"))
    try:
        pk = UUID(challenge)
    except ValueError:
        raise gone from None
    found = Challenge.objects.filter(pk=pk, purpose=purpose, account=account).first()
    if found is None or found.created_at < timezone.now() - CHALLENGE_LASTS:
        raise gone
    if not Challenge.objects.filter(pk=pk).delete()[0]:
        raise gone
    state: dict[str, Any] = found.state
    return state


def _check_place(client: CollectedClientData, rp_id_hash: bytes) -> None:
    if client.origin != _origin():
        raise Refused(
            "origin",
            _("验证是在“%(origin)s”上做的，不是本网站；请确认地址栏是 %(ours)s 再操作")
            % {"origin": client.origin[:80], "ours": _origin()},
        )
    if rp_id_hash != sha256(get_relying_party().encode()):
        raise Refused("rp", _("这个通行密钥属于另一个网站，不能在这里使用"))


# Adding ------------------------------------------------------------------------------------------------


def begin_adding(*, account: Account, name: str) -> dict[str, Any]:
    """Return what the browser is asked to make a passkey from. Raises Refused."""
    held = list(account.passkeys.all())
    if len(held) >= MOST_PASSKEYS:
        raise Refused("many", _("最多 %(n)d 个通行密钥，请先删除不用的") % {"n": MOST_PASSKEYS})
    options, state = _server().register_begin(
        user=PublicKeyCredentialUserEntity(id=account.public_id.bytes, name=account.username, display_name=name),
        credentials=[AttestedCredentialData(bytes(each.data)) for each in held],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
        extensions={"credProps": True},
    )
    return _ask(ADD, account, options, state)


@transaction.atomic
def add_passkey(*, actor: Actor, account: Account, challenge: str, answer: str, name: str) -> tuple[Passkey, Proof]:
    """Keep the passkey that a browser made; return it and what making it proved. Raises Refused."""
    state = _take(ADD, account, challenge)
    given = _read(answer)
    try:
        response = RegistrationResponse.from_dict(given)
        data = response.response.attestation_object.auth_data
    except (TypeError, ValueError, KeyError, AttributeError):
        raise Refused(_UNREADABLE, _("浏览器送来的通行密钥看不懂，请刷新页面重试，或者换一个浏览器")) from None
    _check_place(response.response.client_data, data.rp_id_hash)
    try:
        _server().register_complete(state, response)
    except (ValueError, TypeError):
        raise Refused("signature", _("通行密钥的验证没有通过，请刷新页面再试一次")) from None
    credential = data.credential_data
    assert credential is not None
    extensions = given.get("clientExtensionResults")
    properties = extensions.get("credProps") if isinstance(extensions, dict) else None
    try:
        with transaction.atomic():
            made = Passkey.objects.create(
                account=account,
                credential_id=credential.credential_id,
                data=bytes(credential),
                sign_count=data.counter,
                is_discoverable=bool(properties.get("rk")) if isinstance(properties, dict) else False,
                name=name.strip()[:40] or _("通行密钥"),
            )
    except IntegrityError:
        raise Refused("exists", _("这个通行密钥已经添加过")) from None
    record(actor, "signon.passkey_added", made, after={"name": made.name})
    tell_of_change(actor=actor, account=account, what=_("添加了通行密钥“%(name)s”") % {"name": made.name})
    return made, Proof.VERIFIED_PASSKEY if data.is_user_verified() else Proof.PASSKEY


@transaction.atomic
def rename_passkey(*, actor: Actor, passkey: Passkey, name: str) -> None:
    before, passkey.name = passkey.name, name.strip()[:40]
    if not passkey.name:
        raise Refused("name", _("请给通行密钥取个名字，比如“办公电脑”"), "name")
    passkey.save(update_fields=["name"])
    record(actor, "signon.passkey_renamed", passkey, before={"name": before}, after={"name": passkey.name})


@transaction.atomic
def remove_passkey(*, actor: Actor, passkey: Passkey) -> None:
    """Raises Refused where a rule asks for it and it is the only one."""
    require_spare_factor(passkey.account, without=passkey)
    record(actor, "signon.passkey_removed", passkey, before={"name": passkey.name})
    account, name = passkey.account, passkey.name
    passkey.delete()
    tell_of_change(actor=actor, account=account, what=_("删除了通行密钥“%(name)s”") % {"name": name})
    forget_dangling_codes(account)


# Using -------------------------------------------------------------------------------------------------


def begin_using(*, account: Account | None) -> dict[str, Any]:
    """Return what the browser is asked to sign: with one of the account's passkeys, or any (``account`` None).

    Without a name and a password before it, the device itself has to verify the person.
    """
    held = list(account.passkeys.filter(blocked_at=None)) if account else []
    options, state = _server().authenticate_begin(
        credentials=[AttestedCredentialData(bytes(each.data)) for each in held],
        user_verification=UserVerificationRequirement.PREFERRED if account else UserVerificationRequirement.REQUIRED,
    )
    return _ask(CONFIRM if account else SIGN_IN, account, options, state)


def use_passkey(*, actor: Actor, account: Account | None, challenge: str, answer: str) -> tuple[Passkey, Proof]:
    """Return the passkey that signed and what it proved; without ``account`` its own one signs in. Raises Refused.

    A count that didn't grow blocks the passkey for good: somebody has a copy (WebAuthn 6.1.1).
    """
    state = _take(CONFIRM if account else SIGN_IN, account, challenge)
    given = _read(answer)
    try:
        response = AuthenticationResponse.from_dict(given)
        data = response.response.authenticator_data
        credential_id = bytes(response.raw_id)
    except (TypeError, ValueError, KeyError, AttributeError):
        raise Refused(_UNREADABLE, _("浏览器送来的验证结果看不懂，请刷新页面重试，或者换一个浏览器")) from None
    _check_place(response.response.client_data, data.rp_id_hash)
    passkey = Passkey.objects.select_related("account").filter(credential_id=credential_id).first()
    if passkey is None or (account is not None and passkey.account_id != account.pk):
        raise Refused("unknown", _("这个通行密钥没有登记，可能已经删除；请换一个，或者用别的方式登录"))
    handle = response.response.user_handle
    if handle is not None and bytes(handle) != passkey.account.public_id.bytes:
        raise Refused("handle", _("这个通行密钥登记的不是这个账号，请换一个"))
    if passkey.blocked_at is not None:
        raise Refused("blocked", _("这个通行密钥疑似被复制，已经停用；请用别的方式登录后删除它，重新添加"))
    if account is None and not data.is_user_verified():
        raise Refused("unverified", _("免密码登录要由设备确认是本人（指纹、面容或者PIN），请在设备上设置后再试"))
    try:
        _server().authenticate_complete(state, [AttestedCredentialData(bytes(passkey.data))], response)
    except (ValueError, TypeError):
        raise Refused("signature", _("通行密钥的签名不对，请重新来一次")) from None
    _count(actor, passkey, data.counter)
    return passkey, Proof.VERIFIED_PASSKEY if data.is_user_verified() else Proof.PASSKEY


def _count(actor: Actor, passkey: Passkey, count: int) -> None:
    mine = Passkey.objects.filter(pk=passkey.pk, blocked_at=None)
    now = timezone.now()
    if count == 0 and mine.filter(sign_count=0).update(last_used_at=now):
        return
    if count and mine.filter(sign_count__lt=count).update(sign_count=count, last_used_at=now):
        return
    _block(actor, passkey, count)
    raise Refused(
        "cloned", _("通行密钥的使用次数对不上，可能有人复制了它，已经停用；请用别的方式登录，并联系安全管理员")
    )


@transaction.atomic
def _block(actor: Actor, passkey: Passkey, count: int) -> None:
    if Passkey.objects.filter(pk=passkey.pk, blocked_at=None).update(blocked_at=timezone.now()):
        record(actor, "signon.passkey_blocked", passkey, before={"count": passkey.sign_count}, after={"count": count})
        send_message(
            actor=actor,
            recipient=passkey.account,
            template="signon.cloned",
            context={"name": passkey.name},
            link="/account/security/",
        )


def _read(answer: str) -> dict[str, Any]:
    try:
        given = json.loads(answer)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or len(answer) > 20_000:
        raise Refused(_UNREADABLE, _("没有收到浏览器的验证结果，请重新来一次"))
    return given


def forget_old_challenges() -> None:
    Challenge.objects.filter(created_at__lt=timezone.now() - CHALLENGE_LASTS).delete()
