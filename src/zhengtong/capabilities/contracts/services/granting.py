"""The moment of agreement: the request becomes a contract, frozen with its digest."""

from dataclasses import asdict

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.public import ResourceVersion, VersionStatus
from zhengtong.capabilities.contracts.compiling import Masks, compile_contract, digest_of, find_mount
from zhengtong.capabilities.contracts.events import ContractGranted
from zhengtong.capabilities.contracts.messages import tell, tell_office
from zhengtong.capabilities.contracts.models import (
    Contract,
    ContractActWords,
    ContractStep,
    DataRequest,
    Mode,
    RequestState,
)
from zhengtong.capabilities.contracts.permissions import APPROVE
from zhengtong.capabilities.contracts.services.steps import advance, next_number, require_apart, shown_day, url_of
from zhengtong.capabilities.contracts.transitions import Act
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import Actor

BREAKING = "breaking"


def grant(*, actor: Actor, request: DataRequest, act: Act, opinion: str, masks: Masks) -> Contract:
    """Compile the contract of a locked request and let it be in force from today. Part of the caller's step.

    Raises Refused, also when a later version of the resource breaks what was asked: then the applicant has to see it.
    """
    require_apart(actor, request, act)
    if find_break(request) is not None:
        raise Refused(
            "version-changed",
            _("审批期间资源发布了不兼容的新版本，请要求补正，由申请单位按新版本核对后再次提交。"),
        )
    today = timezone.localdate()
    number = next_number("GXHY", Contract)
    content = compile_contract(request, number=number, masks=masks, today=today)
    digest = digest_of(content)
    mount = find_mount(request.resource, Mode(request.mode))
    contract = Contract.objects.create(
        number=number,
        request=request,
        resource=request.resource,
        version=request.version,
        provider=request.provider,
        consumer=request.organisation,
        mode=request.mode,
        content=content.to_json(),
        digest=digest,
        source=mount.source,
        target=request.target if content.target else None,
        valid_from=today,
        valid_until=request.valid_until,
        granted_by_id=actor.appointment,
    )
    request.masks = {code: asdict(chosen) for code, chosen in masks.items()}
    ContractStep.objects.create(
        contract=contract,
        act=ContractActWords.GRANT,
        by_id=actor.agent or actor.appointment,
        account_id=actor.account_id,
        opinion=opinion,
        at=timezone.now(),
    )
    advance(
        actor=actor,
        request=request,
        act=act,
        to=RequestState.GRANTED,
        opinion=opinion,
        after={
            "contract": number,
            "digest": digest,
            "masks": {each.column.name: each.mask for each in content.fields if each.mask != "none"},
        },
    )
    until = shown_day(get_calendar().end_of_day(contract.valid_until))
    said = {
        "resource": request.resource.name,
        "consumer": request.organisation.name,
        "contract": number,
        "until": until,
    }
    tell(request.applicant, "granted", actor=actor, link=url_of(request), **said)
    tell_office(request.provider_id, (APPROVE,), "granted", actor=actor, link=url_of(request), **said)
    publish(ContractGranted(actor=actor, contract=contract))
    return contract


def find_break(request: DataRequest) -> ResourceVersion | None:
    """Return a version after the request's that breaks what is built on it, None when there is none."""
    later = request.resource.versions.filter(
        number__gt=request.version.number,
        status__in=[VersionStatus.PUBLISHED, VersionStatus.SUPERSEDED],
        verdict=BREAKING,
    )
    return later.order_by("number").first()
