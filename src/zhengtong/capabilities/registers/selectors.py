"""Looking into the registers. Every look at a resident states its purpose and leaves one journal record."""

from django.db import transaction
from django.utils.translation import gettext as _

from zhengtong.capabilities.registers.manifest import VIEW_RESIDENT
from zhengtong.capabilities.registers.models import Enterprise, EnterpriseStatus, Household, Resident
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Citizen
from zhengtong.kernel.policy import Actor, ActorKind, require

LOOKED_UP = "registers.look_up_resident"


class PurposeMissing(ValueError):
    """Personal data was asked for without saying what for (个人信息保护法 art. 6)."""

    def __init__(self) -> None:
        super().__init__(_("查询个人信息必须填写用途"))


def get_enterprise(credit_code: str) -> Enterprise | None:
    """Return the enterprise of a normalised credit code. What the register publishes needs no permission."""
    return Enterprise.objects.select_related("region", "registrar").filter(credit_code=credit_code).first()


def is_representative(*, credit_code: str, id_number: str) -> bool:
    """Return whether the person represents that enterprise and it isn't cancelled or revoked."""
    return (
        Enterprise.objects.filter(credit_code=credit_code, representative_digest=digest(id_number))
        .exclude(status__in=(EnterpriseStatus.CANCELLED, EnterpriseStatus.REVOKED))
        .exists()
    )


@transaction.atomic
def get_resident(*, actor: Actor, id_number: str, purpose: str = "") -> Resident | None:
    """Return the resident of a normalised citizen number, with the household.

    ``purpose`` may be left out where ``actor.purpose`` states it. A look that finds nobody is recorded
    too. Raises PurposeMissing, and Denied without ``registers.view_resident``.
    """
    require(actor, VIEW_RESIDENT)
    return _look_up(_stating(actor, purpose), digest(id_number))


@transaction.atomic
def get_own_resident(*, actor: Actor) -> Resident | None:
    """Return what the register knows about the acting citizen herself, once she is verified; else None."""
    if actor.kind is not ActorKind.CITIZEN or actor.account_id is None:
        return None
    citizen = Citizen.objects.filter(account_id=actor.account_id, verified_at__isnull=False).first()
    if citizen is None or citizen.id_digest is None:
        return None
    return _look_up(_stating(actor, actor.purpose or _("本人查询")), citizen.id_digest)


@transaction.atomic
def list_household_members(*, actor: Actor, household: Household, purpose: str = "") -> list[Resident]:
    """Return the members of a household, its head first; recorded once for the household."""
    require(actor, VIEW_RESIDENT)
    record(_stating(actor, purpose), "registers.look_up_household", household)
    return list(household.members.order_by("relation", "birth_date"))


@transaction.atomic
def is_registered_person(*, actor: Actor, name: str, id_number: str, purpose: str = "") -> bool:
    """Return whether name and number belong together in the register (二要素核验). Nothing else is told.

    Open to every actor, a citizen proving who she is included: the caller limits how often.
    """
    found = _look_up(_stating(actor, purpose or actor.purpose or _("实名核验")), digest(id_number))
    return found is not None and found.name == name.strip()


def _stating(actor: Actor, purpose: str) -> Actor:
    stated = purpose.strip() or actor.purpose.strip()
    if not stated:
        raise PurposeMissing
    return actor.stating(stated[:200])


def _look_up(actor: Actor, id_digest: str) -> Resident | None:
    resident = Resident.objects.select_related("household__region", "region").filter(id_digest=id_digest).first()
    # Whoever isn't found is named by the digest's beginning: enough to see repeated looks, not to learn a number.
    record(actor, LOOKED_UP, resident or ("registers.resident", f"?{id_digest[:16]}"))
    return resident
