"""What allauth asks of the platform: where phones are kept, how codes are sent, where one goes after signing in.

The seam for what comes later: a second factor and passkeys are ``allauth.mfa`` (one more login stage in
:meth:`AccountAdapter.get_login_stages`), sign-on for outside systems is ``allauth.idp``, certificates
are one more authentication backend. See docs/adr.
"""

import ipaddress
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal import flows  # noqa: F401  (stages can only be imported after flows)
from allauth.account.stages import PhoneVerificationStage
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.forms import Field, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import digest
from zhengtong.core.identity import services
from zhengtong.core.identity.domain import InvalidIdentifier, parse_phone
from zhengtong.core.identity.events import AccountText
from zhengtong.core.identity.middleware import client_address, get_actor_of, get_request_actor
from zhengtong.core.identity.models import Account, AccountKind, Citizen
from zhengtong.kernel.policy import Actor, ActorKind

LOCK_OUT_SECONDS = 300
WRONG_LOGIN = _("手机号（用户名）或密码不对，请核对后重新输入；忘记密码可以用短信验证码登录或重设密码")
LOCKED_OUT = _("连续 5 次输错，请 5 分钟后再试；忘记密码可以到时用短信验证码重设")


class CitizenPhoneStage(PhoneVerificationStage):
    """Only citizens have a phone to verify; staff accounts are made by an administrator."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if isinstance(user, Account) and user.kind == AccountKind.STAFF:
            return None, True
        handled: tuple[HttpResponse | None, bool] = super().handle()  # type: ignore[no-untyped-call]  # allauth's
        return handled


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("这个账号已经停用，请联系管理员"),
        "phone_password_mismatch": WRONG_LOGIN,
        "username_password_mismatch": WRONG_LOGIN,
        "invalid_login": WRONG_LOGIN,
        "too_many_login_attempts": LOCKED_OUT,
        "incorrect_code": _("验证码不对，请核对最新一条短信里的6位数字"),
        "incorrect_password": _("密码不对，请重新输入"),
        "enter_current_password": _("现在的密码不对，请重新输入"),
        "phone_taken": services.PHONE_TAKEN,
        "same_as_current": _("这就是您现在的手机号，请填写新的手机号"),
        "rate_limited": _("验证码发送得太频繁，请 1 分钟后再试"),
        "username_taken": _("这个用户名已经有人使用，请换一个"),
    }

    # Addresses, limits

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the peer's address; a proxy on a Unix socket that sets none counts as one address."""
        try:
            return str(ipaddress.ip_address(client_address(request)))
        except ValueError:
            return "0.0.0.0"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Without the host name that allauth puts in front: the client chooses it, and with it a fresh count.
        return str(credentials.get("phone") or credentials.get("username", "")).lower()

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            account = self._find_account(credentials)
            # Once for each lock-out, however often someone goes on trying.
            key = f"identity:locked:{digest(self._get_login_attempts_cache_key(request, **credentials))}"
            if cache.add(key, True, LOCK_OUT_SECONDS):
                services.record_lock_out(actor=self._anonymous(request), account=account)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        services.record_failed_sign_in(actor=self._anonymous(request), account=self._find_account(credentials))

    def _find_account(self, credentials: dict[str, Any]) -> Account | None:
        if phone := credentials.get("phone"):
            return self.get_user_by_phone(str(phone))
        return Account.objects.filter(username=str(credentials.get("username", "")).lower()).first()

    @staticmethod
    def _anonymous(request: HttpRequest) -> Actor:
        return Actor(
            kind=ActorKind.ANONYMOUS, address=client_address(request), request_id=getattr(request, "request_id", "")
        )

    # Signing in

    def get_login_stages(self) -> list[str]:
        own = f"{CitizenPhoneStage.__module__}.{CitizenPhoneStage.__name__}"
        return [own if stage.endswith(".PhoneVerificationStage") else stage for stage in super().get_login_stages()]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        is_staff = getattr(request.user, "kind", "") == AccountKind.STAFF
        return resolve_url(settings.STAFF_HOME_URL if is_staff else settings.CITIZEN_HOME_URL)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        assert isinstance(user, Account)
        actor = get_actor_of(user, request)
        services.record_sign_in(actor=actor, account=user)
        ended = services.limit_sessions(actor=actor, account=user, current=request.session.session_key)
        if ended:
            text = _("同时登录的设备最多 %(limit)d 台，最早登录的设备已经退出")
            messages.info(request, text % {"limit": settings.SESSIONS_PER_ACCOUNT})
        return response

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, Account):
            services.record_sign_out(actor=get_request_actor(request), account=request.user)
        super().logout(request)

    # Registering

    def generate_unique_username(self, txts: list[str | None], regex: str | None = None) -> str:
        return f"c-{uuid4().hex}"

    def save_user(
        self, request: HttpRequest, user: AbstractBaseUser, form: Any, commit: bool = True
    ) -> AbstractBaseUser:
        return services.register_citizen(
            actor=get_request_actor(request),
            phone=form.cleaned_data["phone"],
            password=form.cleaned_data["password1"],
        )

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        assert isinstance(user, Account)
        services.set_password(actor=get_actor_of(user, self.request), account=user, password=password)

    # Phones

    def phone_form_field(self, **kwargs: Any) -> Field:
        from zhengtong.core.identity.forms import PhoneField

        return PhoneField(**kwargs)

    def get_user_by_phone(self, phone: str) -> Account | None:
        """Return whose verified phone it is."""
        try:
            number = parse_phone(phone).value
        except InvalidIdentifier:
            return None
        found = Citizen.objects.filter(phone_digest=digest(number)).exclude(phone_verified_at=None)
        citizen = found.select_related("account").first()
        return citizen.account if citizen else None

    def get_phone(self, user: AbstractBaseUser) -> tuple[str, bool] | None:
        citizen = Citizen.objects.filter(account_id=user.pk).first()
        return (citizen.phone, citizen.phone_verified_at is not None) if citizen else None

    def set_phone(self, user: AbstractBaseUser, phone: str, verified: bool) -> None:
        """Called only when a phone changes before it was verified, which the platform doesn't offer."""
        raise NotImplementedError

    def set_phone_verified(self, user: AbstractBaseUser, phone: str) -> None:
        assert isinstance(user, Account)
        try:
            services.verify_phone(actor=get_actor_of(user, self.request), citizen=user.citizen, phone=phone)
        except services.Refused as refused:
            messages.error(self.request, str(refused.message))
            raise ImmediateHttpResponse(redirect("account_login")) from None

    # Texts

    def send_verification_code_sms(self, user: AbstractBaseUser, phone: str, code: str, **kwargs: Any) -> None:
        text = AccountText.SIGN_IN_CODE
        if self.request.user.is_authenticated:
            text = AccountText.CHANGE_CODE
        elif self.get_phone(user) == (phone, False):
            text = AccountText.REGISTER_CODE
        self._send(phone, text, code)

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        self._send(phone, AccountText.NOT_REGISTERED)

    def send_account_already_exists_sms(self, phone: str) -> None:
        self._send(phone, AccountText.ALREADY_REGISTERED)

    def _send(self, phone: str, text: AccountText, digits: str = "") -> None:
        services.request_text(actor=self._anonymous(self.request), phone=phone, text=text, digits=digits)
