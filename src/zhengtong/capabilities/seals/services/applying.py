"""The owner's side: applying for a seal, for its change, its making anew or its destruction; papers, corrections."""

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.seals.domain import OPEN_STAGES, Act, Purpose, Stage, make_seal_code
from zhengtong.capabilities.seals.models import ApplicationPaper, RuleKey, Seal, SealApplication, StateWords
from zhengtong.capabilities.seals.models.applications import PurposeWords
from zhengtong.capabilities.seals.permissions import APPLY
from zhengtong.capabilities.seals.selectors import get_rule
from zhengtong.capabilities.seals.services.settling import (
    advance,
    due_in,
    hand_on,
    lock_application,
    lock_seal,
    next_number,
    note_step,
    require_seal,
    say_reason,
    turn_seal,
)
from zhengtong.capabilities.seals.wants import Wanted, check_wanted, draw, size_of
from zhengtong.core.audit.public import record
from zhengtong.core.files.public import PAPERS_AND_PHOTOS, receive_upload
from zhengtong.core.identity.public import Appointment, Organisation, Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

MOST_PAPERS = 20


@step()
def apply_for_seal(
    *,
    actor: Actor,
    organisation: Organisation,
    kind: str,
    text: str,
    reason: str,
    keeper: Appointment,
    line: str = "",
    shape: str = "",
    strokes: str = "",
) -> SealApplication:
    """Apply for a new seal of an organisation. It gets its code at once and counts for nothing until it is enabled.

    Raises Refused for words that can't be cut, a character without an outline, a keeper who isn't in office there.
    """
    require(actor, APPLY)
    if organisation.pk not in actor.reach(APPLY):
        raise Refused("not-here", _("您只能为本单位申请印章。"), "organisation")
    said = say_reason(reason)
    wanted = check_wanted(kind=kind, text=text, line=line, shape=shape, strokes=strokes, organisation=organisation)
    check_keeper(keeper, organisation)
    taken = Seal.objects.filter(organisation=organisation, kind=wanted.kind, text=wanted.text, line=wanted.line)
    if taken.exclude(state__in=[StateWords.DESTROYED, StateWords.ABANDONED]).exists():
        said_name = {"name": wanted.name}
        raise Refused("there-is-one", _("“%(name)s”已经有了或者正在申请，不能重复刻制。") % said_name, "text")
    code = _next_code(organisation)
    width, height = size_of(wanted, organisation)
    draw(wanted, width=width, height=height, code=code)
    seal = Seal.objects.create(
        code=code,
        kind=wanted.kind,
        name=wanted.name,
        text=wanted.text,
        line=wanted.line,
        shape=wanted.shape,
        width_mm=width,
        height_mm=height,
        organisation=organisation,
        keeper=keeper,
    )
    return _begin(actor=actor, seal=seal, purpose=Purpose.ISSUE, reason=said, wanted=wanted)


@step()
def apply_for_change(
    *, actor: Actor, seal: Seal, reason: str, text: str, line: str = "", shape: str = "", strokes: str = ""
) -> SealApplication:
    """Apply for other words on a seal (变更), as after the office was renamed. The old one serves meanwhile."""
    locked = _take(actor, seal)
    wanted = check_wanted(
        kind=locked.kind,
        text=text,
        line=line,
        shape=shape or locked.shape,
        strokes=strokes,
        organisation=locked.organisation,
    )
    if not strokes and (wanted.text, wanted.line, wanted.shape) == (locked.text, locked.line, locked.shape):
        raise Refused("same", _("印文没有变化。要换证书和密钥的，请申请重新制作。"), "text")
    width, height = size_of(wanted, locked.organisation)
    draw(wanted, width=width, height=height, code=locked.code)
    return _begin(actor=actor, seal=locked, purpose=Purpose.CHANGE, reason=say_reason(reason), wanted=wanted)


@step()
def apply_for_remaking(*, actor: Actor, seal: Seal, reason: str) -> SealApplication:
    """Apply for new keys, certificates and picture (重新制作): before the certificate expires, or after a loss."""
    locked = _take(actor, seal)
    return _begin(actor=actor, seal=locked, purpose=Purpose.REMAKE, reason=say_reason(reason))


@step()
def apply_for_destruction(*, actor: Actor, seal: Seal, reason: str) -> SealApplication:
    """Apply for a seal's end (注销)."""
    locked = _take(actor, seal)
    return _begin(actor=actor, seal=locked, purpose=Purpose.DESTROY, reason=say_reason(reason))


