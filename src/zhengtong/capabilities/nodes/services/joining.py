"""How another platform joins: applied for with its card, assessed, approved by a second person, connected; and ends."""

from datetime import timedelta

from cryptography import x509
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.nodes.bundle import Bundle, read_bundle
from zhengtong.capabilities.nodes.domain import Act, NodeState, can_act, plain_code, say_fingerprints
from zhengtong.capabilities.nodes.models import JoiningMode, Node, NodeCertificate
from zhengtong.capabilities.nodes.permissions import APPROVE, OPERATE
from zhengtong.capabilities.nodes.selectors import get_own_node
from zhengtong.capabilities.nodes.services.settling import (
    JOINING,
    advance,
    close_work,
    lock_node,
    note,
    open_work,
    require_other_person,
    require_words,
)
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step


@step()
def apply_node(*, actor: Actor, bundle: bytes, relation: str, reason: str, mode: str = JoiningMode.NODE) -> Node:
    """Enter another platform by its card (申请). Raises Refused and Denied."""
    own = get_own_node()
    require(actor, OPERATE, own)
    if own is None:
        raise Refused("not-set-up", _("请先设定本节点，再登记别的节点。"))
    why = require_words(reason, "reason")
    card = read_bundle(bundle)
    if card.code == own.code:
        raise Refused("own", _("这是本节点自己的资料文件。请上传对方交来的文件。"), "bundle")
    known = Node.objects.select_for_update(of=("self",)).filter(code=card.code).first()
    if known is not None and known.state not in (NodeState.REFUSED, NodeState.REVOKED):
        raise Refused("known", _("节点“%s”已经登记过，更换证书请到它的页面办理。") % card.code, "bundle")
    node = known or Node(code=card.code)
    node.state, node.reason, node.assessment = NodeState.APPLIED.value, why, ""
    node.relation, node.mode, node.organisation = relation, mode, own.organisation
    node.applied_by_id, node.assessed_by, node.approved_by = actor.held_appointment, None, None
    node.is_up, node.down_since, node.trouble = None, None, ""
    _take_card(node, card)
    node.save()
    _enter_certificates(node, card, actor)
    note(node, Act.APPLY, actor=actor, words=why)
    record(
        actor,
        "nodes.apply",
        node,
        after={"code": node.code, "zone": node.zone, "address": node.address, "compare": card.code_to_compare},
    )
    open_work(node, JOINING, _("节点接入评估"), OPERATE)
    return node


@step()
def assess_node(*, actor: Actor, node: Node, assessment: str) -> Node:
    """Write down what was looked at before the link: network, security, need (评估). Raises Refused and Denied."""
    locked = lock_node(node.pk, actor=actor, permission=OPERATE)
    locked.assessment = require_words(assessment, "assessment", most=500)
    locked.assessed_by_id = actor.held_appointment
    advance(locked, Act.ASSESS, actor=actor, words=locked.assessment)
    close_work(locked, JOINING, actor=actor)
    open_work(locked, JOINING, _("节点接入批准"), APPROVE)
    return locked


@step()
def approve_node(*, actor: Actor, node: Node, compared: str) -> Node:
    """Believe the node's certificates from now on (批准). ``compared`` is the code as the other side read it out.

    Raises Refused, when it isn't the same or the person applied or assessed herself; Denied.
    """
    locked = lock_node(node.pk, actor=actor, permission=APPROVE)
    require_other_person(actor, locked.applied_by_id, locked.assessed_by_id)
    _require_same(locked, compared)
    locked.approved_by_id = actor.held_appointment
    advance(locked, Act.APPROVE, actor=actor, journal={"compare": say_fingerprints(locked.offered)})
    locked.certificates.filter(fingerprint__in=locked.offered).update(trusted_from=timezone.now(), trusted_until=None)
    close_work(locked, JOINING, actor=actor)
    return locked


@step()
def refuse_node(*, actor: Actor, node: Node, reason: str) -> Node:
    """Don't let the node in. Raises Refused and Denied."""
    locked = lock_node(node.pk, actor=actor, permission=APPROVE)
    advance(locked, Act.REFUSE, actor=actor, words=require_words(reason, "reason"))
    close_work(locked, JOINING, actor=actor)
    return locked


@step()
def suspend_node(*, actor: Actor, node: Node, reason: str) -> Node:
    """Neither send to the node nor hear it; what is in line waits. Raises Refused and Denied."""
    locked = lock_node(node.pk, actor=actor, permission=OPERATE)
    advance(locked, Act.SUSPEND, actor=actor, words=require_words(reason, "reason"))
    return locked


@step()
def resume_node(*, actor: Actor, node: Node) -> Node:
    """Exchange again; what waited is sent. Raises Refused and Denied."""
    from zhengtong.capabilities.nodes.services.delivering import hurry

    locked = lock_node(node.pk, actor=actor, permission=OPERATE)
    advance(locked, Act.RESUME, actor=actor)
    hurry(locked)
    return locked


