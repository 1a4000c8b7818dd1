"""Registering, amending and suspending wells."""

from datetime import date
from decimal import Decimal

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tests.toy.models import Reading, Well, WellStatus
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Account, Citizen, Organisation, Refused, Region, parse_phone
from zhengtong.kernel.policy import Actor, require

MANAGE, REPORT = "wells.manage_well", "wells.report_level"


def _set_phone(well: Well, text: str) -> None:
    """Keep the keeper's number, what it is found by, and whose account it is. Raises InvalidIdentifier."""
    well.keeper_phone = parse_phone(text).value if text else ""
    well.keeper_digest = digest(well.keeper_phone) if text else ""
    well.keeper_account = Account.objects.filter(
        pk__in=Citizen.objects.filter(phone_digest=well.keeper_digest).exclude(phone_digest="").values("account")
    ).first()


@transaction.atomic
def register_well(
    *,
    actor: Actor,
    code: str,
    name: str,
    owner: Organisation,
    region: Region,
    depth: Decimal | None = None,
    drilled_date: date | None = None,
    is_metered: bool = False,
    keeper: str = "",
    keeper_phone: str = "",
    note: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
) -> Well:
    """Enter a well into the register. Raises Refused for a code that is taken, InvalidIdentifier for a phone."""
    if Well.objects.filter(code=code).exists():
        raise Refused("taken", _("编号 %(code)s 已经登记过") % {"code": code}, "code")
    well = Well(
        code=code,
        name=name,
        owner=owner,
        region=region,
        depth=depth,
        drilled_date=drilled_date,
        is_metered=is_metered,
        keeper=keeper,
        note=note,
    )
    if longitude is not None and latitude is not None:
        well.location = Point(longitude, latitude, srid=4490)
    _set_phone(well, keeper_phone)
    require(actor, MANAGE, well)
    well.save()
    record(actor, "wells.register_well", well, after={"code": code, "name": name, "owner": owner.pk})
    return well


@transaction.atomic
def amend_well(
    *,
    actor: Actor,
    well: Well,
    name: str,
    depth: Decimal | None = None,
    drilled_date: date | None = None,
    is_metered: bool = False,
    keeper: str = "",
    keeper_phone: str = "",
    note: str = "",
) -> Well:
    """Correct what the register says of a well. Raises InvalidIdentifier for a phone."""
    require(actor, MANAGE, well)
    kept = ("name", "depth", "drilled_date", "is_metered", "keeper", "note")
    before = {field: getattr(well, field) for field in kept}
    _set_phone(well, keeper_phone)
    well.name, well.depth, well.drilled_date = name, depth, drilled_date
    well.is_metered, well.keeper, well.note = is_metered, keeper, note
    well.save()
    after = {field: getattr(well, field) for field in kept}
    changed = [field for field in kept if before[field] != after[field]]
    record(
        actor,
        "wells.amend_well",
        well,
        before={field: before[field] for field in changed},
        after={field: after[field] for field in changed},
    )
    return well


@transaction.atomic
def suspend_well(*, actor: Actor, well: Well, reason: str) -> Well:
    """Take a well out of use. Raises Refused when it isn't in use."""
    require(actor, MANAGE, well)
    if well.status != WellStatus.USED:
        raise Refused("state", _("%(name)s不在用，不需要停用") % {"name": well.name})
    well.status = WellStatus.SUSPENDED
    well.save(update_fields=["status"])
    record(actor, "wells.suspend_well", well, before={"status": "used"}, after={"status": "suspended", "why": reason})
    return well


@transaction.atomic
def resume_well(*, actor: Actor, well: Well) -> Well:
    """Take a suspended well into use again. Raises Refused when it isn't suspended."""
    require(actor, MANAGE, well)
    if well.status != WellStatus.SUSPENDED:
        raise Refused("state", _("%(name)s没有停用") % {"name": well.name})
    well.status = WellStatus.USED
    well.save(update_fields=["status"])
    record(actor, "wells.resume_well", well, before={"status": "suspended"}, after={"status": "used"})
    return well


@transaction.atomic
def seal_well(*, actor: Actor, well: Well, reason: str) -> Well:
    """Fill a well for good."""
    require(actor, MANAGE, well)
    if well.status == WellStatus.SEALED:
        raise Refused("state", _("%(name)s已经封填") % {"name": well.name})
    before, well.status = well.status, WellStatus.SEALED
    well.save(update_fields=["status"])
    record(actor, "wells.seal_well", well, before={"status": before}, after={"status": "sealed", "why": reason})
    return well


@transaction.atomic
def report_level(*, actor: Actor, well: Well, read_date: date, level: Decimal) -> Reading:
    """Note how far below the ground the water stood. Raises Refused for a day to come, or a well that is sealed."""
    require(actor, REPORT, well)
    if read_date > timezone.localdate():
        raise Refused("future", _("测量日期不能晚于今天"), "read_date")
    if well.status == WellStatus.SEALED:
        raise Refused("state", _("%(name)s已经封填") % {"name": well.name})
    reading = Reading.objects.create(well=well, read_date=read_date, level=level)
    record(actor, "wells.report_level", well, after={"read_date": str(read_date), "level": str(level)})
    return reading
