"""What becomes of a licence after it was issued: changed, renewed, corrected, cancelled, revoked."""

from datetime import date
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.public import (
    ENDED,
    Case,
    CaseDocument,
    LegalState,
    Unacceptable,
    get_definition,
    get_rulebook,
    issue_case_paper,
    remedies,
    start_draft,
)
from zhengtong.capabilities.licences.declarations import LicenceKind
from zhengtong.capabilities.licences.domain import last_valid_day
from zhengtong.capabilities.licences.models import Licence, LicenceRequest, RequestKind, Revocation
from zhengtong.capabilities.licences.selectors import list_licences
from zhengtong.core.audit.public import record
from zhengtong.core.messages.public import MessageTemplate, send_message
from zhengtong.core.papers.public import PaperKind, end_paper, issue_paper
from zhengtong.core.worklist.public import close_item, open_item
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, Denied, require
from zhengtong.kernel.steps import step

PROPOSE, DECIDE = "licences.propose_revocation", "licences.decide_revocation"
WORK_KIND = "licences.revocation"
REVOKED = MessageTemplate(
    "licences.revoked",
    _("许可已被撤销"),
    _("您的证照 {number} 已被撤销，理由和救济途径请登录查看决定书。"),
    is_binding=True,
    belongs_to="cases",
)
REVOCATION_PAPER = PaperKind(
    code="licences.revocation",
    title=_("撤销行政许可决定书"),
    template=Path(__file__).parent / "papers" / "revocation.typ",
    sample={
        "applicant_name": "望江区老陈面馆",
        "item_name": "食品经营许可（新办）",
        "case_number": "AL-2026-000123",
        "licence_number": "JY29901020000017",
        "licence_title": "食品经营许可证",
        "issued_on": "2026-11-21",
        "grounds": "以欺骗、贿赂等不正当手段取得许可",
        "facts": "经核实，申请时提交的场所证明是伪造的。",
        "hearing": "你单位没有异议。",
        "legal_basis": "《中华人民共和国行政许可法》第六十九条",
        "remedies": {
            "texts": ["可以自知道本决定之日起六十日内依法申请行政复议。"],
            "review_body": "望江区人民政府",
            "court": "望江区人民法院",
        },
    },
    must_show=(
        ("licence_number", _("证照编号")),
        ("grounds", _("撤销的情形")),
        ("facts", _("事实和理由")),
        ("legal_basis", _("依据")),
        ("remedies.texts", _("救济途径")),
    ),
)
GROUNDS: Final = (
    _("行政机关工作人员滥用职权、玩忽职守作出准予决定"),
    _("超越法定职权作出准予决定"),
    _("违反法定程序作出准予决定"),
    _("对不具备申请资格或者不符合法定条件的申请人准予许可"),
    _("被许可人以欺骗、贿赂等不正当手段取得许可"),
)
"""行政许可法 第六十九条第一款、第二款."""


def list_possible(licence: Licence, today: date) -> list[RequestKind]:
    """Return what its holder may ask for today: nothing of one that is no more, no renewal of one without an end."""
    if licence.paper.revoked_at is not None:
        return []
    is_over = licence.valid_until is not None and licence.valid_until < today
    if is_over:
        return [RequestKind.CANCEL]
    kinds = [RequestKind.CHANGE, RequestKind.RENEW, RequestKind.CORRECT, RequestKind.CANCEL]
    return [kind for kind in kinds if kind is not RequestKind.RENEW or licence.valid_until is not None]


