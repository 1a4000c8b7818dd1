"""Sources are registered, amended, given new secrets, suspended and resumed by their organisation's manager."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from zhengtong.capabilities.sources.kinds import clean_secrets, clean_settings, get_shape
from zhengtong.capabilities.sources.models import Source, SourceState
from zhengtong.capabilities.sources.permissions import MANAGE
from zhengtong.capabilities.sources.services.watching import close_trouble
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

_CODE = re.compile(r"[a-z][a-z0-9-]{1,39}", re.ASCII)
LEAST_BYTES_A_SECOND = 1024


def lock(source: Source) -> Source:
    return Source.objects.select_for_update(of=("self",)).get(pk=source.pk)


@step()
def register_source(
    *,
    actor: Actor,
    organisation: Organisation,
    kind: str,
    code: str,
    name: str,
    settings: Mapping[str, Any],
    secrets: Mapping[str, Any],
    is_readable: bool = True,
    is_writable: bool = False,
    bytes_a_second: int | None = None,
) -> Source:
    """Register a source of one's organisation. It isn't connected to here. Raises Refused and Denied."""
    require(actor, MANAGE)
    if organisation.pk not in actor.reach(MANAGE):
        raise Refused("not-here", _("您只能为本单位登记数据源。"), "organisation")
    get_shape(kind)
    if not _CODE.fullmatch(code):
        raise Refused("code", _("代码用小写字母、数字和连字符，以字母开头，2 到 40 个字符。"), "code")
    if Source.objects.filter(code=code).exists():
        raise Refused("taken", _("代码“%(code)s”已经有了。") % {"code": code}, "code")
    about = _read_about(name, is_readable, is_writable, bytes_a_second)
    source = Source(code=code, organisation=organisation, kind=kind, **about)
    source.settings, source.secrets = clean_settings(kind, settings), clean_secrets(kind, secrets)
    _save(source)
    record(actor, "sources.register", source, after={"code": code, "kind": kind, "settings": source.settings, **about})
    return source


@step()
def amend_source(
    *,
    actor: Actor,
    source: Source,
    name: str,
    settings: Mapping[str, Any],
    is_readable: bool,
    is_writable: bool,
    bytes_a_second: int | None = None,
) -> Source:
    """Change what a source is called and how it is connected to. Raises Refused and Denied."""
    locked = lock(source)
    require(actor, MANAGE, locked)
    about = _read_about(name, is_readable, is_writable, bytes_a_second)
    changed = {**about, "settings": clean_settings(locked.kind, settings)}
    before = {key: getattr(locked, key) for key in changed}
    for key, value in changed.items():
        setattr(locked, key, value)
    _save(locked)
    differing = [key for key in changed if before[key] != changed[key]]
    record(
        actor,
        "sources.amend",
        locked,
        before={key: before[key] for key in differing},
        after={key: changed[key] for key in differing},
    )
    return locked


@step()
def change_secrets(*, actor: Actor, source: Source, secrets: Mapping[str, Any]) -> Source:
    """Replace the secrets by those that are typed; the others are forgotten. Raises Refused and Denied."""
    locked = lock(source)
    require(actor, MANAGE, locked)
    fields = get_shape(locked.kind).secrets
    if not fields:
        raise Refused("no-secrets", _("这种数据源没有口令和密钥。"))
    kept = clean_secrets(locked.kind, secrets)
    if not kept:
        raise Refused("required", _("请填写新的口令或者密钥。"), fields[0].name)
    locked.secrets = kept
    locked.save(update_fields=["secrets"])
    record(actor, "sources.change_secrets", locked, after={"secrets": sorted(kept)})
    return locked


@step()
def suspend_source(*, actor: Actor, source: Source, reason: str) -> Source:
    """Let nothing be read from or written to a source until it is resumed. Raises Refused and Denied."""
    locked = lock(source)
    require(actor, MANAGE, locked)
    if locked.state != SourceState.ACTIVE:
        raise Refused("suspended", _("这个数据源已经停用。"))
    locked.state = SourceState.SUSPENDED
    close_trouble(locked)
    locked.save()
    record(actor, "sources.suspend", locked, before={"state": SourceState.ACTIVE}, after={"reason": reason})
    return locked


@step()
def resume_source(*, actor: Actor, source: Source) -> Source:
    """Let a suspended source be used again. Raises Refused and Denied."""
    locked = lock(source)
    require(actor, MANAGE, locked)
    if locked.state != SourceState.SUSPENDED:
        raise Refused("active", _("这个数据源正在使用。"))
    locked.state = SourceState.ACTIVE
    locked.save(update_fields=["state"])
    record(actor, "sources.resume", locked, before={"state": SourceState.SUSPENDED}, after={"state": locked.state})
    return locked


def _read_about(name: str, is_readable: bool, is_writable: bool, bytes_a_second: int | None) -> dict[str, Any]:
    called = " ".join(name.split())
    if not 2 <= len(called) <= 100:
        raise Refused("name", _("名称应为 2 到 100 个字。"), "name")
    if not (is_readable or is_writable):
        raise Refused("use", _("可以读取、可以写入至少选一项。"), "is_readable")
    if bytes_a_second is not None and bytes_a_second < LEAST_BYTES_A_SECOND:
        raise Refused("limit", _("限速至少 %(n)s 字节/秒。") % {"n": LEAST_BYTES_A_SECOND}, "bytes_a_second")
    return {
        "name": called,
        "is_readable": bool(is_readable),
        "is_writable": bool(is_writable),
        "bytes_a_second": bytes_a_second,
    }


def _save(source: Source) -> None:
    try:
        with transaction.atomic():
            source.save()
    except IntegrityError as error:
        if "one_source_of_a_name_an_office" not in str(error):
            raise
        raise Refused("taken", _("本单位已经有叫“%(name)s”的数据源。") % {"name": source.name}, "name") from None
