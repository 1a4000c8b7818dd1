"""Time-based codes and recovery codes: adding them, and spending each exactly once."""

import base64
import time
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.domain import (
    FEW_RECOVERY_CODES,
    CodeFault,
    make_recovery_codes,
    match_code,
    tidy_recovery_code,
)
from zhengtong.capabilities.signon.models import CodeGenerator, RecoveryCode
from zhengtong.capabilities.signon.selectors import count_recovery_codes, require_spare_factor
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Account, Refused
from zhengtong.core.messages.public import send_message
from zhengtong.kernel.policy import Actor

USED = "used"


def write_secret(secret: bytes) -> str:
    return base64.b32encode(secret).decode().rstrip("=")


def read_secret(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))


def describe_generator(account: Account, secret: bytes) -> str:
    """Return what an app reads from the QR code (otpauth, Google's key URI format)."""
    issuer = settings.SITE_NAME
    asked = urlencode({"secret": write_secret(secret), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{account}')}?{asked}"


def _say(fault: CodeFault, seconds_off: int) -> str:
    if fault is CodeFault.USED:
        return _("这个口令已经用过，每个口令只能用一次，请等手机上换了新的再输入")
    if fault is CodeFault.SKEWED:
        faster = _("快") if seconds_off > 0 else _("慢")
        return _("手机的时间比标准时间%(faster)s了约 %(n)d 秒，口令对不上；请在手机设置里打开自动校准时间") % {
            "faster": faster,
            "n": abs(seconds_off),
        }
    if fault is CodeFault.MALFORMED:
        return _("动态口令是6位数字，请看手机上的验证器应用")
    return _("动态口令不对，请输入手机上现在显示的6位数字")


def _match(secret: bytes, typed: str, last_step: int | None) -> int:
    answer = match_code(secret, typed, time.time(), last_step)
    if answer.step is None:
        fault = answer.fault or CodeFault.WRONG
        raise Refused(fault.value, _say(fault, answer.seconds_off), "code")
    return answer.step


@transaction.atomic
def add_generator(*, actor: Actor, account: Account, secret: bytes, code: str) -> CodeGenerator:
    """Keep ``secret``, once an app shows the code that belongs to it. Raises Refused."""
    if CodeGenerator.objects.filter(account=account).exists():
        raise Refused("exists", _("已经有动态口令，要换手机请先删除原来的"))
    step = _match(secret, code, None)
    made = CodeGenerator.objects.create(account=account, secret=write_secret(secret), last_step=step)
    record(actor, "signon.generator_added", made)
    tell_of_change(actor=actor, account=account, what=_("添加了动态口令"))
    return made


@transaction.atomic
def remove_generator(*, actor: Actor, account: Account) -> None:
    """Raises Refused where a rule asks for a second factor and this is the only one."""
    found = CodeGenerator.objects.filter(account=account).first()
    if found is None:
        raise Refused("none", _("没有动态口令，不用删除"))
    require_spare_factor(account, without=found)
    record(actor, "signon.generator_removed", found)
    found.delete()
    tell_of_change(actor=actor, account=account, what=_("删除了动态口令"))
    forget_dangling_codes(account)


def spend_code(*, account: Account, typed: str) -> None:
    """Spend the code that the account's app shows: of two at once one wins. Raises Refused."""
    found = CodeGenerator.objects.filter(account=account).first()
    if found is None:
        raise Refused("none", _("这个账号没有动态口令，请换一种方式"), "code")
    step = _match(read_secret(found.secret), typed, found.last_step)
    later = Q(last_step=None) | Q(last_step__lt=step)
    if not CodeGenerator.objects.filter(later, pk=found.pk).update(last_step=step, last_used_at=timezone.now()):
        raise Refused(USED, _say(CodeFault.USED, 0), "code")


@transaction.atomic
def make_codes(*, actor: Actor, account: Account) -> list[str]:
    """Make new recovery codes; those before don't hold any more. Raises Refused without another second factor."""
    if not (
        CodeGenerator.objects.filter(account=account).exists() or account.passkeys.filter(blocked_at=None).exists()
    ):
        raise Refused("nothing", _("先添加动态口令或者通行密钥，再生成恢复码"))
    # The account's row, so that two sets made at once don't both stay.
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    RecoveryCode.objects.filter(account=account).delete()
    codes = make_recovery_codes()
    RecoveryCode.objects.bulk_create(RecoveryCode(account=account, code_digest=_digest(code)) for code in codes)
    record(actor, "signon.recovery_codes_made", account, after={"count": len(codes)})
    return codes


@transaction.atomic
def spend_recovery_code(*, actor: Actor, account: Account, typed: str) -> int:
    """Spend a recovery code, once; return how many are left. Raises Refused."""
    code = tidy_recovery_code(typed)
    if not code:
        raise Refused("malformed", _("恢复码是10位字母和数字，请按保存的那一张输入"), "recovery")
    mine = RecoveryCode.objects.filter(account=account, code_digest=_digest(code))
    if not mine.filter(used_at=None).update(used_at=timezone.now()):
        if mine.exists():
            raise Refused(USED, _("这个恢复码已经用过，每个恢复码只能用一次，请用另一个"), "recovery")
        raise Refused("wrong", _("恢复码不对，请核对；重新生成过的，以前的都作废了"), "recovery")
    left = count_recovery_codes(account)
    record(actor, "signon.recovery_code_used", account, after={"left": left})
    if left <= FEW_RECOVERY_CODES:
        send_message(
            actor=actor,
            recipient=account,
            template="signon.few_recovery_codes",
            context={"left": left},
            link="/account/security/",
        )
    return left


def tell_of_change(*, actor: Actor, account: Account, what: str) -> None:
    send_message(
        actor=actor,
        recipient=account,
        template="signon.factor_changed",
        context={"what": what},
        link="/account/security/",
    )


def _digest(code: str) -> str:
    return digest(f"recovery:{code}")


def forget_dangling_codes(account: Account) -> None:
    """Recovery codes stand in for something; alone they would be a weaker password."""
    if not (CodeGenerator.objects.filter(account=account).exists() or account.passkeys.exists()):
        RecoveryCode.objects.filter(account=account).delete()
