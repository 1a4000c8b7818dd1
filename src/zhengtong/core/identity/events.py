"""What happens to accounts that modules above this one act on: texts to send, people and mandates to verify."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from django.utils.translation import gettext as _

from zhengtong.kernel.events import Event


class AccountText(StrEnum):
    """The texts that accounts need; a provider of messages may have a registered template for each."""

    REGISTER_CODE = "register_code"
    SIGN_IN_CODE = "sign_in_code"
    RESET_CODE = "reset_code"
    CHANGE_CODE = "change_code"
    ALREADY_REGISTERED = "already_registered"
    NOT_REGISTERED = "not_registered"


@dataclass(frozen=True, slots=True)
class AccountTextRequested(Event):
    """A text message must go to ``phone`` (eleven digits). ``digits`` is the code, empty for plain notices.

    The receiver sends ``words``, or its provider's own template ``text`` with ``digits`` and ``minutes``.
    """

    code: ClassVar[str] = "identity.account_text_requested"
    phone: str
    text: AccountText
    digits: str = ""
    minutes: int = 10

    @property
    def words(self) -> str:
        """The whole text in the language of the request."""
        match self.text:
            case AccountText.REGISTER_CODE:
                words = _("验证码%(digits)s，您正在注册账号，%(minutes)d分钟内有效。工作人员不会向您索要验证码。")
            case AccountText.SIGN_IN_CODE:
                words = _("验证码%(digits)s，您正在登录，%(minutes)d分钟内有效。工作人员不会向您索要验证码。")
            case AccountText.RESET_CODE:
                words = _("验证码%(digits)s，您正在重设密码，%(minutes)d分钟内有效。不是您本人操作请不要理会。")
            case AccountText.CHANGE_CODE:
                words = _("验证码%(digits)s，您正在更换手机号，%(minutes)d分钟内有效。不是您本人操作请不要理会。")
            case AccountText.ALREADY_REGISTERED:
                words = _("这个手机号已经注册过，请直接登录；忘记密码可以用短信验证码登录。不是您本人操作请不要理会。")
            case AccountText.NOT_REGISTERED:
                words = _("这个手机号还没有注册，请先注册账号。不是您本人操作请不要理会。")
        return words % {"digits": self.digits, "minutes": self.minutes}


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
