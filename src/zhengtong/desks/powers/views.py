"""The lists of power as the public reads them: found by organ, kind and words, each with how often it was exercised."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhengtong.capabilities.cases.public import ITEM_KIND
from zhengtong.capabilities.powers.public import (
    PowerEntry,
    PowerKind,
    PowerState,
    PowerVersion,
    VersionStatus,
    compare,
    describe_changes,
    describe_text,
    get_shown,
    get_version_on,
    list_lists,
    list_organs,
    list_shown,
    list_versions,
)
from zhengtong.core.search.public import ResultPage
from zhengtong.desks.powers.exercise import get_record
from zhengtong.kernel.modules import registry
from zhengtong.screens.paging import paginate

SIZE = 20
TONES = {PowerState.LIVE: "success", PowerState.COMING: "info", PowerState.WITHDRAWN: "neutral"}


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to; what can't be read is left out."""

    words: str
    power_list: str
    kind: str
    organ: str
    withdrawn: bool

    @classmethod
    def read(cls, query: QueryDict) -> "Wanted":
        kind = query.get("kind", "")
        return cls(
            words=query.get("q", "").strip()[:100],
            power_list=query.get("list", "")[:40],
            kind=kind if kind in PowerKind.values else "",
            organ=query.get("organ", "").strip()[:60],
            withdrawn=query.get("withdrawn", "") == "1",
        )

    def narrow(self, found: QuerySet[PowerEntry]) -> QuerySet[PowerEntry]:
        if not self.withdrawn:
            found = found.exclude(state=PowerState.WITHDRAWN)
        if self.power_list:
            found = found.filter(power_list__code=self.power_list)
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.organ:
            found = found.filter(organ=self.organ)
        for word in self.words.split()[:5]:
            found = found.filter(Q(name__icontains=word) | Q(code__istartswith=word) | Q(basis_words__icontains=word))
        return found

    @property
    def is_narrowed(self) -> bool:
        return any((self.words, self.power_list, self.kind, self.organ, self.withdrawn))


@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    wanted = Wanted.read(request.GET)
    found = wanted.narrow(list_shown())
    page = paginate(found, request.GET, order=("code",), size=SIZE)
    context = {
        "wanted": wanted,
        "page": page,
        "entries": [(entry, TONES[PowerState(entry.state)]) for entry in page.rows],
        "lists": list(list_lists()),
        "kinds": PowerKind.choices,
        "organs": list_organs(),
        "chosen": next((each for each in list_lists() if each.code == wanted.power_list), None),
    }
    return render(request, "powers_desk/list.html", context)


@require_safe
def show_entry(request: HttpRequest, power: str) -> HttpResponse:
    entry = get_shown(power)
    if entry is None:
        raise Http404
    today = timezone.localdate()
    published = list(list_versions(entry, [VersionStatus.PUBLISHED]))
    holding = get_version_on(power, today)
    version = next((each for each in published if holding and each.pk == holding.pk), published[-1])
    context = {
        "entry": entry,
        "version": version,
        "text": describe_text(version.text),
        "tone": TONES[PowerState(entry.state)],
        "is_withdrawn": entry.state == PowerState.WITHDRAWN,
        "record": get_record(entry, today),
        "guide": get_guide(),
        "history": list(_history(published)),
        "coming": [each for each in published if each.effective_from and each.effective_from > today],
    }
    return render(request, "powers_desk/entry.html", context)


def _history(published: list[PowerVersion]) -> list[dict[str, Any]]:
    """Return the published versions, the newest first, each with what it changed."""
    pairs = zip(published, [*published[1:], None], strict=True)
    return [
        {
            "version": version,
            "changes": describe_changes(compare(before.text, version.text)) if before is not None else [],
        }
        for version, before in pairs
    ]


def get_guide() -> str:
    """Return the name of the address of an item's guide, "" when no desk has one."""
    return next((page.url_name for page in registry.of(ResultPage) if page.kind == ITEM_KIND), "")
