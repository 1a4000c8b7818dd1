"""Outside systems and their keys: registered, replaced with an overlap, ended, suspended."""

import re
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.interfaces.gateway.rules import get_rule
from zhengtong.capabilities.interfaces.models import Member, MemberKey, MemberState, RuleKey
from zhengtong.capabilities.interfaces.permissions import MEMBERS
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step
from zhengtong_client.keys import PublicKey

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{2,59}")


@step()
def register_member(
    *, actor: Actor, organisation: Organisation, code: str, name: str, contact: str, public_key: str
) -> Member:
    """Register a system with its first key. Raises Refused and Denied."""
    require(actor, MEMBERS)
    if organisation.pk not in actor.reach(MEMBERS):
        raise Refused("not-here", _("您只能为所管单位登记接入系统。"), "organisation")
    if not _CODE.fullmatch(code):
        raise Refused("code", _("代码用三到六十个小写字母、数字、短横。"), "code")
    key = _read_key(public_key)
    try:
        with transaction.atomic():
            member = Member.objects.create(
                organisation=organisation, code=code, name=" ".join(name.split()), contact=contact.strip()
            )
    except IntegrityError:
        raise Refused("taken", _("这个代码或者名称已经登记过。"), "code") from None
    record(actor, "interfaces.register_member", member, after={"code": code, "name": member.name, "key_id": key.key_id})
    _keep(member, key)
    return member


@step()
def add_key(*, actor: Actor, member: Member, public_key: str) -> MemberKey:
    """Register a next key; those before it go on for the overlap that the rule gives. Raises Refused and Denied."""
    locked = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    require(actor, MEMBERS, locked)
    key = _read_key(public_key)
    until = timezone.now() + timedelta(days=get_rule(RuleKey.OVERLAP_DAYS))
    locked.keys.filter(valid_until=None).update(valid_until=until)
    kept = _keep(locked, key)
    record(
        actor,
        "interfaces.add_key",
        locked,
        after={"key_id": kept.key_id, "algorithm": kept.algorithm, "valid_until": until},
    )
    return kept


@step()
def end_key(*, actor: Actor, key: MemberKey, reason: str) -> MemberKey:
    """Let a key count no more at once, as when it was lost. Raises Refused and Denied."""
    locked = MemberKey.objects.select_for_update(of=("self",)).select_related("member").get(pk=key.pk)
    require(actor, MEMBERS, locked)
    now = timezone.now()
    if locked.valid_until is not None and locked.valid_until <= now:
        raise Refused("ended", _("这把密钥已经停止使用。"))
    before = {"valid_until": locked.valid_until}
    locked.valid_until = now
    locked.save(update_fields=["valid_until"])
    record(actor, "interfaces.end_key", locked, before=before, after={"valid_until": now, "reason": reason})
    return locked


@step()
def suspend_member(*, actor: Actor, member: Member, reason: str) -> Member:
    """Refuse all calls of a system from the next one on. Raises Refused and Denied."""
    return _switch(actor, member, MemberState.SUSPENDED, reason, "interfaces.suspend_member")


@step()
def resume_member(*, actor: Actor, member: Member) -> Member:
    return _switch(actor, member, MemberState.ACTIVE, "", "interfaces.resume_member")


def _switch(actor: Actor, member: Member, state: MemberState, reason: str, action: str) -> Member:
    locked = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    require(actor, MEMBERS, locked)
    if locked.state == state:
        raise Refused("state", _("系统已经是这个状态。"))
    before = {"state": locked.state}
    locked.state, locked.reason = state, reason
    locked.save(update_fields=["state", "reason"])
    record(actor, action, locked, before=before, after={"state": state, "reason": reason})
    return locked


def _read_key(text: str) -> PublicKey:
    try:
        return PublicKey.read(text.strip())
    except (ValueError, IndexError):
        message = _("这不是公钥。请粘贴 PEM 格式的 Ed25519、P-256 或者 SM2 公钥，以 -----BEGIN PUBLIC KEY----- 开头。")
        raise Refused("key", message, "public_key") from None


def _keep(member: Member, key: PublicKey) -> MemberKey:
    try:
        with transaction.atomic():
            return MemberKey.objects.create(member=member, key_id=key.key_id, algorithm=key.algorithm, spki=key.spki)
    except IntegrityError:
        raise Refused("key-taken", _("这把公钥已经登记过，请生成新的。"), "public_key") from None
