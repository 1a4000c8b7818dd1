"""The applicant's side: a draft, its parts, its papers, sending it, correcting it, taking it back."""

from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.public import Resource
from zhengtong.capabilities.contracts.compiling import check_delivery, check_terms
from zhengtong.capabilities.contracts.models import Contract, DataRequest, Mode, RequestPaper, RequestState
from zhengtong.capabilities.contracts.permissions import APPLY, VIEW
from zhengtong.capabilities.contracts.selectors import why_not_shared
from zhengtong.capabilities.contracts.services.steps import (
    advance,
    lock_request,
    next_number,
    note_step,
    require_possible,
    require_side,
    say,
)
from zhengtong.capabilities.contracts.terms import Terms
from zhengtong.capabilities.contracts.transitions import Act
from zhengtong.capabilities.sources.public import Source
from zhengtong.core.audit.public import record
from zhengtong.core.files.public import PAPERS_AND_PHOTOS, delete_file, receive_upload
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.state_secrets import find_state_secret
from zhengtong.kernel.steps import step

MOST_PAPERS = 10
USUAL_DAYS = 365
_EDITABLE = (RequestState.DRAFT, RequestState.CORRECTION)


@step()
def start_request(
    *, actor: Actor, resource: Resource, copied: DataRequest | None = None, renews: Contract | None = None
) -> DataRequest:
    """Begin a request for a published resource, empty or with what an earlier one asked for.

    Raises Refused for what can't be shared and for data of one's own organisation, and Denied.
    """
    require(actor, APPLY)
    organisation_id = actor.organisation
    if organisation_id is None or organisation_id not in actor.reach(APPLY):
        raise Refused("not-here", _("您只能为本单位申请。"))
    if why := why_not_shared(resource):
        raise Refused("not-shared", why)
    if resource.provider_id == organisation_id:
        raise Refused("own-data", _("这是本单位提供的资源，本单位使用不必申请共享。"))
    version = resource.current
    assert version is not None  # what is shared is published
    earlier = copied or (renews.request if renews else None)
    if earlier is not None and earlier.organisation_id not in actor.reach(VIEW):
        earlier = None
    request = DataRequest(
        number=next_number("GXSQ", DataRequest),
        resource=resource,
        version=version,
        organisation_id=organisation_id,
        provider_id=resource.provider_id,
        applicant_id=actor.held_appointment,
        mode=Mode.SNAPSHOT,
        valid_until=timezone.localdate() + timedelta(days=USUAL_DAYS),
        terms=Terms().to_json(),
        renews=renews,
    )
    if earlier is not None:
        known = {field.code for field in version.fields.all()}
        request.mode, request.purpose, request.matter = earlier.mode, earlier.purpose, earlier.matter
        request.legal_basis, request.target, request.target_table = (
            earlier.legal_basis,
            earlier.target if earlier.organisation_id == organisation_id else None,
            earlier.target_table,
        )
        request.terms = _keep_known(Terms.from_json(earlier.terms), known).to_json()
    request.save()
    note_step(actor=actor, request=request, act=Act.DRAFT)
    record(
        actor,
        "contracts.draft_request",
        request,
        after={"number": request.number, "resource": resource.code, "version": version.number},
    )
    return request


def _keep_known(terms: Terms, known: set[str]) -> Terms:
    """Return earlier terms without the columns that the version of today doesn't have."""
    return Terms(
        tuple(code for code in terms.columns if code in known),
        {code: said for code, said in terms.reasons.items() if code in known},
        tuple(each for each in terms.conditions if each.column in known),
        terms.timing,
        terms.calls_a_day,
        terms.rows_a_call,
    )


@step()
def save_columns(*, actor: Actor, request: DataRequest, terms: Terms) -> DataRequest:
    """Keep which columns and rows are asked for. Raises Refused for what can't be asked, and Denied."""
    locked = _take(actor, request)
    was = Terms.from_json(locked.terms)
    merged = Terms(terms.columns, terms.reasons, terms.conditions, was.timing, was.calls_a_day, was.rows_a_call)
    locked.terms = check_terms(locked, merged).to_json()
    return _keep(actor, locked, "columns")


@step()
def save_purpose(*, actor: Actor, request: DataRequest, purpose: str, matter: str, legal_basis: str) -> DataRequest:
    """Keep what the data is for and by which law. Raises Refused and Denied."""
    locked = _take(actor, request)
    locked.purpose = say(purpose, "purpose", least=4, most=500)
    locked.matter = " ".join(matter.split())[:200]
    locked.legal_basis = say(legal_basis, "legal_basis", least=4, most=500)
    for name in ("purpose", "matter", "legal_basis"):
        if level := find_state_secret(getattr(locked, name)):
            said = {"level": level}
            raise Refused("state-secret", _("文字带有“%(level)s”标志，不得在本网络填写。") % said, name)
    return _keep(actor, locked, "purpose")


@step()
def save_delivery(
    *,
    actor: Actor,
    request: DataRequest,
    mode: str,
    terms: Terms,
    target: Source | None,
    target_table: str,
    valid_until: date,
) -> DataRequest:
    """Keep how, how often, whereto and until when. Raises Refused and Denied."""
    locked = _take(actor, request)
    if mode not in Mode.values:
        raise Refused("mode", _("请选择方式。"), "mode")
    was = Terms.from_json(locked.terms)
    locked.mode, locked.valid_until = mode, valid_until
    is_called = mode == Mode.INTERFACE
    locked.target = None if is_called else target
    locked.target_table = "" if is_called else target_table.strip()
    merged = Terms(was.columns, was.reasons, was.conditions, terms.timing, terms.calls_a_day, terms.rows_a_call)
    checked = check_terms(locked, merged) if was.columns else merged
    check_delivery(locked, checked, timezone.localdate())
    locked.terms = checked.to_json()
    return _keep(actor, locked, "delivery")


