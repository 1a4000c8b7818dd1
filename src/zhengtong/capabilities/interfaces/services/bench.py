"""The service test bench: an official calls a service under a contract of her organisation, through the real door."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from time import perf_counter
from typing import Any

from django.db import IntegrityError, transaction
from django.test import RequestFactory
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import Contract, Mode
from zhengtong.capabilities.interfaces.gateway.serving import serve_call
from zhengtong.capabilities.interfaces.models import Member, MemberKey, Service
from zhengtong.capabilities.interfaces.permissions import TRY
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong_client import envelope as envelopes
from zhengtong_client.keys import ED25519, PrivateKey

KEY_LIVES = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Trial:
    """What went out and what came back, as a system would have seen it."""

    envelope: dict[str, Any]
    asked: str
    status: int
    headers: dict[str, str]
    answered: dict[str, Any]
    milliseconds: float
    masks: list[tuple[str, str]] = field(default_factory=list)


def list_trial_contracts(actor: Actor, service: Service) -> list[Contract]:
    """Return the contracts under which the actor may try a service: those of organisations that she reaches."""
    found = Contract.objects.filter(resource_id=service.resource_id, mode=Mode.INTERFACE)
    return list(found.filter(consumer_id__in=actor.reach(TRY)).select_related("consumer").order_by("-id")[:100])


def try_service(*, actor: Actor, service: Service, contract: Contract, purpose: str, asked: str, address: str) -> Trial:
    """Call a service as the organisation's test member. Not one transaction: it is a call like any other.

    Raises Refused for what can't be sent, and Denied; a refusal of the service is an answer.
    """
    require(actor, TRY)
    if contract.consumer_id not in actor.reach(TRY):
        raise Refused("contract", _("只能用本单位的合约测试。"), "contract")
    if contract.resource_id != service.resource_id:
        raise Refused("contract", _("这份合约不包括这个服务。"), "contract")
    try:
        content = json.loads(asked)
    except (ValueError, RecursionError):
        raise Refused("asked", _('请求内容要是 JSON 对象，如 {"parameters": {}}。'), "asked") from None
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    member, key = _lend_key(actor, contract.consumer)
    envelope = envelopes.build(
        sender=member.code,
        recipient=service.code,
        contract=contract.number,
        purpose=purpose.strip(),
        body=body,
        key=key.key_id,
    )
    headers = envelopes.to_headers(envelope, key.sign(envelope.canonical()))
    with transaction.atomic():
        after = {"service": service.code, "purpose": purpose, "number": envelope.id}
        record(actor.stating(purpose), "interfaces.try_service", service, after=after)
    request = RequestFactory().post(
        f"/exchange/v1/services/{service.code}/call",
        body,
        content_type="application/json",
        headers=headers,
        REMOTE_ADDR=address,
    )
    began = perf_counter()
    answer = serve_call(request, service.code)
    took = (perf_counter() - began) * 1000
    MemberKey.objects.filter(key_id=key.key_id).delete()
    fields = contract.content["fields"]
    return Trial(
        envelope=json.loads(envelope.canonical()),
        asked=body.decode(),
        status=answer.status_code,
        headers=headers,
        answered=json.loads(answer.content),
        milliseconds=round(took, 1),
        masks=[(each["column"]["name"], each["mask"]) for each in fields],
    )


@transaction.atomic
def _lend_key(actor: Actor, organisation: Organisation) -> tuple[Member, PrivateKey]:
    """Return the organisation's test member with a key that nobody keeps and that ends in two minutes."""
    found = Member.objects.filter(organisation=organisation, is_bench=True).first()
    if found is None:
        try:
            with transaction.atomic():
                found = Member.objects.create(
                    organisation=organisation,
                    code=f"bench-{organisation.pk}",
                    name=_("%(name)s测试台") % {"name": organisation.name[:70]},
                    is_bench=True,
                )
            record(actor, "interfaces.register_member", found, after={"code": found.code})
        except IntegrityError:  # another official was faster
            found = Member.objects.get(organisation=organisation, is_bench=True)
    key = PrivateKey.generate()
    MemberKey.objects.create(
        member=found,
        key_id=key.key_id,
        algorithm=ED25519,
        spki=key.spki,
        valid_until=timezone.now() + KEY_LIVES,
    )
    return found, key
