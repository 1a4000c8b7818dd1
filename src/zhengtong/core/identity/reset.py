"""Resetting a forgotten password by a code to the phone. allauth's own flow knows e-mail only."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from django.conf import settings
from django.http import HttpRequest

from zhengtong.core.identity import services
from zhengtong.core.identity.events import AccountText
from zhengtong.core.identity.middleware import get_request_actor
from zhengtong.core.identity.models import Account

SESSION_KEY = "account_phone_password_reset"


class PhoneReset(AbstractCodeVerificationProcess):
    """One reset under way, kept in the session. For an unknown phone it looks the same and never succeeds."""

    def __init__(self, request: HttpRequest, state: dict[str, Any], user: Account | None = None) -> None:
        self.request = request
        super().__init__(
            max_attempts=settings.ACCOUNT_PHONE_VERIFICATION_MAX_ATTEMPTS,
            timeout=settings.ACCOUNT_PHONE_VERIFICATION_TIMEOUT,
            state=state,
            user=user,
        )

    @classmethod
    def begin(cls, request: HttpRequest, phone: str) -> "PhoneReset":
        account = get_adapter().get_user_by_phone(phone)
        user = account if isinstance(account, Account) and account.is_active else None
        process = cls(request, cls.initial_state(user, phone=phone), user)
        process.send()
        process.persist()
        return process

    @classmethod
    def resume(cls, request: HttpRequest) -> "PhoneReset | None":
        state = request.session.get(SESSION_KEY)
        process = cls(request, state) if state else None
        if process is None or process.is_valid():
            return process
        process.abort()
        return None

    @property
    def phone(self) -> str:
        return str(self.state["phone"])

    @property
    def account(self) -> Account | None:
        return self.user if isinstance(self.user, Account) else None

    @property
    def is_confirmed(self) -> bool:
        return bool(self.state.get("code_confirmed")) and self.account is not None

    def send(self) -> None:
        digits = get_adapter().generate_password_reset_code() if self.account else ""
        self.state["code"] = digits
        services.request_text(
            actor=get_request_actor(self.request),
            phone=self.phone,
            text=AccountText.RESET_CODE if digits else AccountText.NOT_REGISTERED,
            digits=digits,
        )

    def confirm(self) -> None:
        self.state["code_confirmed"] = True
        self.persist()

    def persist(self) -> None:
        self.request.session[SESSION_KEY] = self.state

    def abort(self) -> None:
        self.request.session.pop(SESSION_KEY, None)
