"""Compiling the templates of papers: who may change what a notice says; tried out first, published by another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused, is_same_person
from zhengtong.core.papers.domain import check_character
from zhengtong.core.papers.edited import LONGEST_SOURCE, SetPaper, set_edited
from zhengtong.core.papers.faults import TemplateFault
from zhengtong.core.papers.kinds import PaperKind
from zhengtong.core.papers.models import OPEN_TEMPLATES, Paper, TemplateStatus, TemplateVersion
from zhengtong.core.papers.rendering import find_in_force
from zhengtong.core.papers.typesetting import Sheet
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, require, visible

COMPILE: Final = "papers.compile_template"
PUBLISH: Final = "papers.publish_template"
EDITABLE = (TemplateStatus.COMPILING, TemplateStatus.RETURNED)
# On how many of the last papers a template is tried before it is sent and before it is published.
TRIED = 3
_CODE_BODY = "SPECTMEN2222222"


@dataclass(frozen=True, slots=True)
class KindSummary:
    """A kind of paper, and how things stand with its template."""

    kind: PaperKind
    live: TemplateVersion | None
    draft: TemplateVersion | None
    faults: int

    @property
    def is_edited(self) -> bool:
        return self.live is not None and not self.live.is_supplied


def list_kinds() -> list[KindSummary]:
    """Return every kind of paper in the order in which the modules declare them."""
    live: dict[str, TemplateVersion] = {}
    failed = Count("papers", filter=~Q(papers__template_fault=""))
    published = TemplateVersion.objects.filter(status=TemplateStatus.PUBLISHED).defer("source")
    for version in published.annotate(faults=failed).order_by("published_at", "number"):
        live[version.kind] = version
    drafts = {each.kind: each for each in TemplateVersion.objects.filter(status__in=OPEN_TEMPLATES).defer("source")}
    return [
        KindSummary(kind, live.get(kind.code), drafts.get(kind.code), getattr(live.get(kind.code), "faults", 0))
        for kind in registry.of(PaperKind)
    ]


def list_versions(kind: str) -> QuerySet[TemplateVersion]:
    """Return the published versions of a kind's template, the newest first, each with how many papers were made."""
    people = ("started_by__staff", "submitted_by__staff", "reviewed_by__staff")
    found = TemplateVersion.objects.filter(kind=kind, status=TemplateStatus.PUBLISHED).select_related(*people)
    failed = Count("papers", filter=~Q(papers__template_fault=""))
    return found.annotate(used=Count("papers"), faults=failed).order_by("-number")


def get_open(kind: str) -> TemplateVersion | None:
    """Return the version of a kind's template that is being compiled."""
    people = ("started_by__staff", "submitted_by__staff", "reviewed_by__staff", "changed_by__staff", "based_on")
    return TemplateVersion.objects.filter(kind=kind, status__in=OPEN_TEMPLATES).select_related(*people).first()


def read_live(kind: PaperKind, at: datetime | None = None) -> str:
    """Return the text of the template that is in force."""
    version = find_in_force(kind.code, at or timezone.now())
    return version.text if version else read_supplied(kind)


def read_supplied(kind: PaperKind) -> str:
    """Return the text of the template that came with the platform."""
    return kind.template.read_text(encoding="utf-8")


def list_trials(actor: Actor, kind: str, most: int = 5) -> list[Paper]:
    """Return the last papers of a kind that ``actor`` may try a template on: of the organs whom her role reaches."""
    return list(visible(actor, COMPILE, Paper.objects.filter(kind=kind)).order_by("-id")[:most])


def make_specimen(kind: PaperKind, paper: Paper | None = None) -> Sheet:
    """Return what a template is looked at with: the kind's sample, or what a paper says. It bears a code that was never
    given and the word 样张. Raises Refused where there is neither."""
    if paper is None and kind.sample is None:
        raise Refused("no-sample", _("这种文书没有示例数据，请选一份已制发的文书来预览。"))
    code = _CODE_BODY + check_character(_CODE_BODY)
    content: Any = paper.content if paper else kind.sample
    return Sheet(
        title=paper.title if paper else str(kind.title),
        number=paper.number if paper else "示例〔2026〕1号",
        issuer_name=paper.issuer_name if paper else "示例市政务服务局",
        issued_at=paper.issued_at if paper else timezone.now(),
        code=code,
        verify_url=f"{settings.PUBLIC_URL}/verify/{code}",
        content=content,
        is_specimen=True,
    )