@step()
def start_request(*, actor: Actor, number: str, kind: str, reason: str) -> Case:
    """Begin an application about one's licence: a draft with the answers and papers of the case that led to it.

    Raises Denied when the licence isn't hers, Unacceptable when it can't be asked for.
    """
    licence = list_licences(actor).filter(number=number).first()
    if licence is None:
        raise Denied("licences.view_licence", visible=False)
    Licence.objects.select_for_update(of=("self",)).get(pk=licence.pk)
    if kind not in list_possible(licence, timezone.localdate()):
        raise Unacceptable(_("这个证照现在不能办理这一项，请看证照的状态和有效期。"), "kind")
    if not reason.strip():
        raise Unacceptable(_("请写明理由。"), "reason")
    running = (
        licence.requests.filter(done_at=None)
        .exclude(case__state__in=[*ENDED, LegalState.REFUSED])
        .select_related("case")
        .first()
    )
    if running is not None:
        if running.case.state == LegalState.DRAFT and running.kind == kind:
            return running.case
        raise Unacceptable(
            _("这个证照的%(kind)s申请还没有办完，办完或者撤回以后再申请。"), kind=str(running.get_kind_display())
        )
    first = licence.case
    label = RequestKind(kind).label
    known = [(each.key, f"原办件 {first.number}") for each in get_definition(first.item_version_id).materials]
    case = start_draft(
        actor=actor,
        office=first.office,
        form=first.form,
        reused=known,
        name=f"{first.office.item.name}·{label}",
        is_ending=kind == RequestKind.CANCEL,
    )
    LicenceRequest.objects.create(licence=licence, case=case, kind=kind, reason=reason.strip()[:300])
    record(actor, "licences.start_request", licence, after={"kind": kind})
    return case


def get_request(case: Case) -> LicenceRequest | None:
    """Return what ``case`` asks about a licence, None for an application of its own."""
    return LicenceRequest.objects.select_related("licence").filter(case=case).first()


def is_cancellation(case: Case) -> bool:
    """Return whether ``case`` asks for nothing but the end of a licence."""
    request = get_request(case)
    return request is not None and request.kind == RequestKind.CANCEL


def list_differences(request: LicenceRequest) -> list[tuple[str, str, str]]:
    """Return label, value as it was granted, value as it is asked for, of the answers that differ."""
    before, after = request.licence.case.form, request.case.form
    fields = get_definition(request.case.item_version_id).fields()
    return [
        (spec.label, _shown(before.get(spec.key)), _shown(after.get(spec.key)))
        for spec in fields
        if not spec.is_personal and _shown(before.get(spec.key)) != _shown(after.get(spec.key))
    ]


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return "" if value is None else str(value)


@transaction.atomic(savepoint=False)
def apply_request(*, actor: Actor, request: LicenceRequest) -> Licence:
    """Do with the licence what the granted case asked for, in the granting transaction."""
    licence = Licence.objects.select_for_update(of=("self",)).select_related("paper").get(pk=request.licence_id)
    case, now = request.case, timezone.now()
    request.old_paper, request.old_valid_until, request.done_at = licence.paper, licence.valid_until, now
    label = str(RequestKind(request.kind).label)
    if request.kind != RequestKind.CANCEL:
        kind = registry.get(LicenceKind, licence.kind)
        if request.kind == RequestKind.RENEW and kind.term and licence.valid_until is not None:
            years = get_rulebook().term(kind.term, timezone.localdate(now)).years
            licence.valid_until = last_valid_day(_following(licence.valid_until), years)
        content = kind.content(case, licence.valid_until)
        licence.paper = issue_paper(
            actor=actor,
            kind=kind.paper_kind,
            title="",
            number=licence.number,
            issuer=case.organisation,
            content=content,
            public_facts=kind.facts(content, licence.number),
            issued_at=now,
        )
        licence.holder_name = case.applicant_name
        CaseDocument.objects.create(case=case, paper=licence.paper)
        licence.save(update_fields=["paper", "valid_until", "holder_name"])
    if request.old_paper.revoked_at is None:
        ended = f"已{label}，以新证为准。" if request.kind != RequestKind.CANCEL else f"已{label}。"
        end_paper(actor=actor, paper=request.old_paper, reason=ended)
    request.save(update_fields=["old_paper", "old_valid_until", "done_at"])
    record(actor, f"licences.{request.kind}", licence, after={"case": case.number, "number": licence.number})
    return licence


