"""Looking into the registers. Every look at a resident states its purpose and leaves one journal record."""

from django.db import transaction
from django.utils.translation import gettext as _

from zhengtong.capabilities.registers.models import Enterprise, EnterpriseStatus, Household, Relation, Resident
from zhengtong.capabilities.registers.permissions import VIEW_RESIDENT
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Citizen
from zhengtong.kernel.policy import Actor, ActorKind, require

LOOKED_UP = "registers.look_up_resident"
_PARENTHOOD = {
    (Relation.HEAD, Relation.SON),
    (Relation.HEAD, Relation.DAUGHTER),
    (Relation.FATHER, Relation.HEAD),
    (Relation.MOTHER, Relation.HEAD),
}


class PurposeMissing(ValueError):
    """Personal data was asked for without saying what for (个人信息保护法 art. 6)."""

    def __init__(self) -> None:
        super().__init__(_("查询个人信息必须填写用途"))


def get_enterprise(credit_code: str) -> Enterprise | None:
    """Return the enterprise of a normalised credit code. What the register publishes needs no permission."""
    return Enterprise.objects.select_related("region", "registrar").filter(credit_code=credit_code).first()


def is_representative(*, credit_code: str, name: str, id_number: str) -> bool:
    """Return whether the person represents that enterprise and it isn't cancelled or revoked.

    Name and number both: a sheet may bring a new representative's name before her number is known.
    """
    return (
        Enterprise.objects.filter(
            credit_code=credit_code, representative_name=name.strip(), representative_digest=digest(id_number)
        )
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
    """Return what the register knows about the acting citizen, or whom she represents, once verified; else None."""
    if actor.kind is not ActorKind.CITIZEN or actor.owner_id is None:
        return None
    citizen = Citizen.objects.filter(account_id=actor.owner_id, verified_at__isnull=False).first()
    if citizen is None or citizen.id_digest is None:
        return None
    return _look_up(_stating(actor, actor.purpose or _("本人查询")), citizen.id_digest)


@transaction.atomic
def list_household_members(*, actor: Actor, household: Household, purpose: str = "") -> list[Resident]:
    """Return the members of a household, its head first; each of them can find that she was looked at."""
    require(actor, VIEW_RESIDENT)
    stating = _stating(actor, purpose)
    members = list(household.members.order_by("relation", "birth_date"))
    subjects: list[str | None] = [member.id_digest for member in members]
    for subject in subjects or [None]:
        record(stating, "registers.look_up_household", household, subject=subject)
    return members


@transaction.atomic
def is_registered_person(*, actor: Actor, name: str, id_number: str, purpose: str = "") -> bool:
    """Return whether name and number belong together in the register (二要素核验). Nothing else is told.

    Open to every actor, a citizen proving who she is included: the caller limits how often.
    """
    found = _look_up(_stating(actor, purpose or actor.purpose or _("实名核验")), digest(id_number))
    return found is not None and found.name == name.strip()


@transaction.atomic
def is_parent_in_household(*, actor: Actor, parent_number: str, child_name: str, child_number: str) -> bool:
    """Return whether the register of population shows by a shared household that one is the other's parent.

    It does where one of them is its head: 户主 and 子 or 女, or 父亲 or 母亲 and 户主. A spouse of the head may be a
    step-parent, and that isn't told apart here.
    """
    stating = _stating(actor, actor.purpose or _("监护关系核验"))
    parent, child = (_look_up(stating, digest(number)) for number in (parent_number, child_number))
    if parent is None or child is None or parent.household_id != child.household_id:
        return False
    return child.name == child_name.strip() and (Relation(parent.relation), Relation(child.relation)) in _PARENTHOOD


def _stating(actor: Actor, purpose: str) -> Actor:
    stated = purpose.strip() or actor.purpose.strip()
    if not stated:
        raise PurposeMissing
    return actor.stating(stated[:200])


def _look_up(actor: Actor, id_digest: str) -> Resident | None:
    resident = Resident.objects.select_related("household__region", "region").filter(id_digest=id_digest).first()
    # Whoever isn't found is named by the digest's beginning: enough to see repeated looks, not to learn a number.
    record(actor, LOOKED_UP, resident or ("registers.resident", f"?{id_digest[:16]}"), subject=id_digest)
    return resident
