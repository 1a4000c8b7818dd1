"""Guardians and agents of citizens: who acts for whom, verified by a register, a counter or the principal herself."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.domain import age_on, parse_citizen_number
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.events import (
    AccountNotice,
    AccountNoticeRequested,
    RepresentationEnded,
    WardRegistered,
)
from zhengtong.core.identity.matters import list_agent_matters, say_agent_matters
from zhengtong.core.identity.models import Account, AccountKind, Citizen, Representation, RepresentationKind
from zhengtong.core.identity.representations import FULL_AGE, find_verified_citizen, last_day_of_guardianship
from zhengtong.kernel.events import publish
from zhengtong.kernel.jobs import once
from zhengtong.kernel.policy import Actor, ActorKind, Denied, can, require

MATTERS_MOST = 50
REPRESENTATIONS = "/account/representations/"
_TOLD_FOR = timedelta(days=14)


@transaction.atomic
def register_ward(*, actor: Actor, guardian: Citizen, name: str, id_number: str) -> Representation:
    """Say that ``guardian`` is the guardian (民法典 art. 27, 28) of somebody who can't act for herself.

    Nothing may be done in the ward's name until the register of population or a counter has verified it. A minor's
    guardian stays it until the day before the eighteenth birthday. Publishes WardRegistered. Raises InvalidIdentifier,
    Refused and Denied.
    """
    require(actor, "identity.register_ward", guardian)
    if guardian.verified_at is None:
        raise Refused("profile", _("请先完成您本人的实名核验，再登记被监护人"))
    today = timezone.localdate()
    number = parse_citizen_number(id_number, today=today)
    if number.value == guardian.id_number:
        raise Refused("oneself", _("这是您本人的身份证号码，请填写被监护人的"), "id_number")
    is_minor = age_on(number.birth_date, today) < FULL_AGE
    if is_minor and parse_citizen_number(guardian.id_number).birth_date >= number.birth_date:
        raise Refused("older", _("被监护的未成年人比您年长，请核对身份证号码"), "id_number")
    Citizen.objects.select_for_update().get(pk=guardian.pk)
    mine = Representation.objects.filter(agent=guardian, revoked_at=None).select_related("principal")
    if any(each.principal.id_number == number.value for each in mine if not _is_over(each, today)):
        raise Refused("twice", _("您已经登记过这位被监护人"), "id_number")
    account = Account(kind=AccountKind.CITIZEN, username=f"w-{uuid4().hex}")
    account.set_unusable_password()
    account.save(force_insert=True)
    # The number is claimed (id_digest) only once it is verified: nobody can be kept out by what a stranger typed.
    ward = Citizen.objects.create(account=account, phone="", phone_digest="", name=name.strip(), id_number=number.value)
    representation = Representation.objects.create(
        principal=ward,
        agent=guardian,
        kind=RepresentationKind.GUARDIAN,
        start_date=today,
        end_date=last_day_of_guardianship(number.birth_date) if is_minor else None,
    )
    record(actor, "identity.ward_registered", representation, after={"ward": ward.pk, "is_minor": is_minor})
    publish(WardRegistered(actor=actor, representation_id=representation.pk))
    representation.refresh_from_db()
    return representation


@transaction.atomic
def look_up_citizen(*, actor: Actor, id_number: str) -> Citizen | None:
    """Return who has an account with that citizen number, for a counter that verifies papers; the look is recorded.

    Raises InvalidIdentifier and Denied.
    """
    require(actor, "identity.verify_identity")
    number = digest(parse_citizen_number(id_number, today=timezone.localdate()).value)
    citizen = Citizen.objects.filter(id_digest=number).select_related("account").first()
    if citizen is not None:
        purpose = actor.purpose or _("窗口核验身份")
        record(actor.stating(purpose), "identity.citizen_looked_up", citizen, subject=number)
    return citizen


@transaction.atomic
def mark_representation_verified(*, actor: Actor, representation: Representation) -> None:
    """Note that a register (as the system) or a counter (identity.verify_identity) saw that the guardian is one.

    Where the ward has a record already, of another guardian or her own, it is that one that is acted for. Raises
    Refused, and Denied.
    """
    require(actor, "identity.verify_identity")
    found = Representation.objects.select_for_update().get(pk=representation.pk)
    if found.verified_at is not None or found.revoked_at is not None:
        return
    now, ward = timezone.now(), found.principal
    number = digest(ward.id_number)
    known = Citizen.objects.filter(id_digest=number).exclude(pk=ward.pk).first()
    if known is None:
        ward.id_digest, ward.verified_at = number, ward.verified_at or now
        ward.save(update_fields=["id_digest", "verified_at"])
    else:
        if known.name != ward.name or known.verified_at is None:
            raise Refused("claimed", _("这个身份证号码已在另一个账号里填写，姓名不同或者还没有核验；请先核验那个账号"))
        if Representation.objects.filter(principal=known, agent=found.agent, revoked_at=None).exists():
            raise Refused("twice", _("这位监护人已经登记过同一个人"))
        found.principal = known
    found.verified_at = now
    found.save(update_fields=["principal", "verified_at"])
    if known is not None:
        account = ward.account
        ward.delete()
        account.delete()
    record(actor, "identity.representation_verified", found, after={"principal": found.principal_id})
    _tell(actor, found, found.agent.account_id, AccountNotice.REPRESENTATION_VERIFIED)


@transaction.atomic
def appoint_agent(
    *,
    actor: Actor,
    principal: Citizen,
    name: str,
    contact: str,
    end_date: date,
    matters: Sequence[str] = (),
) -> Representation:
    """Let the verified person of that name, and phone or number, act for ``principal`` (民法典 art. 161, 165).

    It is in force at once, because the principal is verified, until ``end_date``; for what ``matters`` name and nothing
    else, or for whatever comes when they name nothing. Raises InvalidIdentifier, Refused and Denied.
    """
    require(actor, "identity.appoint_agent", principal)
    if principal.verified_at is None:
        raise Refused("profile", _("请先完成您本人的实名核验，再委托别人代办"))
    today = timezone.localdate()
    if end_date < today:
        raise Refused("period", _("结束日期不能早于今天"), "end_date")
    chosen = list(dict.fromkeys(matters))
    if len(chosen) > MATTERS_MOST or not set(chosen) <= {code for code, _name in list_agent_matters()}:
        raise Refused("matters", _("请从列出的事项里选择，最多 50 项"), "matters")
    agent = find_verified_citizen(name=name, contact=contact)
    if agent is None:
        raise Refused(
            "nobody", _("没有找到这个人：请核对姓名和手机号（或身份证号码），对方须已注册并通过实名核验"), "contact"
        )
    if agent.pk == principal.pk:
        raise Refused("oneself", _("不能委托给自己"), "contact")
    # What ran out by its date makes room for a new one.
    Representation.objects.filter(principal=principal, agent=agent, revoked_at=None, end_date__lt=today).update(
        revoked_at=timezone.now()
    )
    try:
        with transaction.atomic():
            representation = Representation.objects.create(
                principal=principal,
                agent=agent,
                kind=RepresentationKind.AGENT,
                matters=chosen,
                start_date=today,
                end_date=end_date,
                verified_at=timezone.now(),
            )
    except IntegrityError:
        raise Refused("twice", _("您已经委托了这个人，要改期限请先撤销原来的委托"), "contact") from None
    after = {"agent": agent.pk, "end_date": end_date, "matters": chosen}
    record(actor, "identity.agent_appointed", representation, after=after)
    _tell(actor, representation, agent.account_id, AccountNotice.AGENT_APPOINTED)
    return representation


@transaction.atomic
def revoke_representation(*, actor: Actor, representation: Representation) -> None:
    """End it now: the represented citizen, the agent or guardian, a counter or the system may. Twice is once.

    Publishes RepresentationEnded. Raises Denied.
    """
    sides = (representation.principal.account_id, representation.agent.account_id)
    by_counter = actor.kind is not ActorKind.CITIZEN and can(actor, "identity.verify_identity")
    if not by_counter and (actor.account_id not in sides or actor.representation is not None):
        raise Denied("identity.revoke_representation", visible=False)
    if Representation.objects.filter(pk=representation.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record(actor, "identity.representation_revoked", representation)
        publish(RepresentationEnded(actor=actor, representation_id=representation.pk))
        for account_id in sides:
            if account_id != actor.account_id:
                _tell(actor, representation, account_id, AccountNotice.REPRESENTATION_REVOKED)


def end_guardianships_of_adults(*, actor: Actor) -> int:
    """End the guardianships whose wards came of age, and tell the guardians, each once; return how many.

    They can't act from the birthday on, whether this has run or not: the last day is in the row.
    """
    today, ended = timezone.localdate(), 0
    due = Representation.objects.filter(
        kind=RepresentationKind.GUARDIAN, revoked_at=None, end_date__lt=today, end_date__gte=today - _TOLD_FOR
    )
    for representation in due.select_related("principal", "agent"):
        with once(f"identity.ward_of_age:{representation.pk}") as is_new:
            if is_new:
                record(
                    actor, "identity.guardianship_ended", representation, after={"end_date": representation.end_date}
                )
                publish(RepresentationEnded(actor=actor, representation_id=representation.pk))
                _tell(actor, representation, representation.agent.account_id, AccountNotice.WARD_OF_AGE)
                ended += 1
    return ended


def _is_over(representation: Representation, today: date) -> bool:
    return representation.end_date is not None and representation.end_date < today


def _tell(actor: Actor, representation: Representation, account_id: int, notice: AccountNotice) -> None:
    publish(
        AccountNoticeRequested(
            actor=actor,
            account_id=account_id,
            notice=notice,
            context={
                "principal": representation.principal.name,
                "agent": representation.agent.name,
                "kind": RepresentationKind(representation.kind).label,
                "end": _say_extent(representation),
            },
            link=REPRESENTATIONS,
        )
    )


def _say_extent(representation: Representation) -> str:
    end = representation.end_date
    said = _("有效期至 %(date)s") % {"date": end} if end else _("长期有效")
    names = say_agent_matters(representation.matters)
    return _("%(period)s，只办%(names)s") % {"period": said, "names": "、".join(names)} if names else said
