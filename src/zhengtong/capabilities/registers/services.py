"""Keeping the register of legal entities: registering, changing, and what ends an enterprise.

市场主体登记管理条例 (国令746) arts. 8 (what is registered), 24 (change), 30 (suspension), 31 (cancellation).
"""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.registers.models import Enterprise, EnterpriseKind, EnterpriseStatus
from zhengtong.capabilities.registers.permissions import KEEP_ENTERPRISE
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import (
    Organisation,
    Refused,
    Region,
    parse_citizen_number,
    parse_credit_code,
)
from zhengtong.kernel.policy import Actor, require

NEXT_STATUSES = {
    EnterpriseStatus.ACTIVE: (EnterpriseStatus.SUSPENDED, EnterpriseStatus.REVOKED, EnterpriseStatus.CANCELLED),
    EnterpriseStatus.SUSPENDED: (EnterpriseStatus.ACTIVE, EnterpriseStatus.REVOKED, EnterpriseStatus.CANCELLED),
    EnterpriseStatus.REVOKED: (EnterpriseStatus.CANCELLED,),
    EnterpriseStatus.CANCELLED: (),
}


@transaction.atomic
def register_enterprise(
    *,
    actor: Actor,
    credit_code: str,
    name: str,
    kind: str,
    representative_name: str,
    representative_number: str,
    address: str,
    region: Region,
    established_date: date,
    business_scope: str,
    registrar: Organisation,
    registered_capital: Decimal | None = None,
) -> Enterprise:
    """Enter a new enterprise. ``representative_number`` is kept as a keyed digest only.

    Raises InvalidIdentifier, Refused, and Denied where the actor doesn't keep the register for ``registrar``.
    """
    enterprise = Enterprise(
        credit_code=parse_credit_code(credit_code).value,
        name=name.strip(),
        kind=EnterpriseKind(kind),
        representative_name=representative_name.strip(),
        representative_digest=digest(parse_citizen_number(representative_number).value),
        address=address.strip(),
        region=region,
        established_date=established_date,
        business_scope=business_scope.strip(),
        registrar=registrar,
        registered_capital=registered_capital,
    )
    require(actor, KEEP_ENTERPRISE, enterprise)
    _check(enterprise)
    try:
        with transaction.atomic():
            enterprise.save(force_insert=True)
    except IntegrityError:
        raise Refused("registered", _("这个统一社会信用代码已经登记"), "credit_code") from None
    record(actor, "registers.enterprise_registered", enterprise, after={"credit_code": enterprise.credit_code})
    return enterprise


@transaction.atomic
def amend_enterprise(
    *,
    actor: Actor,
    enterprise: Enterprise,
    name: str,
    kind: str,
    representative_name: str,
    address: str,
    region: Region,
    business_scope: str,
    registered_capital: Decimal | None = None,
    representative_number: str = "",
) -> Enterprise:
    """Enter a change of what is registered (art. 24). A new representative needs her number.

    Raises Refused for a cancelled enterprise, InvalidIdentifier and Denied.
    """
    enterprise = Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    require(actor, KEEP_ENTERPRISE, enterprise)
    if enterprise.status == EnterpriseStatus.CANCELLED:
        raise Refused("cancelled", _("已经注销的经营主体不能再变更"))
    wanted = {
        "name": name.strip(),
        "kind": EnterpriseKind(kind),
        "representative_name": representative_name.strip(),
        "address": address.strip(),
        "region": region,
        "business_scope": business_scope.strip(),
        "registered_capital": registered_capital,
    }
    before = {field: getattr(enterprise, field) for field, new in wanted.items() if getattr(enterprise, field) != new}
    if "representative_name" in before and not representative_number:
        raise Refused(
            "number-missing", _("更换法定代表人（经营者）时，请填写新任者的公民身份号码"), "representative_number"
        )
    if representative_number:
        enterprise.representative_digest = digest(parse_citizen_number(representative_number).value)
    for field, new in wanted.items():
        setattr(enterprise, field, new)
    _check(enterprise)
    enterprise.save()
    if before or representative_number:
        after = {field: _plain(getattr(enterprise, field)) for field in before}
        record(
            actor,
            "registers.enterprise_amended",
            enterprise,
            before={field: _plain(value) for field, value in before.items()},
            after=after | ({"representative": "changed"} if representative_number else {}),
        )
    return enterprise


@transaction.atomic
def change_enterprise_status(*, actor: Actor, enterprise: Enterprise, status: str, reason: str) -> Enterprise:
    """Suspend, revoke, cancel or take up again. Cancelling is final. Raises Refused and Denied."""
    enterprise = Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    require(actor, KEEP_ENTERPRISE, enterprise)
    now, wanted = EnterpriseStatus(enterprise.status), EnterpriseStatus(status)
    if wanted not in NEXT_STATUSES[now]:
        raise Refused(
            "status",
            _("登记状态不能从“%(now)s”改为“%(wanted)s”") % {"now": now.label, "wanted": wanted.label},
            "status",
        )
    enterprise.status = wanted
    enterprise.save(update_fields=["status"])
    record(
        actor,
        "registers.enterprise_status_changed",
        enterprise,
        before={"status": now},
        after={"status": wanted, "reason": reason.strip()},
    )
    return enterprise


def _check(enterprise: Enterprise) -> None:
    if enterprise.established_date > timezone.localdate():
        raise Refused("future", _("成立日期不能晚于今天"), "established_date")
    if enterprise.registered_capital is not None and enterprise.registered_capital < 0:
        raise Refused("capital", _("注册资本不能是负数"), "registered_capital")


def _plain(value: object) -> object:
    return value.code if isinstance(value, Region) else value
