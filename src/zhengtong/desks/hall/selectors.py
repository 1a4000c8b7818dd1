"""What the hall's pages read, put together from the doors of cases, papers and licences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.db.models import prefetch_related_objects
from django.utils import timezone

from zhengtong.capabilities.bundles.public import BundlePart, is_bundle
from zhengtong.capabilities.cases.public import (
    ITEM_KIND,
    Case,
    CaseKind,
    Decision,
    ItemDefinition,
    ItemVersion,
    LegalState,
    ServiceItem,
    get_definition,
    list_cases,
    list_items,
    list_own_cases,
    shown_applicant,
)
from zhengtong.capabilities.payments.public import describe_fees
from zhengtong.capabilities.supervision.public import list_busiest_items
from zhengtong.core.papers.public import Paper
from zhengtong.core.search.public import SearchAudience, search, suggest
from zhengtong.desks.hall.standing import Progress, count_progress
from zhengtong.desks.hall.status import get_chip
from zhengtong.kernel.policy import Actor

COUNTED = 99
POPULAR_DAYS = 90
POPULAR_SECONDS = 600
_DECISIONS = {"cases.grant", "cases.refusal"}


@dataclass(frozen=True)
class ShownCase:
    """A case in a list."""

    case: Case
    word: str
    tone: str
    progress: Progress | None = None  # of a bundle


@dataclass(frozen=True)
class OwnSummary:
    """What waits for a citizen: counts stop at ``COUNTED`` + 1."""

    drafts: int
    waiting: int
    active: int
    latest: Sequence[ShownCase]


def show_cases(cases: Iterable[Case]) -> list[ShownCase]:
    """Return rows of a list; of bundles with how many parts are done and how many wait for the applicant."""
    found = list(cases)
    parts: dict[int, list[BundlePart]] = {}
    bundles = [case.pk for case in found if is_bundle(case)]
    for part in BundlePart.objects.filter(parent__in=bundles).select_related("item", "case__decision"):
        parts.setdefault(part.parent_id, []).append(part)
    return [
        ShownCase(case, *get_chip(case), count_progress(parts[case.pk]) if case.pk in parts else None) for case in found
    ]


def list_popular(limit: int) -> list[ServiceItem]:
    """Return what was applied for most in the last ``POPULAR_DAYS``, filled up by name; counted every ten minutes."""
    busiest: list[int] | None = cache.get("hall.busiest")
    if busiest is None:
        busiest = list_busiest_items(timezone.localdate() - timedelta(days=POPULAR_DAYS))
        cache.set("hall.busiest", busiest, POPULAR_SECONDS)
    single = list_items().exclude(kind=CaseKind.BUNDLE)
    # Some may have been withdrawn since.
    found = sorted(single.filter(pk__in=busiest[: 2 * limit]), key=lambda item: busiest.index(item.pk))[:limit]
    return [*found, *single.exclude(pk__in=[item.pk for item in found])[: limit - len(found)]]


def get_own_summary(actor: Actor) -> OwnSummary:
    """Return what the front door tells a signed-in citizen first."""
    own = list_own_cases(actor)
    ended = (
        LegalState.NOT_REQUIRED,
        LegalState.NOT_COMPETENT,
        LegalState.DELIVERED,
        LegalState.ARCHIVED,
        LegalState.WITHDRAWN,
        LegalState.COMPLETED,
    )
    drafts = own.filter(state=LegalState.DRAFT)
    # A part of a bundle that waits for her is a matter of its own.
    waiting = list_cases(actor).filter(state=LegalState.NEED_MATERIALS).order_by("-created_at", "-id")
    active = own.exclude(state__in=[*ended, LegalState.DRAFT])
    first = [*waiting[:3], *active.exclude(state=LegalState.NEED_MATERIALS)[:3], *drafts[:3]][:3]
    return OwnSummary(
        drafts=drafts[: COUNTED + 1].count(),
        waiting=waiting[: COUNTED + 1].count(),
        active=active[: COUNTED + 1].count(),
        latest=show_cases(first),
    )


def find_items(actor: Actor, query: str, limit: int = 20) -> list[ServiceItem]:
    """Return the items that are called so, the best first: by name, popular name or pinyin, else by what guides say."""
    found = search(actor, query, audience=SearchAudience.PUBLIC, kinds=[ITEM_KIND], limit=limit)
    return _list_items(hit.object_id for hit in found.hits)


def suggest_items(actor: Actor, query: str, limit: int = 6) -> list[ServiceItem]:
    """Return the items that are called as ``query`` begins; where none is, those whose guides say so."""
    hits = suggest(actor, query, audience=SearchAudience.PUBLIC, kinds=[ITEM_KIND], limit=limit)
    return _list_items(hit.object_id for hit in hits) or find_items(actor, query, limit)


def _list_items(ids: Iterable[int]) -> list[ServiceItem]:
    """Return items in the order of their ids, as far as they are still published."""
    wanted = list(ids)
    items = list_items().in_bulk(wanted)
    return [items[each] for each in wanted if each in items]


def list_live_definitions(items: Iterable[ServiceItem]) -> list[tuple[ServiceItem, ItemDefinition]]:
    """Return items with their newest text, in one query for what the process doesn't hold yet."""
    found = list(items)
    newest = dict(ItemVersion.objects.filter(item__in=found).order_by("item_id", "number").values_list("item_id", "id"))
    return [(item, get_definition(newest[item.pk])) for item in found if item.pk in newest]


@dataclass(frozen=True)
class ShownGrant:
    """A published grant: the applicant as a stranger may read her."""

    number: str
    item: str
    applicant: str
    organ: str
    decided_at: datetime
    code: str


def list_shown_grants(decisions: Iterable[Decision]) -> list[ShownGrant]:
    """Return what the public reads of granted licences (行政许可法 第四十条), each with the code that verifies it."""
    shown = []
    decisions = list(decisions)
    prefetch_related_objects(decisions, "case__documents__paper")
    for decision in decisions:
        case = decision.case
        papers = {document.paper.kind: document.paper for document in case.documents.all()}
        # The licence where there is one, else the decision itself.
        paper = next((p for kind, p in papers.items() if not kind.startswith("cases.")), papers.get("cases.grant"))
        shown.append(
            ShownGrant(
                number=decision.number,
                item=case.item_name,
                applicant=shown_applicant(case),
                organ=case.organisation.name,
                decided_at=decision.decided_at,
                code=paper.code if paper else "",
            )
        )
    return shown


def get_paper_of_file(upload: "UploadedFile[bytes]") -> Paper | None:
    """Return the paper whose issued file is, byte for byte, ``upload``; it is read in pieces and not kept."""
    digest = sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return Paper.objects.filter(file__sha256=digest.hexdigest()).first()


def list_papers(case: Case) -> list[Paper]:
    """Return the papers of ``case``: licence and decision first, then the notices, the newest first. A licence whose
    fee is due isn't among them yet."""
    fees = describe_fees(case)
    papers = [each.paper for each in case.documents.filter(is_internal=False).select_related("paper").order_by("-id")]
    papers = [paper for paper in papers if not fees.withholds(paper.kind)]
    notices = ("cases.", "payments.")
    return sorted(papers, key=lambda paper: (paper.kind.startswith(notices), paper.kind not in _DECISIONS))


def get_receipt(case: Case) -> Paper | None:
    """Return the latest receipt of ``case``, None for a case that has none."""
    documents = case.documents.filter(paper__kind="cases.receipt").select_related("paper").order_by("-id")
    document = documents.first()
    return document.paper if document else None
