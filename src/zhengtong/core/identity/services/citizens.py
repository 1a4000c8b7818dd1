"""What citizens say of themselves, and whom they act for."""

import re
import unicodedata

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.domain import parse_citizen_number, parse_credit_code
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.events import (
    AccountNotice,
    CitizenProfileCompleted,
    MandateDeclared,
    MandateRevoked,
)
from zhengtong.core.identity.models import (
    Citizen,
    LegalEntity,
    Mandate,
    MandateKind,
)
from zhengtong.core.identity.representations import represents_entity
from zhengtong.core.identity.services.mandates import tell_of_mandate
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import Actor, ActorKind, require


@transaction.atomic
def complete_profile(*, actor: Actor, citizen: Citizen, name: str, id_number: str, address: str) -> Citizen:
    """Set who the citizen says she is; an empty ``id_number`` keeps the one that is there.

    Name and number of a verified person are no longer hers to change. Publishes CitizenProfileCompleted
    when either changed. Raises InvalidIdentifier, Refused and Denied.
    """
    require(actor, "identity.complete_profile", citizen)
    citizen = Citizen.objects.select_for_update().get(pk=citizen.pk)
    number = (
        parse_citizen_number(id_number, today=timezone.localdate()).value
        if id_number or not citizen.id_number
        else citizen.id_number
    )
    changed = [
        field
        for field, new in (("name", name), ("id_number", number), ("address", address))
        if getattr(citizen, field) != new
    ]
    is_new_person = "name" in changed or "id_number" in changed
    if is_new_person and citizen.verified_at:
        raise Refused(
            "verified",
            _("您已通过实名核验，姓名和身份证号码不能自己修改；确实有变化时，请带身份证到政务服务中心窗口办理"),
            "name" if "name" in changed else "id_number",
        )
    citizen.name, citizen.id_number, citizen.address = name, number, address
    citizen.id_digest = digest(number)
    try:
        with transaction.atomic():
            citizen.save(update_fields=["name", "id_number", "id_digest", "address"])
    except IntegrityError:
        raise Refused(
            "id-taken",
            _(
                "这个身份证号码已经有账号在使用。如果是您以前的账号，请退出后用原来的手机号登录；"
                "如果不是您本人注册的，请带身份证到政务服务中心窗口处理"
            ),
            "id_number",
        ) from None
    if changed:
        record(actor, "identity.profile_completed", citizen, after={"changed": changed})
    if is_new_person:
        publish(CitizenProfileCompleted(actor=actor, citizen_id=citizen.pk))
        citizen.refresh_from_db()
    return citizen


@transaction.atomic
def mark_citizen_verified(*, actor: Actor, citizen: Citizen) -> None:
    """Note that a register (as the system) or a counter (identity.verify_identity) confirmed who the citizen is."""
    require(actor, "identity.verify_identity")
    marked = Citizen.objects.filter(pk=citizen.pk, verified_at=None).exclude(id_digest=None)
    if marked.update(verified_at=timezone.now()):
        record(actor, "identity.citizen_verified", citizen)


def _comparable(name: str) -> str:
    """A legal entity's name with full and half width, and spaces, made equal: 安澜（集团） is 安澜(集团)."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold()


@transaction.atomic
def declare_mandate(*, actor: Actor, citizen: Citizen, credit_code: str, name: str, kind: str) -> Mandate:
    """Add a legal entity that the citizen says she acts for; it stays unverified until a register or counter agrees.

    Publishes MandateDeclared. Raises InvalidIdentifier, Refused and Denied.
    """
    require(actor, "identity.declare_mandate", citizen)
    if not citizen.id_digest:
        raise Refused("profile", _("请先填写您本人的姓名和身份证号码，再添加企业"))
    code = parse_credit_code(credit_code).value
    entity, is_new = LegalEntity.objects.get_or_create(credit_code=code, defaults={"name": name})
    if not is_new and _comparable(entity.name) != _comparable(name):
        raise Refused(
            "name-differs",
            _(
                "这个统一社会信用代码对应的名称与您填写的不一致，请对照营业执照核对名称和代码；"
                "名称刚变更过的，请带营业执照到政务服务中心窗口更新"
            ),
            "name",
        )
    # What ran out by its date makes room for a new one.
    citizen.mandates.filter(legal_entity=entity, revoked_at=None, end_date__lt=timezone.localdate()).update(
        revoked_at=timezone.now()
    )
    try:
        with transaction.atomic():
            mandate = Mandate.objects.create(citizen=citizen, legal_entity=entity, kind=MandateKind(kind))
    except IntegrityError:
        raise Refused("mandate-exists", _("您已经添加过这家企业，可以直接切换到它的身份办事"), "credit_code") from None
    record(
        actor,
        "identity.mandate_declared",
        mandate,
        after={"legal_entity": entity.pk, "citizen": citizen.pk, "kind": kind},
    )
    publish(MandateDeclared(actor=actor, mandate_id=mandate.pk))
    mandate.refresh_from_db()
    return mandate


@transaction.atomic
def mark_mandate_verified(*, actor: Actor, mandate: Mandate) -> None:
    """Note that a register (as the system) or a counter (identity.verify_identity) confirmed the mandate."""
    require(actor, "identity.verify_identity")
    if Mandate.objects.filter(pk=mandate.pk, verified_at=None, revoked_at=None).update(verified_at=timezone.now()):
        record(actor, "identity.mandate_verified", mandate)


@transaction.atomic
def revoke_mandate(*, actor: Actor, mandate: Mandate) -> None:
    """End a mandate now; she herself, a verified representative of the entity (an agent's), whoever verifies identities
    or the system may. Publishes MandateRevoked.
    """
    of_agent = mandate.kind == MandateKind.AGENT and actor.representation is None
    by_representative = of_agent and represents_entity(actor.account_id, mandate.legal_entity_id)
    if actor.kind is ActorKind.STAFF:
        require(actor, "identity.verify_identity")
    elif not by_representative:
        require(actor, "identity.revoke_mandate", mandate.citizen)
    if Mandate.objects.filter(pk=mandate.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record(actor, "identity.mandate_revoked", mandate, after={"legal_entity": mandate.legal_entity_id})
        publish(MandateRevoked(actor=actor, mandate_id=mandate.pk))
        if actor.account_id != mandate.citizen.account_id:
            tell_of_mandate(actor, mandate, AccountNotice.MANDATE_REVOKED)


@transaction.atomic
def rename_legal_entity(*, actor: Actor, legal_entity: LegalEntity, name: str) -> None:
    """Set the name that a register or the counter found to be the right one."""
    require(actor, "identity.verify_identity")
    if legal_entity.name != name:
        before, legal_entity.name = legal_entity.name, name
        legal_entity.save(update_fields=["name"])
        record(actor, "identity.legal_entity_renamed", legal_entity, before={"name": before}, after={"name": name})