def preview_template(*, actor: Actor, kind: PaperKind, source: str, paper: Paper | None = None) -> SetPaper:
    """Set a specimen with ``source``. Looking at it with a paper's own words is recorded.

    Raises TemplateFault, Refused and Denied.
    """
    require(actor, COMPILE)
    if paper is not None:
        require(actor, COMPILE, paper)
        record(actor, "papers.try_on_paper", paper, after={"kind": kind.code})
    return set_edited(source, kind, make_specimen(kind, paper), shows=True)


def find_faults(kind: PaperKind, source: str) -> list[TemplateFault]:
    """Return what is wrong with ``source``: tried on the sample and on the last papers of the kind."""
    papers: Iterable[Paper] = Paper.objects.filter(kind=kind.code).order_by("-id")[:TRIED]
    sheets = [make_specimen(kind)] if kind.sample is not None else []
    for sheet in [*sheets, *(make_specimen(kind, paper) for paper in papers)]:
        try:
            set_edited(source, kind, sheet)
        except TemplateFault as fault:
            return [fault]
    return []


@transaction.atomic
def start_template(*, actor: Actor, kind: str) -> TemplateVersion:
    """Begin to change a kind's template from the text in force, or go on with what is begun. Raises Denied."""
    require(actor, COMPILE)
    return _begin(actor, registry.get(PaperKind, kind))


@transaction.atomic
def restore_supplied(*, actor: Actor, kind: str, reason: str) -> TemplateVersion:
    """Propose to go back to the supplied template: a second person publishes it. Raises Refused and Denied."""
    require(actor, COMPILE)
    declared = registry.get(PaperKind, kind)
    live = find_in_force(kind, timezone.now())
    if live is None or live.is_supplied:
        raise Refused("supplied", _("现在用的就是系统自带的模板"))
    if get_open(kind) is not None:
        raise Refused("open", _("这种文书有一份正在编制的模板，请先发布或者放弃它"))
    if not reason.strip():
        raise Refused("reason", _("请写明为什么恢复"), "reason")
    draft = _begin(actor, declared, is_supplied=True)
    draft.status, draft.reason, draft.submitted_by_id = (
        TemplateStatus.IN_REVIEW,
        reason.strip()[:500],
        draft.started_by_id,
    )
    draft.save(update_fields=["status", "reason", "submitted_by", "changed_at"])
    record(actor, "papers.submit_template", draft, after={"reason": draft.reason, "supplied": True})
    return draft


def _begin(actor: Actor, kind: PaperKind, *, is_supplied: bool = False) -> TemplateVersion:
    if (found := get_open(kind.code)) is not None:
        return found
    live = find_in_force(kind.code, timezone.now())
    try:
        with transaction.atomic():
            draft = TemplateVersion.objects.create(
                kind=kind.code,
                source="" if is_supplied else (live.text if live else read_supplied(kind)),
                is_supplied=is_supplied,
                based_on=live,
                started_by_id=actor.held_appointment,
                changed_by_id=actor.held_appointment,
            )
    except IntegrityError:  # a colleague was faster
        found = get_open(kind.code)
        if found is None:
            raise
        return found
    record(actor, "papers.start_template", draft, after={"kind": kind.code, "supplied": is_supplied})
    return draft


def _lock(actor: Actor, permission: str, version_id: int, revision: int) -> TemplateVersion:
    require(actor, permission)
    draft = TemplateVersion.objects.select_for_update(of=("self",)).get(pk=version_id)
    if draft.status not in OPEN_TEMPLATES:
        raise Refused("closed", _("这份模板已经发布或者放弃，不能再改"))
    if draft.revision != revision:
        raise Refused("stale", _("这份模板刚被别人改过，请看最新的内容再办"))
    return draft


@transaction.atomic
def save_template(*, actor: Actor, version_id: int, revision: int, source: str) -> TemplateVersion:
    """Keep the text, whether it can be set or not. Raises Refused when somebody saved meanwhile, and Denied."""
    draft = _lock(actor, COMPILE, version_id, revision)
    if draft.status not in EDITABLE or draft.is_supplied:
        raise Refused("closed", _("这份模板已经送审，不能再改；要改请先请审核人退回"))
    text = source.replace("\r\n", "\n").replace("\x00", "")
    if len(text) > LONGEST_SOURCE:
        raise Refused("long", _("模板太长，请删减到 %(n)d 字以内。") % {"n": LONGEST_SOURCE})
    if text == draft.source:
        return draft
    draft.source, draft.changed_by_id = text, actor.held_appointment
    draft.revision += 1
    draft.save(update_fields=["source", "changed_by", "revision", "changed_at"])
    record(actor, "papers.save_template", draft, after={"revision": draft.revision})
    return draft