@step()
def revoke_node(*, actor: Actor, node: Node, reason: str) -> Node:
    """End the link for good: none of its certificates is believed from now on. Raises Refused and Denied."""
    locked = lock_node(node.pk, actor=actor, permission=APPROVE)
    words = require_words(reason, "reason")
    advance(locked, Act.REVOKE, actor=actor, words=words)
    now = timezone.now()
    locked.certificates.exclude(trusted_from=None).exclude(trusted_until__lt=now).update(trusted_until=now)
    for kind in (JOINING, "nodes.link"):
        close_work(locked, kind, actor=actor)
    return locked


@step()
def renew_node(*, actor: Actor, node: Node, bundle: bytes) -> Node:
    """Take in the node's new card: its next certificates wait for approval, the old ones go on.

    Raises Refused and Denied.
    """
    locked = lock_node(node.pk, actor=actor, permission=OPERATE)
    _require_renewable(locked)
    card = read_bundle(bundle)
    if card.code != locked.code:
        raise Refused("other", _("这是“%(code)s”的资料文件，不是这个节点的。") % {"code": card.code}, "bundle")
    if card.zone != locked.zone:
        raise Refused("zone", _("节点换了网络区域，请撤销后重新申请接入。"), "bundle")
    _take_card(locked, card)
    locked.save()
    if not _enter_certificates(locked, card, actor):
        raise Refused("nothing-new", _("文件里没有新的证书。"), "bundle")
    note(locked, Act.RENEW, actor=actor, words=card.code_to_compare)
    record(actor, "nodes.renew", locked, after={"compare": card.code_to_compare, "address": locked.address})
    close_work(locked, JOINING, actor=actor)
    open_work(locked, JOINING, _("节点证书更换批准"), APPROVE)
    return locked


@step()
def approve_renewal(*, actor: Actor, node: Node, compared: str, overlap_days: int = 30) -> Node:
    """Believe the node's new certificates too; those that its card no longer shows for ``overlap_days`` more.

    Raises Refused and Denied.
    """
    locked = lock_node(node.pk, actor=actor, permission=APPROVE)
    _require_renewable(locked)
    waiting = locked.certificates.filter(fingerprint__in=locked.offered, trusted_from=None)
    if not waiting.exists():
        raise Refused("nothing-new", _("没有等待批准的证书。"))
    require_other_person(actor, *waiting.values_list("entered_by_id", flat=True))
    if not 0 <= overlap_days <= 180:
        raise Refused("days", _("旧证书最多再保留 180 天。"), "overlap_days")
    _require_same(locked, compared)
    now = timezone.now()
    until = now + timedelta(days=overlap_days)
    old = locked.certificates.exclude(fingerprint__in=locked.offered).exclude(trusted_from=None)
    old.exclude(trusted_until__lt=until).update(trusted_until=until)
    waiting.update(trusted_from=now)
    locked.certificates.filter(fingerprint__in=locked.offered).update(trusted_until=None)
    note(locked, Act.APPROVE_RENEWAL, actor=actor)
    record(
        actor,
        "nodes.approve_renewal",
        locked,
        after={"compare": say_fingerprints(locked.offered), "overlap_days": overlap_days},
    )
    close_work(locked, JOINING, actor=actor)
    return locked


def _require_renewable(node: Node) -> None:
    if not can_act(node.state, Act.RENEW):
        raise Refused("not-now", _("节点现在是“%s”，不能这样办。") % node.get_state_display())


def _require_same(node: Node, compared: str) -> None:
    if plain_code(compared) != plain_code(say_fingerprints(node.offered)):
        raise Refused(
            "different",
            _("和对方念的校验码不一致：文件可能被换过。请不要批准，和对方一起查明原因。"),
            "compared",
        )


def _take_card(node: Node, card: Bundle) -> None:
    node.name, node.operator, node.region_name = card.name, card.operator, card.region
    node.level, node.zone, node.address, node.largest_mb = card.level, card.zone, card.address, card.largest_mb
    node.offered = sorted({each.fingerprint for each in card.certificates})


def _enter_certificates(node: Node, card: Bundle, actor: Actor) -> int:
    known = {(each.use, each.fingerprint): each for each in node.certificates.all()}
    entered = 0
    for shown in card.certificates:
        line = known.get((shown.use, shown.fingerprint))
        if line is not None:
            # Of a link that was ended before: it has to be approved again.
            if line.trusted_until is not None and line.trusted_until <= timezone.now():
                line.trusted_from = line.trusted_until = None
                line.entered_by_id = actor.held_appointment
                line.save(update_fields=["trusted_from", "trusted_until", "entered_by"])
                entered += 1
            continue
        parsed: x509.Certificate = shown.parsed
        NodeCertificate.objects.create(
            node=node,
            use=shown.use,
            der=shown.der,
            fingerprint=shown.fingerprint,
            subject=parsed.subject.rfc4514_string()[:300],
            not_before=parsed.not_valid_before_utc,
            not_after=parsed.not_valid_after_utc,
            entered_by_id=actor.held_appointment,
        )
        entered += 1
    return entered