@step()
def attach_paper(
    *, actor: Actor, application: SealApplication, title: str, upload: "UploadedFile[bytes]"
) -> ApplicationPaper:
    """Attach a paper to an application that nobody has reviewed yet. Raises Refused and UploadRefused."""
    locked = lock_application(application.pk)
    require_seal(actor, APPLY, locked)
    if locked.stage not in (Stage.REVIEW, Stage.RETURNED):
        raise Refused("not-now", _("审核以后不能再加材料。"))
    if locked.papers.count() >= MOST_PAPERS:
        raise Refused("too-many", _("一件申请最多附 %(n)s 份材料。") % {"n": MOST_PAPERS})
    file = receive_upload(actor=actor, upload=upload, allowed=PAPERS_AND_PHOTOS)
    called = " ".join(title.split())[:60] or file.name[:60]
    paper = ApplicationPaper.objects.create(application=locked, title=called, file=file)
    record(actor, "seals.add_paper", locked, after={"title": paper.title, "sha256": file.sha256})
    return paper


@step()
def resubmit_application(*, actor: Actor, application: SealApplication, reason: str) -> SealApplication:
    """Send a returned application again. Raises Refused and Denied."""
    locked = lock_application(application.pk)
    require_seal(actor, APPLY, locked)
    locked.reason = say_reason(reason)
    locked.save(update_fields=["reason"])
    advance(actor=actor, application=locked, act=Act.RESUBMIT, opinion=locked.reason)
    return locked


@step()
def withdraw_application(*, actor: Actor, application: SealApplication) -> SealApplication:
    """Take an application back before it is reviewed. Raises Refused and Denied."""
    locked = lock_application(application.pk)
    require_seal(actor, APPLY, locked)
    advance(actor=actor, application=locked, act=Act.WITHDRAW)
    if locked.purpose == Purpose.ISSUE:
        turn_seal(locked.seal, Act.WITHDRAW)
        locked.seal.save(update_fields=["state"])
    return locked


def check_keeper(keeper: Appointment, organisation: Organisation) -> None:
    """Raise Refused unless the keeper is in office in the organisation today."""
    today = timezone.localdate()
    in_office = keeper.start_date <= today and (keeper.end_date is None or keeper.end_date >= today)
    if not in_office or keeper.post.organisation_id != organisation.pk:
        raise Refused("keeper", _("保管人应为本单位现任职的人员。"), "keeper")


def _take(actor: Actor, seal: Seal) -> Seal:
    locked = lock_seal(seal.pk)
    require_seal(actor, APPLY, locked)
    if locked.state not in (StateWords.ACTIVE, StateWords.SUSPENDED):
        raise Refused(
            "not-now",
            _("“%(seal)s”现在是“%(state)s”，不能变更、重新制作或者注销。")
            % {"seal": locked.name, "state": locked.get_state_display()},
        )
    found = locked.applications.filter(stage__in=[stage.value for stage in OPEN_STAGES]).first()
    if found is not None:
        raise Refused(
            "under-way",
            _("这枚印章的另一件申请 %(number)s 还没有办完（%(stage)s），请先办完或者撤回。")
            % {"number": found.number, "stage": found.get_stage_display()},
        )
    return locked


def _begin(*, actor: Actor, seal: Seal, purpose: Purpose, reason: str, wanted: Wanted | None = None) -> SealApplication:
    application = SealApplication.objects.create(
        number=next_number("YZ", SealApplication),
        seal=seal,
        purpose=PurposeWords(purpose.value),
        reason=reason,
        wanted=wanted.plain() if wanted else {},
        organisation=seal.organisation,
        applicant_id=actor.held_appointment,
        applied_at=timezone.now(),
        due_at=due_in(get_rule(RuleKey.REVIEW_DAYS)),
    )
    note_step(actor=actor, seal=seal, act=Act.APPLY, application=application, opinion=reason)
    hand_on(application)
    record(
        actor,
        "seals.apply" if purpose is Purpose.ISSUE else "seals.apply_change",
        application,
        after={"code": seal.code, "number": application.number, "purpose": purpose, "reason": reason},
    )
    return application


def _next_code(organisation: Organisation) -> str:
    region = organisation.region.code[:6]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"seals:code:{region}"])
    last = Seal.objects.filter(code__startswith=f"{region:0<6}").aggregate(last=Max("code"))["last"]
    return make_seal_code(region, int(last[6:]) + 1 if last else 1)