def submit_template(*, actor: Actor, version_id: int, revision: int, reason: str) -> TemplateVersion:
    """Send the text to a second person, once it sets the sample and the last papers. Raises Refused and Denied."""
    require(actor, COMPILE)
    if not reason.strip():
        raise Refused("reason", _("请写明为什么修改"), "reason")
    _refuse_faulty(version_id)
    with transaction.atomic():
        draft = _lock(actor, COMPILE, version_id, revision)
        if draft.status not in EDITABLE:
            raise Refused("closed", _("这份模板已经送审"))
        if draft.source == read_live(draft.declaration):
            raise Refused("same", _("和现行的模板一样，没有修改"))
        draft.status, draft.reason, draft.opinion = TemplateStatus.IN_REVIEW, reason.strip()[:500], ""
        draft.submitted_by_id = actor.held_appointment
        draft.revision += 1
        draft.save(update_fields=["status", "reason", "opinion", "submitted_by", "revision", "changed_at"])
        record(actor, "papers.submit_template", draft, after={"reason": draft.reason})
    return draft


@transaction.atomic
def return_template(*, actor: Actor, version_id: int, revision: int, opinion: str) -> TemplateVersion:
    """Give the text back to be mended. Raises Refused and Denied."""
    draft = _lock(actor, PUBLISH, version_id, revision)
    if draft.status != TemplateStatus.IN_REVIEW:
        raise Refused("closed", _("这份模板没有在等审核"))
    if not opinion.strip():
        raise Refused("opinion", _("请写明要修改什么"), "opinion")
    draft.status, draft.opinion, draft.reviewed_by_id = (
        TemplateStatus.RETURNED,
        opinion.strip()[:1000],
        actor.held_appointment,
    )
    if draft.is_supplied:  # there is nothing in it to mend
        draft.status = TemplateStatus.ABANDONED
    draft.revision += 1
    draft.save(update_fields=["status", "opinion", "reviewed_by", "revision", "changed_at"])
    record(actor, "papers.return_template", draft, after={"opinion": draft.opinion})
    return draft


def publish_template(*, actor: Actor, version_id: int, revision: int) -> TemplateVersion:
    """Put the text in force from now on, as a second person. Of two at once one wins. Raises Refused and Denied."""
    require(actor, PUBLISH)
    _refuse_faulty(version_id)
    with transaction.atomic():
        draft = _lock(actor, PUBLISH, version_id, revision)
        if draft.status != TemplateStatus.IN_REVIEW:
            raise Refused("closed", _("这份模板没有在等审核，可能已经由别人发布或者退回"))
        if is_same_person(actor, (draft.submitted_by_id, draft.changed_by_id)):
            raise Refused("self", _("编制和送审的人不能自己审核发布，请由另一人审核"))
        live = find_in_force(draft.kind, timezone.now())
        if (live.pk if live else None) != draft.based_on_id:
            raise Refused("overtaken", _("编制期间这种文书已发布了新的模板。请退回，由编制人按新模板重新编制。"))
        newest = TemplateVersion.objects.filter(kind=draft.kind, number__isnull=False).order_by("-number").first()
        draft.number = (newest.number or 0) + 1 if newest else 1
        draft.status, draft.published_at, draft.reviewed_by_id = (
            TemplateStatus.PUBLISHED, timezone.now(), actor.held_appointment,
        )  # fmt: skip
        draft.revision += 1
        draft.save(update_fields=["number", "status", "published_at", "reviewed_by", "revision", "changed_at"])
        record(actor, "papers.publish_template", draft, after={"kind": draft.kind, "number": draft.number})
    return draft


@transaction.atomic
def abandon_template(*, actor: Actor, version_id: int, revision: int) -> TemplateVersion:
    """Give the text up; what is in force stays. Raises Refused and Denied."""
    draft = _lock(actor, COMPILE, version_id, revision)
    draft.status = TemplateStatus.ABANDONED
    draft.revision += 1
    draft.save(update_fields=["status", "revision", "changed_at"])
    record(actor, "papers.abandon_template", draft)
    return draft


def _refuse_faulty(version_id: int) -> None:
    """Raise Refused when the text can't be set. Before the lock: setting takes a second or two."""
    draft = TemplateVersion.objects.get(pk=version_id)
    if draft.is_supplied:
        return
    if faults := find_faults(draft.declaration, draft.source):
        raise Refused("faulty", _("模板还有问题，不能送审和发布。%(fault)s") % {"fault": faults[0]}, "source")