def _following(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


# Taken back by the organ --------------------------------------------------------------------------------


@step()
def propose_revocation(*, actor: Actor, licence: Licence, grounds: str, facts: str, hearing: str) -> Revocation:
    """Propose to take back a licence, with the facts and what its holder said to them. Raises Denied, Unacceptable."""
    locked = Licence.objects.select_for_update(of=("self",)).select_related("paper").get(pk=licence.pk)
    require(actor, PROPOSE, locked)
    if locked.paper.revoked_at is not None:
        raise Unacceptable(_("这个证照已经失效。"))
    if locked.revocations.filter(decided_at=None).exists():
        raise Unacceptable(_("这个证照已有一份撤销意见在等待决定。"))
    if grounds not in GROUNDS:
        raise Unacceptable(_("请选择法定情形。"), "grounds")
    if not facts.strip():
        raise Unacceptable(_("请写明事实和理由。"), "facts")
    if not hearing.strip():
        raise Unacceptable(_("撤销之前应当听取被许可人的陈述、申辩，请写明情况。"), "hearing")
    proposal = Revocation.objects.create(
        licence=locked,
        grounds=grounds,
        facts=facts.strip()[:2000],
        hearing=hearing.strip()[:2000],
        proposed_by_id=actor.held_appointment,
    )
    record(actor, "licences.propose_revocation", locked, after={"grounds": grounds})
    open_item(
        kind=WORK_KIND,
        object_id=proposal.pk,
        organisation_id=locked.organisation_id,
        permission=DECIDE,
        reference=locked.number,
        title=_("撤销许可"),
        party=locked.holder_name,
        step=_("决定"),
        url=f"/desk/licences/licences/{locked.pk}/",
    )
    return proposal


@step()
def decide_revocation(*, actor: Actor, licence: Licence, is_approved: bool, opinion: str = "") -> Revocation:
    """Revoke the licence, or refuse to; never by her who proposed it. Raises Denied, Unacceptable."""
    locked = Licence.objects.select_for_update(of=("self",)).select_related("paper", "organisation", "account", "case")
    licence = locked.get(pk=licence.pk)
    require(actor, DECIDE, licence)
    found = licence.revocations.filter(decided_at=None).first()
    if found is None:
        raise Unacceptable(_("没有等待决定的撤销意见，可能已经作出过决定。"))
    if found.proposed_by_id in (actor.appointment, actor.agent):
        raise Unacceptable(_("提出撤销意见的人不能作出决定。"))
    if not is_approved and not opinion.strip():
        raise Unacceptable(_("不同意撤销的，请写明理由。"), "opinion")
    now = timezone.now()
    found.is_approved, found.opinion, found.decided_at = is_approved, opinion.strip()[:500], now
    found.decided_by_id = actor.held_appointment
    if is_approved:
        found.paper = issue_case_paper(
            licence.case,
            REVOCATION_PAPER.code,
            actor=actor,
            at=now,
            word="撤",
            content={
                "licence_number": licence.number,
                "licence_title": licence.paper.title,
                "issued_on": licence.issued_date,
                "grounds": found.grounds,
                "facts": found.facts,
                "hearing": found.hearing,
                "legal_basis": "《中华人民共和国行政许可法》第六十九条",
                "remedies": remedies(licence.case, now),
            },
            facts=[("证照编号", licence.number)],
        )
        if licence.paper.revoked_at is None:
            end_paper(actor=actor, paper=licence.paper, reason=f"已依法撤销：{found.grounds}。")
        if licence.account_id is not None:
            link = f"/hall/cases/{licence.case.public_id}/"
            known = {"number": licence.number}
            send_message(actor=actor, recipient=licence.account, template=REVOKED.code, context=known, link=link)
    found.save(update_fields=["is_approved", "opinion", "decided_at", "decided_by", "paper"])
    record(actor, "licences.decide_revocation", licence, after={"approved": is_approved})
    close_item(kind=WORK_KIND, object_id=found.pk, done_by_id=actor.appointment, done_by_agent_id=actor.agent)
    return found
