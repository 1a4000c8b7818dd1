"""Applying: what the holder is called comes from the platform's records, and the key's owner proves that she has it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.pki.domain.checks import Check, check_names
from zhengtong.capabilities.pki.domain.names import Subject, UnusableName, check_hosts, check_parts
from zhengtong.capabilities.pki.domain.profiles import Profile, list_profiles
from zhengtong.capabilities.pki.domain.requests import KeyRequest, UnusableRequest, read_request
from zhengtong.capabilities.pki.errors import CertificateRefused
from zhengtong.capabilities.pki.models import (
    ApplicationState,
    Certificate,
    CertificateApplication,
    CertificateState,
    HolderKind,
    KeySource,
)
from zhengtong.capabilities.pki.permissions import ENTER
from zhengtong.capabilities.pki.services.issuing import Holder
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import Algorithm
from zhengtong.core.identity.public import Account, LegalEntity, Mandate, Organisation
from zhengtong.kernel.policy import Actor, ActorKind, Denied, require

OPEN = (ApplicationState.SUBMITTED, ApplicationState.APPROVED)
MOST_OPEN = 20


@dataclass(frozen=True)
class Named:
    """Whom a certificate is for, and what it will say."""

    holder: Holder
    kind: HolderKind
    parts: dict[str, str]


@transaction.atomic
def apply_for_certificate(
    *,
    actor: Actor,
    profile: str,
    algorithm: str,
    request: bytes = b"",
    organisation: Organisation | None = None,
    name: str = "",
    hosts: Sequence[str] = (),
    reason: str = "",
    with_encryption: bool = False,
    renews: Certificate | None = None,
) -> CertificateApplication:
    """Apply for a certificate: ``person`` and ``organisation`` for oneself, the others (an officer) for an office.

    With a ``request`` (PKCS #10) the key is the applicant's own; without one it is made when she collects the
    certificate. Raises Denied, CertificateRefused.
    """
    declared = _get_profile(profile)
    kind = _read_algorithm(algorithm)
    named = _name_holder(actor, declared, organisation, name, hosts)
    try:
        parts, checked_hosts = check_parts(named.parts), check_hosts(tuple(hosts))
    except UnusableName as error:
        raise CertificateRefused("name", error.message, error.field) from error
    if declared.needs_hosts and not checked_hosts:
        raise CertificateRefused("hosts", _("请写明服务器的域名或者 IP 地址。"), "hosts")
    if renews is not None:
        _check_renewal(renews, declared, named)
    if with_encryption and kind is not Algorithm.SM2:
        raise CertificateRefused("encryption", _("只有 SM2 证书有配套的加密证书。"), "with_encryption")
    read = _read(request) if request else None
    if read is not None and read.algorithm != kind:
        raise CertificateRefused(
            "algorithm", _("证书请求里的密钥是 %s，与选择的算法不一致。") % read.algorithm.upper(), "algorithm"
        )
    checks = _check(read, parts["common_name"], checked_hosts)
    _refuse_too_many(actor)
    application = CertificateApplication.objects.create(
        profile=declared.code,
        algorithm=kind,
        key_source=KeySource.REQUEST if read else KeySource.COLLECT,
        request_der=read.der if read else None,
        key_digest=read.key_digest if read else "",
        common_name=parts["common_name"],
        parts=parts,
        hosts=checked_hosts,
        with_encryption=with_encryption,
        checks=[asdict(check) for check in checks],
        holder_kind=named.kind,
        account=named.holder if isinstance(named.holder, Account) else None,
        legal_entity=named.holder if isinstance(named.holder, LegalEntity) else None,
        organisation=named.holder if isinstance(named.holder, Organisation) else None,
        applied_by_id=actor.account_id,
        applied_by_name=actor.name[:40],
        applied_at=timezone.now(),
        reason=" ".join(reason.split())[:200],
        renews=renews,
    )
    application.number = f"ZS{timezone.localdate():%Y%m%d}{application.pk:06d}"
    application.save(update_fields=["number"])
    record(
        actor,
        "pki.apply_for_certificate",
        application,
        after={"number": application.number, "profile": declared.code, "algorithm": kind},
    )
    return application


@transaction.atomic
def withdraw_application(*, actor: Actor, application: CertificateApplication) -> CertificateApplication:
    """Take an application back before it was decided. Raises Denied, CertificateRefused."""
    locked = lock(application)
    if actor.account_id is None or actor.account_id not in (locked.applied_by_id, locked.account_id):
        raise Denied("pki.withdraw_application", visible=False)
    if locked.state not in OPEN:
        raise CertificateRefused("decided", _("这份申请已经是“%s”，不能撤回。") % locked.get_state_display())
    locked.state = ApplicationState.WITHDRAWN
    locked.save(update_fields=["state"])
    record(actor, "pki.withdraw_application", locked, after={"number": locked.number})
    return locked


def lock(application: CertificateApplication) -> CertificateApplication:
    """Return the application as it is now, locked until the end of the transaction."""
    rows = CertificateApplication.objects.select_for_update(of=("self",))
    related = ("account", "legal_entity", "organisation", "renews", "applied_by")
    return rows.select_related(*related).get(pk=application.pk)


def list_for(actor: Actor) -> list[Profile]:
    """Return the profiles that the actor may apply for in her capacity."""
    wanted = set()
    if actor.kind in (ActorKind.CITIZEN, ActorKind.STAFF):
        wanted.add("entity" if actor.legal_entity is not None else "person")
    if actor.has(ENTER):
        wanted.add("officer")
    return [each for each in list_profiles().values() if each.applicants & wanted]


def refuse_doubled_key(key_digest: str, *, but: CertificateApplication | None = None) -> None:
    """Raise CertificateRefused when the key is certified already, or somebody applied with it."""
    if Certificate.objects.filter(key_digest=key_digest).exists():
        raise CertificateRefused(
            "doubled-key", _("这个密钥已经有证书了。每张证书用自己的密钥，请重新产生密钥和证书请求。"), "request"
        )
    others = CertificateApplication.objects.filter(key_digest=key_digest, state__in=OPEN)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise CertificateRefused(
            "doubled-key", _("用这个密钥的另一份申请正在办理，请先撤回那一份，或者重新产生密钥。"), "request"
        )


def _get_profile(code: str) -> Profile:
    found = list_profiles().get(code)
    if found is None or found.applicants == {"service"}:
        raise CertificateRefused("profile", _("请选择证书类别。"), "profile")
    return found


def _read_algorithm(text: str) -> Algorithm:
    try:
        return Algorithm(text)
    except ValueError:
        raise CertificateRefused("algorithm", _("请选择算法。"), "algorithm") from None


def _read(request: bytes) -> KeyRequest:
    try:
        return read_request(request)
    except UnusableRequest as error:
        raise CertificateRefused(error.code, error.message, "request") from error


def _check(read: KeyRequest | None, common_name: str, hosts: list[str]) -> list[Check]:
    """Return the lines for whoever approves. Raises CertificateRefused where no person could let it pass."""
    if read is None:
        return [Check(_("密钥"), True, _("领取时产生，只有领取人有"))]
    found = [
        Check(_("证书请求的签名"), True, _("由申请的密钥签名，没有改动")),
        Check(_("密钥强度"), True, {"p256": "ECDSA P-256", "sm2": "SM2"}.get(read.algorithm, "RSA")),
    ]
    refuse_doubled_key(read.key_digest)
    found.append(Check(_("密钥没有用过"), True, read.key_digest[:16]))
    names = check_names(read, common_name=common_name, hosts=hosts)
    wrong = next((check for check in names if not check.passed), None)
    if wrong is not None:
        raise CertificateRefused("wrong-name", _("名称不对：%s。") % wrong.said, "request")
    return found + names


def _refuse_too_many(actor: Actor) -> None:
    if actor.has(ENTER):
        return
    if CertificateApplication.objects.filter(applied_by_id=actor.account_id, state__in=OPEN).count() >= MOST_OPEN:
        raise CertificateRefused("too-many", _("还有 %d 份申请没有办完，请等办完或者撤回以后再申请。") % MOST_OPEN)


def _name_holder(
    actor: Actor, profile: Profile, organisation: Organisation | None, name: str, hosts: Sequence[str]
) -> Named:
    if "officer" in profile.applicants and actor.has(ENTER) and organisation is not None:
        require(actor, ENTER)
        return _name_organisation(profile, organisation, name, hosts)
    if actor.account_id is None or actor.representation is not None:
        raise CertificateRefused("representation", _("证书要本人申请，不能代办。请本人登录后申请。"))
    if "entity" in profile.applicants and actor.legal_entity is not None:
        return _name_entity(actor)
    if "person" in profile.applicants and actor.legal_entity is None:
        return _name_person(Account.objects.get(pk=actor.account_id))
    if "officer" in profile.applicants and actor.has(ENTER):
        raise CertificateRefused("organisation", _("请选择证书属于哪个机关。"), "organisation")
    raise Denied("pki.apply_for_certificate")


def _name_person(account: Account) -> Named:
    parts = {"country_name": "CN", "serial_number": account.public_id.hex}
    if staff := getattr(account, "staff", None):
        parts |= {"common_name": staff.name}
        parts |= {"organization_name": staff.organisation.name[:64]} if staff.organisation else {}
    else:
        citizen = getattr(account, "citizen", None)
        if citizen is None or citizen.verified_at is None or not citizen.name:
            raise CertificateRefused("unverified", _("个人证书要先完成实名核验，请带身份证到窗口核验。"))
        parts |= {"common_name": citizen.name}
    return Named(account, HolderKind.PERSON, parts)


def _name_entity(actor: Actor) -> Named:
    verified = Mandate.objects.filter(verified_at__isnull=False, legal_entity__isnull=False)
    mandate = verified.filter(pk=actor.mandate or 0, legal_entity=actor.legal_entity or 0).first()
    if mandate is None:
        raise CertificateRefused("unverified", _("您代表这家企业的身份还没有核验，请带营业执照到窗口核验后再申请。"))
    entity = mandate.legal_entity
    parts = {
        "country_name": "CN",
        "organization_name": entity.name[:64],
        "organization_identifier": f"NTRCN-{entity.credit_code}",
        "common_name": entity.name[:64],
    }
    return Named(entity, HolderKind.ENTITY, parts)


def _name_organisation(profile: Profile, organisation: Organisation, name: str, hosts: Sequence[str]) -> Named:
    parts = {"country_name": "CN", "organization_name": organisation.name[:64]}
    if organisation.credit_code:
        parts["organization_identifier"] = f"NTRCN-{organisation.credit_code}"
    if profile.code == "organisation":
        return Named(organisation, HolderKind.ORGANISATION, parts | {"common_name": organisation.name[:64]})
    own = name.strip() or (hosts[0].strip() if hosts else "")
    return Named(
        organisation,
        HolderKind.EQUIPMENT,
        parts | {"common_name": own, "organizational_unit_name": str(settings.SITE_NAME)[:64]},
    )


def _check_renewal(renews: Certificate, profile: Profile, named: Named) -> None:
    theirs = (renews.account, renews.legal_entity, renews.organisation)
    if named.holder not in theirs or renews.profile != profile.code:
        raise CertificateRefused("renewal", _("只能为同一个持有人换发同一类证书，请另外申请。"))
    if renews.state == CertificateState.REVOKED or renews.not_after <= timezone.now():
        raise CertificateRefused("renewal", _("这张证书已经吊销或者过期，不能换发，请重新申请。"))
    if CertificateApplication.objects.filter(renews=renews, state__in=OPEN).exists():
        raise CertificateRefused("renewal", _("这张证书正在换发，请不要重复申请。"))


def to_subject(application: CertificateApplication) -> Subject:
    """Return what the certificate will say."""
    return Subject(application.parts, tuple(application.hosts))
