"""Reading requests and contracts: who sees which, what may be asked, what holds today, whether data may move."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.public import (
    Field,
    MaskKind,
    Resource,
    ResourceState,
    ResourceVersion,
    ShareType,
)
from zhengtong.capabilities.contracts.domain import ContractContent
from zhengtong.capabilities.contracts.models import (
    Contract,
    ContractState,
    DataRequest,
    RefusalReason,
    RequestState,
    RuleKey,
    ShareRule,
)
from zhengtong.capabilities.contracts.permissions import APPLY, APPROVE, COORDINATE, REVIEW, VIEW
from zhengtong.capabilities.sources.public import Source, SourceState
from zhengtong.core.audit.public import canonical, sm3
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import Actor, visible
from zhengtong.kernel.state_secrets import find_state_secret

SHARED_STATES = (ResourceState.PUBLISHED, ResourceState.CHANGING)


def get_rule(key: str, on: date | None = None) -> int:
    """Return what the rule says on a day. Raises LookupError before any holds."""
    found = ShareRule.objects.filter(key=key, effective_from__lte=on or timezone.localdate())
    value = found.order_by("-effective_from").values_list("value", flat=True).first()
    if value is None:
        raise LookupError(f"no rule {key}")
    return value


def list_refusal_reasons(on: date | None = None) -> list[RefusalReason]:
    """Return the reasons in force on a day."""
    day = on or timezone.localdate()
    found = RefusalReason.objects.filter(Q(effective_to=None) | Q(effective_to__gte=day), effective_from__lte=day)
    # Of one code the newest row holds.
    return list({each.code: each for each in found.order_by("effective_from")}.values())


# What may be asked -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Askable:
    """A column and why it can't be asked for, "" when it can; ``needs_reason``: it is of a person."""

    field: Field
    why_not: str = ""

    @property
    def needs_reason(self) -> bool:
        return self.field.personal != "none"


def list_resources(words: str = "") -> QuerySet[Resource]:
    """Return the published resources that may be asked for at all, those whose name or code has ``words``."""
    found = Resource.objects.filter(state__in=SHARED_STATES, current__isnull=False).exclude(
        share_type=ShareType.WITHHELD
    )
    for word in words.replace("\x00", "").split()[:5]:
        found = found.filter(Q(name__icontains=word) | Q(code__istartswith=word) | Q(provider__name__icontains=word))
    return found.select_related("provider", "current", "classification")


def why_not_shared(resource: Resource, version: ResourceVersion | None = None) -> str:
    """Return why a resource can't be asked for, "" when it can: state, share type, secrecy (条例 第三条)."""
    stated = version or resource.current
    if resource.state not in SHARED_STATES or stated is None:
        return _("这项信息资源没有发布或者已经停用，不能申请。")
    if stated.share_type == ShareType.WITHHELD or resource.share_type == ShareType.WITHHELD:
        return _("这项信息资源不予共享。依据：%(basis)s") % {"basis": stated.withheld_basis or _("目录没有写明")}
    # An entry carries a mark once the catalogue marks entries; what bears a state secret's mark in its words is never
    # asked whether it does.
    mark = getattr(resource, "mark", Mark.INTERNAL)
    if mark >= Mark.WORK_SECRET:
        return _("标有“%(mark)s”的资源不得通过共享平台提供。") % {"mark": Mark(mark).label}
    level = find_state_secret(f"{stated.name}\n{stated.abstract}", stated.name)
    return _("资源的名称或者摘要带有“%(level)s”标志，不得共享。") % {"level": level} if level else ""


def list_askable(version: ResourceVersion) -> list[Askable]:
    """Return the columns of a version in their order, with why some can't be asked for."""
    most = get_rule(RuleKey.GRADE)
    return [Askable(field, _why_not(field, most)) for field in version.fields.all()]


