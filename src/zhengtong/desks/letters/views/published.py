"""The front page of letters, and what was published of them."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhengtong.capabilities.letters import public as letters
from zhengtong.capabilities.letters.public import PUBLISHED_KIND, LetterKind
from zhengtong.core.search.public import SearchAudience, search
from zhengtong.desks.letters.forms import KIND_WORDS
from zhengtong.kernel.policy import ANONYMOUS, ActorKind
from zhengtong.screens.access import actor_of
from zhengtong.screens.paging import paginate


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    context = {
        "kinds": [(kind.value, LetterKind(kind).label, words) for kind, words in KIND_WORDS.items()],
        "latest": letters.list_published().order_by("-published_at", "-id")[:5],
        "surveys": [each for each in letters.list_surveys().order_by("closes_at")[:20] if letters.is_open(each)][:3],
        "is_citizen": actor_of(request).kind is ActorKind.CITIZEN,
    }
    return render(request, "letters_desk/home.html", context)


@require_safe
def list_letters(request: HttpRequest) -> HttpResponse:
    """Published letters, the newest first or by words; narrowed by category."""
    found = letters.list_published()
    query = request.GET.get("q", "").strip()[:60]
    category = request.GET.get("category", "")
    if category.isascii() and category.isdigit() and len(category) < 10:
        found = found.filter(category_id=int(category))
    if query:
        # What is public is the same for everybody.
        hits = search(ANONYMOUS, query, audience=SearchAudience.PUBLIC, kinds=[PUBLISHED_KIND], limit=200).hits
        found = found.filter(pk__in=[hit.object_id for hit in hits])
    page = paginate(found, request.GET, order=("-published_at", "-id"), size=20)
    context = {
        "page": page,
        "query": query,
        "category": category,
        "categories": [("", ""), *((str(c.pk), c.name) for c in letters.list_categories())],
    }
    return render(request, "letters_desk/published.html", context)


@require_safe
def show_letter(request: HttpRequest, public_id: UUID) -> HttpResponse:
    published = letters.list_published().filter(public_id=public_id).first()
    if published is None:
        raise Http404
    return render(request, "letters_desk/published_letter.html", {"letter": published})
