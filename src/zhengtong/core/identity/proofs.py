"""What the ways to prove oneself are called: on the page of one's devices, and wherever sign-ins are listed."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROOF_WORDS: dict[str, str | Promise] = {
    "pwd": _("密码"),
    "sms": _("短信验证码"),
    "otp": _("动态口令"),
    "rc": _("恢复码"),
    "hwk": _("通行密钥"),
    "user": _("通行密钥（已验证本人）"),
    "sc": _("数字证书"),
}


def say_proofs(codes: Iterable[str]) -> str:
    """Return for example 密码、动态口令."""
    return "、".join(str(PROOF_WORDS.get(code, code)) for code in codes)
