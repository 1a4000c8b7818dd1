"""Standing authorisations (常设授权): documents of a kind are sealed without an approval each, within ceilings."""

from collections.abc import Sequence
from datetime import date

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.seals.documents import Place
from zhengtong.capabilities.seals.models import OutsideSystem, Seal, SealUse, StandingAuthorisation, StateWords
from zhengtong.capabilities.seals.permissions import KEEP
from zhengtong.capabilities.seals.selectors import count_today
from zhengtong.capabilities.seals.services.sealing import SealedDocument, read_sealed, seal_use
from zhengtong.capabilities.seals.services.settling import lock_seal, require_seal, say_reason
from zhengtong.capabilities.seals.services.using import approve, lock_use, require_usable, set_places, start_use
from zhengtong.core.audit.public import record
from zhengtong.core.files.public import store_bytes
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.kernel.policy import SYSTEM, Actor
from zhengtong.kernel.steps import step

LONGEST_DAYS = 366


@step()
def authorise(
    *,
    actor: Actor,
    seal: Seal,
    document_kind: str,
    valid_from: date,
    valid_until: date,
    daily_ceiling: int,
    total_ceiling: int,
    reason: str,
    system: OutsideSystem | None = None,
) -> StandingAuthorisation:
    """Let documents of ``document_kind`` be sealed without asking, from and until a day, within both ceilings.

    Raises Refused and Denied.
    """
    locked = lock_seal(seal.pk)
    require_seal(actor, KEEP, locked)
    require_usable(locked)
    kind = "-".join(document_kind.lower().split())[:60]
    if not kind:
        raise Refused("kind", _("请写明文件种类。"), "document_kind")
    today = timezone.localdate()
    if valid_until < max(valid_from, today):
        raise Refused("days", _("截止日期不能早于起始日期和今天。"), "valid_until")
    if (valid_until - valid_from).days > LONGEST_DAYS:
        raise Refused("days", _("常设授权最长一年，到期可以再授权。"), "valid_until")
    if not 1 <= daily_ceiling <= total_ceiling:
        raise Refused("ceiling", _("每日上限至少 1 份，并且不能超过总上限。"), "daily_ceiling")
    if system is not None and system.organisation_id != locked.organisation_id:
        raise Refused("system", _("接入系统不属于印章的使用单位。"), "system")
    live = StandingAuthorisation.objects.filter(seal=locked, document_kind=kind, system=system, revoked_at=None)
    if live.filter(valid_until__gte=today).exists():
        raise Refused("there-is-one", _("这种文件已经有一项常设授权，要改的请先撤销。"), "document_kind")
    live.update(revoked_at=timezone.now(), revoke_reason=_("已到期"))
    made = StandingAuthorisation.objects.create(
        seal=locked,
        organisation=locked.organisation,
        document_kind=kind,
        system=system,
        valid_from=valid_from,
        valid_until=valid_until,
        daily_ceiling=daily_ceiling,
        total_ceiling=total_ceiling,
        reason=say_reason(reason),
        granted_by_id=actor.held_appointment,
        granted_at=timezone.now(),
    )
    record(
        actor,
        "seals.authorise",
        made,
        after={
            "code": locked.code,
            "document_kind": kind,
            "valid_from": valid_from,
            "valid_until": valid_until,
            "daily_ceiling": daily_ceiling,
            "total_ceiling": total_ceiling,
        },
    )
    return made


@step()
def revoke_authorisation(*, actor: Actor, authorisation: StandingAuthorisation, reason: str) -> StandingAuthorisation:
    """Take an authorisation back, at once. Raises Refused and Denied."""
    locked = StandingAuthorisation.objects.select_for_update(of=("self",)).get(pk=authorisation.pk)
    require_seal(actor, KEEP, locked)
    if locked.revoked_at is not None:
        raise Refused("revoked", _("这项授权已经撤销。"))
    locked.revoked_at, locked.revoke_reason = timezone.now(), say_reason(reason)[:300]
    locked.save(update_fields=["revoked_at", "revoke_reason"])
    record(actor, "seals.revoke_authorisation", locked, after={"reason": locked.revoke_reason})
    return locked


