"""Reading sign-on: what a person has, what the rules of the day ask of her, what happened around an address."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.domain import Earlier, Strength, Surroundings
from zhengtong.capabilities.signon.models import (
    Attempt,
    BoundCertificate,
    CodeGenerator,
    FactorRule,
    Outcome,
    Passkey,
    RecoveryCode,
    StepUpRule,
    WatchRule,
)
from zhengtong.capabilities.signon.models.attempts import FAILURES
from zhengtong.core.identity.public import Account, AccountKind, Refused, StaffMember, list_current_appointments
from zhengtong.kernel.modules import Role, registry

R = TypeVar("R", FactorRule, StepUpRule, WatchRule)
KNOWN_FOR = timedelta(days=180)
EARLIER_READ = 50
RECENT_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Factors:
    """What an account can prove itself with besides password and text."""

    has_generator: bool
    passkeys: int
    certificates: int
    recovery_codes: int

    @property
    def has_second(self) -> bool:
        """Whether there is something to ask for after a password."""
        return self.has_generator or self.passkeys > 0

    @property
    def strongest(self) -> Strength:
        if self.passkeys or self.certificates:
            return Strength.HARDWARE
        return Strength.TWO if self.has_generator else Strength.ONE


def get_factors(account: Account, *, without: Model | None = None) -> Factors:
    """Return what ``account`` has; ``without`` one of them, as if it were gone."""
    passkeys = Passkey.objects.filter(account=account, blocked_at=None)
    if isinstance(without, Passkey):
        passkeys = passkeys.exclude(pk=without.pk)
    certificates = BoundCertificate.objects.filter(account=account, not_after__gt=timezone.now())
    if isinstance(without, BoundCertificate):
        certificates = certificates.exclude(pk=without.pk)
    return Factors(
        has_generator=not isinstance(without, CodeGenerator) and CodeGenerator.objects.filter(account=account).exists(),
        passkeys=passkeys.count(),
        certificates=certificates.count(),
        recovery_codes=count_recovery_codes(account),
    )


def has_second_factor(account: Account) -> bool:
    return (
        CodeGenerator.objects.filter(account=account).exists()
        or Passkey.objects.filter(account=account, blocked_at=None).exists()
    )


def count_recovery_codes(account: Account) -> int:
    return RecoveryCode.objects.filter(account=account, used_at=None).count()


def annotate_factors(staff: QuerySet[StaffMember]) -> QuerySet[StaffMember]:
    """Say of each person what she has, in the query that lists them."""
    mine = {"account": OuterRef("account")}
    return staff.annotate(
        has_generator=Exists(CodeGenerator.objects.filter(**mine)),
        has_passkey=Exists(Passkey.objects.filter(**mine, blocked_at=None)),
        has_certificate=Exists(BoundCertificate.objects.filter(**mine)),
    )


# Rules -------------------------------------------------------------------------------------------------


def _in_force(model: type[R], on: date) -> QuerySet[R]:
    return model._default_manager.filter(effective_from__lte=on).order_by("-effective_from", "-pk")


def get_watch_rule() -> WatchRule | None:
    return _in_force(WatchRule, timezone.localdate()).first()


def get_step_up_rule(act: str) -> StepUpRule | None:
    return _in_force(StepUpRule, timezone.localdate()).filter(act=act).first()


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of a person's sign-in: from ``by`` on (a day) she does nothing else before she can do it."""

    strength: Strength
    by: date
    role: str
    basis: str

    @property
    def role_title(self) -> str:
        try:
            return str(registry.get(Role, self.role).title)
        except LookupError:
            return self.role


def get_demand(account: Account) -> Demand | None:
    """Return the strongest demand that the rules make of ``account``, of several the one that is due first.

    The days of grace count from the rule's day, or from when she came to the role, where that is later.
    """
    if account.kind != AccountKind.STAFF:
        return None
    today = timezone.localdate()
    held: dict[str, date] = {}
    for appointment in list_current_appointments(account):
        for role in appointment.post.roles.all():
            held[role.role] = min(held.get(role.role, appointment.start_date), appointment.start_date)
    newest: dict[str, FactorRule] = {}
    for rule in _in_force(FactorRule, today).filter(role__in=held):
        newest.setdefault(rule.role, rule)
    demands = [
        Demand(
            Strength(rule.strength),
            max(rule.effective_from, held[role]) + timedelta(days=rule.grace_days),
            role,
            rule.basis,
        )
        for role, rule in newest.items()
        if rule.strength > Strength.ONE
    ]
    return min(demands, key=lambda each: (-each.strength, each.by), default=None)


def require_spare_factor(account: Account, *, without: Model) -> None:
    """Raise Refused when what the rules ask for couldn't be met any more."""
    demand = get_demand(account)
    if demand is not None and get_factors(account, without=without).strongest < demand.strength:
        raise Refused(
            "demanded",
            _("您任职的岗位（%(role)s）要求用它登录，这是最后一个，不能删除；请先添加另一个")
            % {"role": demand.role_title},
        )


# Sign-ins ----------------------------------------------------------------------------------------------


def list_earlier(account: Account) -> list[Earlier]:
    """Return the sign-ins of the last half year that a new one is compared with."""
    found = Attempt.objects.filter(account=account, outcome=Outcome.SUCCEEDED, at__gte=timezone.now() - KNOWN_FOR)
    return [
        Earlier(at, device, network)
        for at, device, network in found.order_by("-at").values_list("at", "device", "network")[:EARLIER_READ]
    ]


def look_around(account: Account | None, address: str | None, *, minutes: int) -> Surroundings:
    """Count the account's failures, and the accounts that were tried in vain from the address."""
    since = timezone.now() - timedelta(minutes=minutes)
    failed = Attempt.objects.filter(at__gte=since, outcome__in=FAILURES)
    failures = failed.filter(account=account).count() if account else 0
    tried = failed.filter(address=address).values("account").distinct().count() if address else 0
    return Surroundings(failures=failures, accounts=tried)


def list_recent_attempts(account: Account, limit: int = RECENT_SHOWN) -> list[Attempt]:
    return list(Attempt.objects.filter(account=account).order_by("-at", "-id")[:limit])
