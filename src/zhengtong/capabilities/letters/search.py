"""What of letters is found by searching: by its number and category at the desks, published ones by everybody."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.letters.models import Letter, PublishedLetter
from zhengtong.capabilities.letters.permissions import VIEW
from zhengtong.core.search.public import Searchable, SearchAudience

LETTER_KIND, PUBLISHED_KIND = "letters.letter", "letters.published"


def _letters() -> QuerySet[Letter]:
    # What the writer wrote is sealed and stays out of the index.
    return Letter.objects.select_related("category", "organisation", "region").defer(
        "title", "body", "place", "writer_name", "writer_phone", "score_comment"
    )


def _published() -> QuerySet[PublishedLetter]:
    return PublishedLetter.objects.filter(is_withdrawn=False).select_related("category", "organisation")


SEARCHABLES = (
    Searchable(
        kind=LETTER_KIND,
        title=_("来信"),
        model=Letter,
        name=lambda letter: letter.subject,
        text=lambda letter: f"{letter.organisation.name} {letter.region.name}",
        reference="number",
        slug="number",
        newest="received_at",
        rows=_letters,
        audiences=frozenset({SearchAudience.STAFF}),
        permission=VIEW,
        order=15,
    ),
    Searchable(
        kind=PUBLISHED_KIND,
        title=_("来信选登"),
        model=PublishedLetter,
        name=lambda letter: letter.title,
        text=lambda letter: f"{letter.body} {letter.answer}",
        words=lambda letter: (letter.category.name, letter.organisation.name),
        slug="public_id",
        newest="published_at",
        rows=_published,
        audiences=frozenset(SearchAudience),
        order=40,
    ),
)
