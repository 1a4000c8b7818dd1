"""Publishing a service over a resource, amending how it is answered, stopping it."""

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.public import Resource, ResourceState
from zhengtong.capabilities.interfaces.models import Service, ServiceKind, ServiceState
from zhengtong.capabilities.interfaces.permissions import MANAGE
from zhengtong.capabilities.sources.public import Source, SourceKind
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{2,59}")
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,59}")


@step()
def publish_service(
    *,
    actor: Actor,
    code: str,
    name: str,
    resource: Resource,
    kind: str,
    source: Source,
    place: str,
    method: str = "GET",
    parameters: str = "",
    rows_at: str = "",
    timeout_ms: int = 10_000,
    calls_a_minute: int = 6000,
    note: str = "",
) -> Service:
    """Publish a service. Who calls it needs a contract of the way 接口调用. Raises Refused and Denied."""
    require(actor, MANAGE)
    if resource.provider_id not in actor.reach(MANAGE):
        raise Refused("not-here", _("您只能为所管单位的信息资源发布服务。"), "resource")
    if not _CODE.fullmatch(code):
        raise Refused("code", _("代码用三到六十个小写字母、数字、短横。"), "code")
    if resource.state not in (ResourceState.PUBLISHED, ResourceState.CHANGING):
        raise Refused("resource", _("信息资源还没有发布，或者已经停用。"), "resource")
    answered = _check_answering(kind, source, place, parameters, method)
    if source.organisation_id != resource.provider_id:
        raise Refused("source", _("数据源不是提供单位的。"), "source")
    try:
        with transaction.atomic():
            service = Service.objects.create(
                code=code,
                name=" ".join(name.split()),
                resource=resource,
                provider_id=resource.provider_id,
                source=source,
                rows_at=rows_at.strip(),
                timeout_ms=timeout_ms,
                calls_a_minute=calls_a_minute,
                note=note,
                **answered,
            )
    except IntegrityError:
        raise Refused("taken", _("这个代码已经用过。"), "code") from None
    record(actor, "interfaces.publish_service", service, after={"code": code, "name": service.name, "kind": kind})
    return service


@step()
def amend_service(
    *,
    actor: Actor,
    service: Service,
    name: str,
    place: str,
    method: str,
    parameters: str,
    rows_at: str,
    timeout_ms: int,
    calls_a_minute: int,
    note: str,
) -> Service:
    """Change how a service is answered; what its contracts give stays what it is. Raises Refused and Denied."""
    locked = Service.objects.select_for_update(of=("self",)).select_related("source").get(pk=service.pk)
    require(actor, MANAGE, locked)
    answered = _check_answering(locked.kind, locked.source, place, parameters, method)
    given = answered | {
        "name": " ".join(name.split()),
        "rows_at": rows_at.strip(),
        "timeout_ms": timeout_ms,
        "calls_a_minute": calls_a_minute,
        "note": note,
    }
    before = {key: getattr(locked, key) for key in given}
    for key, value in given.items():
        setattr(locked, key, value)
    locked.save(update_fields=list(given))
    changed = {key for key in given if given[key] != before[key]}
    record(
        actor,
        "interfaces.amend_service",
        locked,
        before={key: before[key] for key in changed},
        after={key: given[key] for key in changed},
    )
    return locked


@step()
def stop_service(*, actor: Actor, service: Service, reason: str) -> Service:
    """Refuse all calls of a service from the next one on. Raises Refused and Denied."""
    return _switch(actor, service, ServiceState.STOPPED, reason, "interfaces.stop_service")


@step()
def resume_service(*, actor: Actor, service: Service) -> Service:
    return _switch(actor, service, ServiceState.PUBLISHED, "", "interfaces.resume_service")


def _switch(actor: Actor, service: Service, state: ServiceState, reason: str, action: str) -> Service:
    locked = Service.objects.select_for_update(of=("self",)).get(pk=service.pk)
    require(actor, MANAGE, locked)
    if locked.state == state:
        raise Refused("state", _("服务已经是这个状态。"))
    before = {"state": locked.state}
    locked.state, locked.reason = state, reason
    locked.save(update_fields=["state", "reason"])
    record(actor, action, locked, before=before, after={"state": state, "reason": reason})
    return locked


def _check_answering(kind: str, source: Source, place: str, parameters: str, method: str) -> dict[str, Any]:
    is_http = source.kind == SourceKind.HTTP
    if kind not in ServiceKind.values:
        raise Refused("kind", _("没有这种应答方式。"), "kind")
    if (kind == ServiceKind.PASSED_ON) != is_http:
        said = _("转发要用 HTTP 接口类的数据源，按库表应答要用数据库或者文件类的数据源。")
        raise Refused("source", said, "source")
    if not place.strip():
        raise Refused("place", _("请填写路径或者库表。"), "place")
    names = parameters.replace("，", ",").replace(",", " ").split()
    if not all(_PARAMETER.fullmatch(each) for each in names):
        raise Refused("parameters", _("参数名用字母、数字、下划线，多个用逗号分开。"), "parameters")
    if method not in ("GET", "POST"):
        raise Refused("method", _("请求方法是 GET 或者 POST。"), "method")
    return {"kind": kind, "place": place.strip(), "method": method, "parameters": list(dict.fromkeys(names))}
