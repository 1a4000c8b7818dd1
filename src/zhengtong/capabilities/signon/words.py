"""What proofs and oddities are called."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.signon.domain import Oddity, Strength
from zhengtong.core.identity.public import say_proofs

ODDITIES: dict[str, str | Promise] = {
    Oddity.NEW_DEVICE: _("没用过的设备"),
    Oddity.NEW_NETWORK: _("没用过的网络"),
    Oddity.NIGHT: _("夜间登录"),
    Oddity.TWO_PLACES: _("短时间内从两处登录"),
    Oddity.MANY_ACCOUNTS: _("同一地址试过多个账号"),
    Oddity.MANY_FAILURES: _("连续多次失败"),
    Oddity.CLONED_KEY: _("通行密钥疑似被复制"),
    Oddity.FORGED_HEADER: _("伪造的证书信息"),
}
STRENGTH_WORDS: dict[int, str | Promise] = {
    Strength.ONE: _("密码或者短信验证码"),
    Strength.TWO: _("两种方式，比如密码加动态口令"),
    Strength.HARDWARE: _("通行密钥或者数字证书"),
}


def say_oddities(codes: Iterable[str]) -> str:
    return "、".join(str(ODDITIES.get(code, code)) for code in codes)


__all__ = ["ODDITIES", "STRENGTH_WORDS", "say_oddities", "say_proofs"]
