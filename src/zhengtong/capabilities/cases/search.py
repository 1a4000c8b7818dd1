"""What of cases is found by searching: the items that one can apply for, and the cases of one's own organisations."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.models import Case, ItemVersion, ServiceItem
from zhengtong.capabilities.cases.services.papers import shown_applicant
from zhengtong.core.search.public import Feed, Searchable, SearchAudience

ITEM_KIND, CASE_KIND = "cases.item", "cases.case"
# Parts of an item's text that answer a visitor's words; what a form asks for doesn't.
_GUIDE = ("summary", "summary_en", "conditions", "guide", "faq", "materials", "legal_basis")
_WRITTEN = ("name", "title", "text", "question", "answer", "article")


def _published() -> QuerySet[ServiceItem]:
    return ServiceItem.objects.filter(is_published=True, is_standard=False)


def _item_words(item: ServiceItem) -> Iterator[str]:
    yield from item.aliases
    yield item.name_en
    yield from _definition(item).get("keywords_en", ())


def _item_text(item: ServiceItem) -> str:
    definition = _definition(item)
    # Told first, so that who finds it by a popular name sees why.
    called = _("也叫%(names)s。") % {"names": "、".join(item.aliases)} if item.aliases else ""
    return called + " ".join(_texts([definition[part] for part in _GUIDE if part in definition]))


def _definition(item: ServiceItem) -> Mapping[str, Any]:
    newest = item.versions.order_by("-number").values_list("definition", flat=True).first()
    return newest or {}


def _texts(value: Any) -> Iterator[str]:
    """Yield what is written for people in a part of a definition: names and sentences, not keys and codes."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        guide = all(isinstance(each, str) for each in value.values()) and not value.keys() & {"key", "name", "title"}
        yield from _texts([each for name, each in value.items() if guide or name in _WRITTEN])
    elif isinstance(value, Iterable):
        for each in value:
            yield from _texts(each)


def _filed() -> QuerySet[Case]:
    return Case.objects.filter(number__isnull=False).select_related("organisation").defer("form", "applicant_phone")


def _case_name(case: Case) -> str:
    return f"{case.item_name} {shown_applicant(case)}"


SEARCHABLES = (
    Searchable(
        kind=ITEM_KIND,
        title=_("事项"),
        model=ServiceItem,
        name=lambda item: item.name,
        words=_item_words,
        text=_item_text,
        slug="code",
        rows=_published,
        feeds=(Feed(ItemVersion, "item_id"),),
        audiences=frozenset(SearchAudience),
        order=20,
    ),
    Searchable(
        kind=CASE_KIND,
        title=_("办件"),
        model=Case,
        name=_case_name,
        # Found by the name in full, as in the list of cases; a natural person's is shown masked.
        words=lambda case: (case.applicant_name,),
        text=lambda case: case.organisation.name,
        reference="number",
        slug="number",
        newest="submitted_at",
        rows=_filed,
        audiences=frozenset({SearchAudience.STAFF}),
        permission="cases.view_case",
        order=10,
    ),
)