def seal_by_standing_authorisation(
    *,
    actor: Actor,
    organisation: Organisation,
    kind: str,
    pdf: bytes,
    title: str,
    places: Sequence[Place],
    reason: str = "",
    copies: int = 1,
    with_ofd: bool = False,
    system: OutsideSystem | None = None,
    idempotency_key: str = "",
) -> SealedDocument:
    """Seal a document of a kind that a keeper has authorised once for all.

    The same ``idempotency_key`` again returns what was sealed the first time. Raises Refused where there is no
    authorisation, it isn't in force or a ceiling is reached; SealingRefused and SignerUnavailable, after which nothing
    counts.
    """
    if idempotency_key:
        found = SealUse.objects.filter(system=system, document_kind=kind, idempotency_key=idempotency_key).first()
        if found is not None:
            return read_sealed(found if found.state == "sealed" else seal_use(actor=SYSTEM, use=found))
    use = take_use(
        actor=actor,
        organisation=organisation,
        kind=kind,
        pdf=pdf,
        title=title,
        places=places,
        reason=reason,
        copies=copies,
        with_ofd=with_ofd,
        system=system,
        idempotency_key=idempotency_key,
    )
    return read_sealed(seal_use(actor=SYSTEM, use=use))


@step()
def take_use(
    *,
    actor: Actor,
    organisation: Organisation,
    kind: str,
    pdf: bytes,
    title: str,
    places: Sequence[Place],
    reason: str = "",
    copies: int = 1,
    with_ofd: bool = False,
    system: OutsideSystem | None = None,
    idempotency_key: str = "",
) -> SealUse:
    """Take a document under the authorisation for its kind: approved at once, not sealed yet. Raises Refused."""
    authorisation = _take_authorisation(organisation, kind, system, copies)
    seal = authorisation.seal
    file = store_bytes(actor=actor, name=f"{title[:80]}.pdf", data=pdf, content_type="application/pdf")
    use = start_use(
        actor=SYSTEM,
        seal=seal,
        file=file,
        title=title,
        reason=reason or authorisation.reason,
        copies=copies,
        with_ofd=with_ofd,
        system=system,
        document_kind=kind,
        idempotency_key=idempotency_key,
    )
    use = lock_use(use.pk)
    set_places(use, places)
    approve(use, by=authorisation.granted_by_id, authorisation=authorisation)
    StandingAuthorisation.objects.filter(pk=authorisation.pk).update(used=F("used") + copies)
    record(
        actor,
        "seals.approve_use",
        use,
        after={"number": use.number, "document_kind": kind, "binding": use.binding, "sha256": use.sha256},
    )
    return use


def find_authorised(organisation: Organisation, kind: str) -> StandingAuthorisation | None:
    """Return the authorisation by which an organ's documents of a kind are sealed today, None when there is none."""
    today = timezone.localdate()
    found = StandingAuthorisation.objects.filter(
        organisation=organisation,
        document_kind=kind,
        system=None,
        revoked_at=None,
        valid_from__lte=today,
        valid_until__gte=today,
        seal__state=StateWords.ACTIVE,
    )
    return found.order_by("-id").first()


def _take_authorisation(
    organisation: Organisation, kind: str, system: OutsideSystem | None, copies: int
) -> StandingAuthorisation:
    """Return the authorisation in force, locked so that its ceilings hold for all who come at once. Raises Refused."""
    today = timezone.localdate()
    found = (
        StandingAuthorisation.objects.select_for_update(of=("self",))
        .select_related("seal", "granted_by__staff")
        .filter(
            organisation=organisation, document_kind=kind, system=system, revoked_at=None, seal__state=StateWords.ACTIVE
        )
        .order_by("-id")
        .first()
    )
    if found is None:
        raise Refused(
            "no-authorisation",
            _("%(office)s没有为“%(kind)s”设立常设授权，或者印章已停用，请向印章保管人申请用印。")
            % {"office": organisation, "kind": kind},
        )
    if not found.valid_from <= today <= found.valid_until:
        raise Refused("not-in-force", _("“%(kind)s”的常设授权不在有效期内。") % {"kind": kind})
    if found.used + copies > found.total_ceiling:
        raise Refused(
            "total-ceiling",
            _("“%(kind)s”的常设授权已用完 %(n)s 份的总上限。") % {"kind": kind, "n": found.total_ceiling},
        )
    if count_today(found) + copies > found.daily_ceiling:
        raise Refused(
            "daily-ceiling",
            _("“%(kind)s”的常设授权今天已到 %(n)s 份的上限，请明天再用，或者请保管人调整。")
            % {"kind": kind, "n": found.daily_ceiling},
        )
    return found