def _take(actor: Actor, request: DataRequest) -> DataRequest:
    locked = lock_request(request.pk)
    require_side(actor, APPLY, locked.organisation_id, locked)
    if locked.state not in _EDITABLE:
        raise Refused("not-now", _("提交以后不能再改；要改的请先撤回，或者等对方要求补正。"))
    return locked


def _keep(actor: Actor, request: DataRequest, part: str) -> DataRequest:
    request.save()
    record(actor, "contracts.save_request", request, after={"parts": part})
    return request


@step()
def attach_paper(*, actor: Actor, request: DataRequest, title: str, upload: "UploadedFile[bytes]") -> RequestPaper:
    """Attach a document. Raises Refused, UploadRefused and Denied."""
    locked = _take(actor, request)
    if locked.papers.count() >= MOST_PAPERS:
        raise Refused("too-many", _("一件申请最多附 %(n)s 份材料。") % {"n": MOST_PAPERS}, "file")
    file = receive_upload(actor=actor, upload=upload, allowed=PAPERS_AND_PHOTOS)
    called = " ".join(title.split())[:60] or file.name[:60]
    paper = RequestPaper.objects.create(request=locked, title=called, file=file)
    record(actor, "contracts.attach_paper", locked, after={"title": called, "sha256": file.sha256})
    return paper


@step()
def remove_paper(*, actor: Actor, paper: RequestPaper) -> None:
    """Take a document away again. Raises Refused and Denied."""
    locked = _take(actor, paper.request)
    file, title = paper.file, paper.title
    paper.delete()
    delete_file(actor=actor, file=file)
    record(actor, "contracts.remove_paper", locked, before={"title": title})


def find_gap(request: DataRequest, today: date) -> tuple[str, Refused] | None:
    """Return the first part of the form that isn't ready to be sent, and why; None when all is."""
    if why := why_not_shared(request.resource):
        return "columns", Refused("not-shared", why)
    if not request.purpose or not request.legal_basis:
        missing: Refused = Refused("purpose", _("还没有写用途和依据。"), "purpose")
    else:
        missing = Refused("", "")
    terms = Terms.from_json(request.terms)
    try:
        terms = check_terms(request, terms)
    except Refused as refused:
        return "columns", refused
    if missing.code:
        return "purpose", missing
    try:
        check_delivery(request, terms, today)
    except Refused as refused:
        return "delivery", refused
    return None


@step()
def submit_request(*, actor: Actor, request: DataRequest) -> DataRequest:
    """Send a draft to be reviewed. Raises Refused for what is missing, and Denied."""
    locked = lock_request(request.pk)
    require_side(actor, APPLY, locked.organisation_id, locked)
    require_possible(locked, Act.SUBMIT)
    _adopt_current(locked)
    _check_whole(locked)
    locked.shown_to_id, locked.submitted_at = locked.provider_id, timezone.now()
    advance(actor=actor, request=locked, act=Act.SUBMIT, to=RequestState.COMPLIANCE)
    return locked


@step()
def resubmit_request(*, actor: Actor, request: DataRequest, opinion: str) -> DataRequest:
    """Send a corrected request again, to whoever asked for the correction.

    One that now asks for more than the reviewer passed comes before her again. Raises Refused and Denied.
    """
    locked = lock_request(request.pk)
    require_side(actor, APPLY, locked.organisation_id, locked)
    require_possible(locked, Act.RESUBMIT)
    _adopt_current(locked)
    terms = _check_whole(locked)
    to = RequestState(locked.returned_from)
    if to == RequestState.PROVIDER and not _was_passed(locked, terms):
        to = RequestState.COMPLIANCE
    locked.returned_from = ""
    advance(actor=actor, request=locked, act=Act.RESUBMIT, to=to, opinion=say(opinion))
    return locked


@step()
def withdraw_request(*, actor: Actor, request: DataRequest, opinion: str = "") -> DataRequest:
    """Take a request back before it is decided. Raises Refused and Denied."""
    locked = lock_request(request.pk)
    require_side(actor, APPLY, locked.organisation_id, locked)
    said = " ".join(opinion.split())[:500]
    advance(actor=actor, request=locked, act=Act.WITHDRAW, to=RequestState.WITHDRAWN, opinion=said)
    return locked


def _adopt_current(request: DataRequest) -> None:
    """Take up the version of today: what is sent is always written against it."""
    if request.resource.current is not None:
        request.version = request.resource.current


def _check_whole(request: DataRequest) -> Terms:
    gap = find_gap(request, timezone.localdate())
    if gap is not None:
        raise gap[1]
    terms = check_terms(request, Terms.from_json(request.terms))
    request.terms = terms.to_json()
    return terms


def summarise_ask(request: DataRequest, terms: Terms) -> dict[str, Any]:
    """Return what a reviewer passes: a later change of any of it comes before her again."""
    return {
        "terms": terms.to_json(),
        "mode": request.mode,
        "purpose": request.purpose,
        "legal_basis": request.legal_basis,
        "valid_until": request.valid_until.isoformat(),
        "version": request.version.number,
    }


def _was_passed(request: DataRequest, terms: Terms) -> bool:
    passed = dict(request.passed_terms)
    if not passed or not terms.asks_no_more_than(Terms.from_json(passed.pop("terms"))):
        return False
    now = summarise_ask(request, terms)
    del now["terms"]
    return now.pop("valid_until") <= passed.pop("valid_until") and now == passed
