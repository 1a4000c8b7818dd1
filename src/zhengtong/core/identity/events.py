"""What happens to accounts that modules above this one act on: texts to send, people and mandates to verify."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.events import Event


class AccountText(StrEnum):
    """The texts that accounts need; a provider of messages may have a registered template for each."""

    REGISTER_CODE = "register_code"
    SIGN_IN_CODE = "sign_in_code"
    RESET_CODE = "reset_code"
    CHANGE_CODE = "change_code"
    ALREADY_REGISTERED = "already_registered"
    NOT_REGISTERED = "not_registered"


# With named placeholders, as message templates have them; ``digits`` is for the recipient only.
ACCOUNT_TEXTS: dict[AccountText, str | Promise] = {
    AccountText.REGISTER_CODE: _("验证码{digits}，您正在注册账号，{minutes}分钟内有效。工作人员不会向您索要验证码。"),
    AccountText.SIGN_IN_CODE: _("验证码{digits}，您正在登录，{minutes}分钟内有效。工作人员不会向您索要验证码。"),
    AccountText.RESET_CODE: _("验证码{digits}，您正在重设密码，{minutes}分钟内有效。不是您本人操作请不要理会。"),
    AccountText.CHANGE_CODE: _("验证码{digits}，您正在更换手机号，{minutes}分钟内有效。不是您本人操作请不要理会。"),
    AccountText.ALREADY_REGISTERED: _(
        "这个手机号已经注册过，请直接登录；忘记密码可以用短信验证码登录。不是您本人操作请不要理会。"
    ),
    AccountText.NOT_REGISTERED: _("这个手机号还没有注册，请先注册账号。不是您本人操作请不要理会。"),
}


@dataclass(frozen=True, slots=True)
class AccountTextRequested(Event):
    """The text ``text`` must go to ``phone`` (eleven digits). ``digits`` is the code, empty for plain notices.

    Whoever sends messages receives this; its wording is in ``ACCOUNT_TEXTS``.
    """

    code: ClassVar[str] = "identity.account_text_requested"
    phone: str
    text: AccountText
    digits: str = ""
    minutes: int = 10


@dataclass(frozen=True, slots=True)
class CitizenProfileCompleted(Event):
    """A citizen gave or changed her name and number; a register that knows her may verify her."""

    code: ClassVar[str] = "citizen.profile_completed"
    citizen_id: int


@dataclass(frozen=True, slots=True)
class MandateDeclared(Event):
    """A citizen says that she acts for a legal entity; a register that knows it may verify the mandate."""

    code: ClassVar[str] = "mandate.declared"
    mandate_id: int


@dataclass(frozen=True, slots=True)
class MandateRevoked(Event):
    """A mandate ended: what was begun under it is no longer open to the person."""

    code: ClassVar[str] = "mandate.revoked"
    mandate_id: int