def _why_not(field: Field, most: int) -> str:
    if field.mask == MaskKind.HIDDEN:
        return _("目录规定不提供")
    if field.grade > most:
        return _("%(grade)s数据不得共享") % {"grade": field.get_grade_display()}
    if level := find_state_secret(f"{field.name}\n{field.note}", field.name):
        return _("带有“%(level)s”标志") % {"level": level}
    return ""


def list_targets(organisation_id: int) -> QuerySet[Source]:
    """Return where an organisation can have data delivered to."""
    return Source.objects.filter(organisation_id=organisation_id, is_writable=True, state=SourceState.ACTIVE).order_by(
        "name"
    )


# Requests ----------------------------------------------------------------------------------------------------

_RELATED = ("resource", "version", "organisation__region", "provider", "applicant__staff__account", "target")


def list_requests(actor: Actor) -> QuerySet[DataRequest]:
    """Return the requests that ``actor`` may see: of her organisations, to them, or of those that she oversees."""
    return visible(actor, VIEW, DataRequest.objects.select_related(*_RELATED))


def list_own_requests(actor: Actor) -> QuerySet[DataRequest]:
    """Return the requests of the organisations for which ``actor`` applies."""
    return list_requests(actor).filter(organisation_id__in=actor.reach(APPLY))


def list_to_decide(actor: Actor) -> QuerySet[DataRequest]:
    """Return the requests that wait for somebody with the roles of ``actor``."""
    waits = (
        Q(state=RequestState.COMPLIANCE, organisation_id__in=actor.reach(REVIEW))
        | Q(state=RequestState.PROVIDER, provider_id__in=actor.reach(APPROVE))
        | Q(state=RequestState.DISPUTE, provider_id__in=actor.reach(COORDINATE))
    )
    return list_requests(actor).filter(waits)


# Contracts ---------------------------------------------------------------------------------------------------


def list_contracts(actor: Actor) -> QuerySet[Contract]:
    """Return the contracts of either side that ``actor`` may see, without what they say."""
    found = Contract.objects.select_related("resource", "version", "provider", "consumer", "source", "target")
    return visible(actor, VIEW, found).defer("content")


def list_effective(mode: str | None = None, on: date | None = None) -> QuerySet[Contract]:
    """Return the contracts by which data may move on a day, of one mode or of all."""
    day = on or timezone.localdate()
    found = Contract.objects.filter(state=ContractState.EFFECTIVE, valid_from__lte=day, valid_until__gte=day)
    return (found if mode is None else found.filter(mode=mode)).order_by("priority", "id")


def get_content(contract: Contract) -> ContractContent:
    """Return what a contract says. Raises ValueError when it isn't what was signed."""
    if not is_intact(contract):
        raise ValueError(f"contract {contract.number} isn't what was agreed")
    return ContractContent.from_json(contract.content)


def is_intact(contract: Contract) -> bool:
    """Return whether the content still has the digest under which it was granted."""
    return sm3(canonical(contract.content)) == contract.digest


def may_run(contract: Contract, day: date) -> str:
    """Return why no data may move by the contract on ``day``, "" when it may.

    It speaks of the row as it was read: whoever moves data reads it anew for each batch or call, so that a revocation
    holds from the next one on.
    """
    if contract.state != ContractState.EFFECTIVE:
        said = _("合约 %(number)s 的状态是“%(state)s”。") % {
            "number": contract.number,
            "state": contract.get_state_display(),
        }
        return f"{said}{contract.reason}"
    if day < contract.valid_from:
        return _("合约 %(number)s 从 %(day)s 起生效。") % {"number": contract.number, "day": contract.valid_from}
    if day > contract.valid_until:
        return _("合约 %(number)s 已于 %(day)s 到期。") % {"number": contract.number, "day": contract.valid_until}
    return ""


def iterate_ending(until: date) -> Iterator[Contract]:
    """Yield the contracts that end on ``until`` or before and haven't ended yet."""
    live = Contract.objects.filter(state__in=[ContractState.EFFECTIVE, ContractState.SUSPENDED], valid_until__lte=until)
    related = ("resource", "consumer", "provider")
    yield from live.select_related(*related).order_by("id").iterator(chunk_size=200)
