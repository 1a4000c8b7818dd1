"""Writing people: registering, completing details, mandates, capacities, sessions, staff and their appointments."""

import re
import unicodedata
from datetime import date, timedelta
from uuid import uuid4

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.core.audit.public import AuditRecord, record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.domain import parse_citizen_number, parse_credit_code, parse_phone
from zhengtong.core.identity.events import (
    AccountText,
    AccountTextRequested,
    CitizenProfileCompleted,
    MandateDeclared,
    MandateRevoked,
)
from zhengtong.core.identity.models import (
    Account,
    AccountKind,
    Appointment,
    AppointmentKind,
    Citizen,
    LegalEntity,
    Mandate,
    MandateKind,
    Post,
    StaffMember,
)
from zhengtong.core.identity.selectors import list_current_appointments, list_live_mandates
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import Actor, ActorKind, Denied, require

USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")
FAILURES_COUNTED_OVER = timedelta(minutes=5)
PENDING_REGISTRATION_LASTS = timedelta(days=1)


class Refused(Exception):
    """What was asked can't be done as asked. ``message`` tells a person what to do, next to ``field`` ("" for all)."""

    def __init__(self, code: str, message: str | Promise, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field


PHONE_TAKEN = gettext_lazy("这个手机号已经绑定了另一个账号，请用它登录，或者换一个手机号")


# Registering and signing in --------------------------------------------------------------------------


@transaction.atomic
def register_citizen(*, actor: Actor, phone: str, password: str) -> Account:
    """Open an account whose phone is still to be verified: until then nobody can sign in to it.

    The user name is random, because a citizen signs in by phone. Raises InvalidIdentifier.
    """
    account = Account(kind=AccountKind.CITIZEN, username=f"c-{uuid4().hex}")
    account.set_password(password)
    account.save(force_insert=True)
    number = parse_phone(phone).value
    citizen = Citizen.objects.create(account=account, phone=number, phone_digest=digest(number))
    record(actor, "identity.registration_begun", citizen)
    return account


@transaction.atomic
def verify_phone(*, actor: Actor, citizen: Citizen, phone: str) -> None:
    """Make ``phone`` the citizen's verified phone, at registration or when she changes it. Raises Refused."""
    number = parse_phone(phone).value
    action = "identity.phone_changed" if citizen.phone_verified_at else "identity.registered"
    if citizen.phone_verified_at and citizen.phone == number:
        return
    citizen.phone, citizen.phone_digest = number, digest(number)
    citizen.phone_verified_at = timezone.now()
    try:
        with transaction.atomic():
            citizen.save(update_fields=["phone", "phone_digest", "phone_verified_at"])
    except IntegrityError:
        raise Refused("phone-taken", PHONE_TAKEN, "phone") from None
    record(actor, action, citizen)


@transaction.atomic
def request_text(*, actor: Actor, phone: str, text: AccountText, digits: str = "", minutes: int = 10) -> None:
    """Have a text sent to ``phone``: whoever sends messages receives the event in this transaction."""
    publish(AccountTextRequested(actor=actor, phone=phone, text=text, digits=digits, minutes=minutes))


@transaction.atomic
def record_sign_in(*, actor: Actor, account: Account) -> None:
    record(actor, "identity.signed_in", account)


@transaction.atomic
def record_sign_out(*, actor: Actor, account: Account) -> None:
    record(actor, "identity.signed_out", account)


@transaction.atomic
def record_failed_sign_in(*, actor: Actor, account: Account | None) -> None:
    """Note a wrong password: how many in the last five minutes, never what was typed."""
    kind, key = ("identity.account", str(account.pk) if account else "unknown")
    earlier = AuditRecord.objects.filter(
        object_kind=kind,
        object_id=key,
        action="identity.sign_in_failed",
        at__gte=timezone.now() - FAILURES_COUNTED_OVER,
    ).count()
    record(actor, "identity.sign_in_failed", (kind, key), after={"count": earlier + 1})


@transaction.atomic
def record_lock_out(*, actor: Actor, account: Account | None) -> None:
    record(actor, "identity.locked_out", ("identity.account", account.pk if account else "unknown"))


@transaction.atomic
def set_password(*, actor: Actor, account: Account, password: str) -> None:
    """Change the password. Django ends every session that was opened with the old one."""
    account.set_password(password)
    account.save(update_fields=["password"])
    record(actor, "identity.password_changed", account)


@transaction.atomic
def forget_unverified_registrations(*, actor: Actor) -> int:
    """Delete accounts whose phone wasn't verified in a day, and sessions that are over; return how many accounts."""
    pending = Citizen.objects.filter(
        phone_verified_at=None,
        account__last_login=None,
        account__date_joined__lt=timezone.now() - PENDING_REGISTRATION_LASTS,
    )
    accounts = list(pending.values_list("account_id", flat=True))
    if accounts:
        pending.filter(account_id__in=accounts).delete()
        Account.objects.filter(pk__in=accounts).delete()
        record(actor, "identity.registrations_forgotten", ("identity.account", ""), after={"count": len(accounts)})
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return len(accounts)


# Sessions --------------------------------------------------------------------------------------------


def _end(session: UserSession, actor: Actor, reason: str) -> None:
    session.end()
    record(actor, "identity.session_ended", session.user, after={"reason": reason, "address": session.ip})


@transaction.atomic
def limit_sessions(*, actor: Actor, account: Account, current: str | None) -> int:
    """End the oldest sessions of ``account`` beyond ``SESSIONS_PER_ACCOUNT``, never ``current``; return how many."""
    # ``current`` is left alone: while signing in, its store doesn't name the account yet and it would seem dead.
    found = UserSession.objects.filter(user=account).exclude(session_key=current or "")
    others = [session for session in found if not session.purge()]
    others.sort(key=lambda session: (session.created_at, session.pk))
    surplus = others[: max(0, len(others) + 1 - settings.SESSIONS_PER_ACCOUNT)]
    for session in surplus:
        _end(session, actor, "limit")
    return len(surplus)


@transaction.atomic
def end_sessions(*, actor: Actor, account: Account, session_id: int | None = None, keep: str | None = None) -> int:
    """End one session of ``account``, or all of them except the one whose key is ``keep``; return how many."""
    found = UserSession.objects.filter(user=account)
    if session_id is not None:
        found = found.filter(pk=session_id)
    sessions = [session for session in found if session.session_key != keep]
    for session in sessions:
        _end(session, actor, "ended by hand")
    return len(sessions)


# Citizens --------------------------------------------------------------------------------------------


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


# Mandates --------------------------------------------------------------------------------------------


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
    """End a mandate now; she herself, the system, or whoever verifies identities may. Publishes MandateRevoked."""
    if actor.kind is ActorKind.STAFF:
        require(actor, "identity.verify_identity")
    else:
        require(actor, "identity.revoke_mandate", mandate.citizen)
    if Mandate.objects.filter(pk=mandate.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record(actor, "identity.mandate_revoked", mandate, after={"legal_entity": mandate.legal_entity_id})
        publish(MandateRevoked(actor=actor, mandate_id=mandate.pk))


@transaction.atomic
def rename_legal_entity(*, actor: Actor, legal_entity: LegalEntity, name: str) -> None:
    """Set the name that a register or the counter found to be the right one."""
    require(actor, "identity.verify_identity")
    if legal_entity.name != name:
        before, legal_entity.name = legal_entity.name, name
        legal_entity.save(update_fields=["name"])
        record(actor, "identity.legal_entity_renamed", legal_entity, before={"name": before}, after={"name": name})


# Capacities ------------------------------------------------------------------------------------------


@transaction.atomic
def choose_mandate(*, actor: Actor, account: Account, mandate_id: int | None) -> Mandate | None:
    """Return the live mandate of ``account`` to act in from now on (None: as herself); raise Denied when not hers."""
    mandate = list_live_mandates(account).filter(pk=mandate_id).first() if mandate_id is not None else None
    if mandate_id is not None and mandate is None:
        raise Denied("identity.choose_mandate", visible=False)
    record(actor, "identity.capacity_switched", account, after={"mandate": mandate_id})
    return mandate


@transaction.atomic
def choose_appointment(*, actor: Actor, account: Account, appointment_id: int) -> Appointment:
    """Return the current appointment of ``account`` to act in from now on; raise Denied when it isn't hers."""
    appointment = list_current_appointments(account).filter(pk=appointment_id).first()
    if appointment is None:
        raise Denied("identity.choose_appointment", visible=False)
    record(actor, "identity.capacity_switched", account, after={"appointment": appointment_id})
    return appointment


# Staff -----------------------------------------------------------------------------------------------


@transaction.atomic
def create_staff_account(
    *, actor: Actor, username: str, password: str, name: str, phone: str = "", enforcement_number: str = ""
) -> StaffMember:
    """Open the account of a member of staff: these are made by an administrator, never by registering.

    A user name begins with a letter, so that it can't be taken for a phone. Raises Refused and Denied.
    """
    require(actor, "identity.manage_staff")
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise Refused("username", _("用户名用3至40位小写字母、数字、点、横线，以字母开头"), "username")
    account = Account(kind=AccountKind.STAFF, username=username)
    account.set_password(password)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        raise Refused("username-taken", _("这个用户名已经有人使用，请换一个"), "username") from None
    staff = StaffMember.objects.create(account=account, name=name, phone=phone, enforcement_number=enforcement_number)
    record(actor, "identity.staff_account_created", staff, after={"username": username, "name": name})
    return staff


@transaction.atomic
def appoint(
    *,
    actor: Actor,
    staff: StaffMember,
    post: Post,
    start_date: date,
    kind: str = AppointmentKind.MAIN,
    end_date: date | None = None,
) -> Appointment:
    """Put a person into a post; one main one at a time. ``end_date`` is the last day. Raises Refused and Denied."""
    require(actor, "identity.manage_staff", post)
    _check_period(start_date, end_date)
    StaffMember.objects.select_for_update().get(pk=staff.pk)
    overlapping = staff.appointments.filter(models.Q(end_date=None) | models.Q(end_date__gte=start_date))
    if end_date is not None:
        overlapping = overlapping.filter(start_date__lte=end_date)
    if overlapping.filter(post=post).exists():
        raise Refused("appointed", _("这段时间里已经任这个岗位"), "post")
    if kind == AppointmentKind.MAIN and overlapping.filter(kind=AppointmentKind.MAIN).exists():
        raise Refused("main-exists", _("这段时间里已有主任职，请先结束原任职，或者改为兼任"), "kind")
    appointment = Appointment.objects.create(
        staff=staff, post=post, kind=AppointmentKind(kind), start_date=start_date, end_date=end_date
    )
    record(
        actor,
        "identity.appointed",
        appointment,
        after={"staff": staff.pk, "post": post.pk, "kind": kind, "start_date": start_date, "end_date": end_date},
    )
    return appointment


@transaction.atomic
def end_appointment(*, actor: Actor, appointment: Appointment, end_date: date) -> Appointment:
    """Let an appointment end; ``end_date`` is its last day. Raises Refused and Denied."""
    require(actor, "identity.manage_staff", appointment.post)
    _check_period(appointment.start_date, end_date)
    before, appointment.end_date = appointment.end_date, end_date
    appointment.save(update_fields=["end_date"])
    record(actor, "identity.appointment_ended", appointment, before={"end_date": before}, after={"end_date": end_date})
    return appointment


@transaction.atomic
def set_active(*, actor: Actor, staff: StaffMember, is_active: bool) -> None:
    """Open or close an account; closing ends its sessions at once. Every current post must be in the actor's reach."""
    require(actor, "identity.manage_staff")
    for appointment in list_current_appointments(staff.account):
        require(actor, "identity.manage_staff", appointment.post)
    account = staff.account
    if account.is_active == is_active:
        return
    account.is_active = is_active
    account.save(update_fields=["is_active"])
    record(actor, "identity.account_opened" if is_active else "identity.account_closed", account)
    if not is_active:
        end_sessions(actor=actor, account=account)


def _check_period(start_date: date, end_date: date | None) -> None:
    if end_date is not None and end_date < start_date:
        raise Refused("period", _("结束日期不能早于开始日期"), "end_date")
