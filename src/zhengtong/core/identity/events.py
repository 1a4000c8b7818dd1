"""What happens to accounts that modules above this one act on: texts to send, people and mandates to verify."""

from collections.abc import Mapping
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


class AccountNotice(StrEnum):
    """What people are told in their messages about who may act for whom."""

    DELEGATION_GIVEN = "delegation_given"
    DELEGATION_REVOKED = "delegation_revoked"
    DELEGATION_ENDED = "delegation_ended"
    MANDATE_GRANTED = "mandate_granted"
    MANDATE_REVOKED = "mandate_revoked"
    AGENT_APPOINTED = "agent_appointed"
    REPRESENTATION_VERIFIED = "representation_verified"
    REPRESENTATION_REVOKED = "representation_revoked"
    WARD_OF_AGE = "ward_of_age"


# Title and text, with named placeholders as message templates have them.
ACCOUNT_NOTICES: dict[AccountNotice, tuple[str | Promise, str | Promise]] = {
    AccountNotice.DELEGATION_GIVEN: (
        _("委托代理"),
        _("{principal}把职权委托给{agent}代为行使，{start} 至 {end} 有效。办理的每件事都记录两个人的名字。"),
    ),
    AccountNotice.DELEGATION_REVOKED: (_("委托已撤销"), _("{principal}委托{agent}代理的职权已经撤销，即时失效。")),
    AccountNotice.DELEGATION_ENDED: (_("委托已到期"), _("{principal}委托{agent}代理的职权已于 {end} 到期，自动失效。")),
    AccountNotice.MANDATE_GRANTED: (
        _("企业授权"),
        _("{principal}授权您作为“{entity}”的经办人，{end}。办事时可以切换到它的身份。"),
    ),
    AccountNotice.MANDATE_REVOKED: (_("企业授权已撤销"), _("您作为“{entity}”经办人的授权已经撤销。")),
    AccountNotice.AGENT_APPOINTED: (
        _("委托办事"),
        _("{principal}委托您代为办事，{end}。办事时可以切换到“代{principal}”的身份。"),
    ),
    AccountNotice.REPRESENTATION_VERIFIED: (
        _("代理身份已核验"),
        _("您代{principal}办事的身份（{kind}）已经核验，现在可以切换到“代{principal}”的身份。"),
    ),
    AccountNotice.REPRESENTATION_REVOKED: (_("代理已终止"), _("{agent}代{principal}办事的身份已经终止。")),
    AccountNotice.WARD_OF_AGE: (
        _("监护自动终止"),
        _("{principal}已满十八周岁，您的监护人身份依法自动终止。以前代办的事项仍归{principal}所有。"),
    ),
}


@dataclass(frozen=True, slots=True)
class AccountNoticeRequested(Event):
    """An account is to be told ``notice`` in its messages; its wording is in ``ACCOUNT_NOTICES``."""

    code: ClassVar[str] = "identity.account_notice_requested"
    account_id: int
    notice: AccountNotice
    context: Mapping[str, object]
    link: str = ""


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


@dataclass(frozen=True, slots=True)
class WardRegistered(Event):
    """A guardian says for whom she acts; a register that knows both may verify it."""

    code: ClassVar[str] = "ward.registered"
    representation_id: int


@dataclass(frozen=True, slots=True)
class RepresentationEnded(Event):
    """A guardian or agent may no longer act: what was begun stays with the represented citizen."""

    code: ClassVar[str] = "representation.ended"
    representation_id: int


@dataclass(frozen=True, slots=True)
class AppointmentEnded(Event):
    """An appointment is over and what was open in it has to go somewhere: to ``successor_id`` or back to the office."""

    code: ClassVar[str] = "appointment.ended"
    appointment_id: int
    successor_id: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class OrganisationSucceeded(Event):
    """An organisation ended on merging or splitting; what it had open goes to ``successor_id``."""

    code: ClassVar[str] = "organisation.succeeded"
    organisation_id: int
    successor_id: int
