"""What a module says of a model so that its rows are found: :class:`Searchable`, and the page a hit leads to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Model, QuerySet

from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Declaration, Text, registry


class SearchAudience(StrEnum):
    """Who searches: everybody, a citizen among her own rows as well, staff among those of their organisations."""

    PUBLIC = "public"
    CITIZEN = "citizen"
    STAFF = "staff"


@dataclass(frozen=True)
class Feed:
    """Another table that a row's text is made of: whatever changes there makes the row named by ``column`` anew."""

    model: type[Model]
    column: str


def _nothing(_row: Any) -> str:
    return ""


def _no_words(_row: Any) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Searchable(Declaration):
    """Rows of ``model`` as they are searched. The primary key is an integer.

    Who finds a row: with the audience ``PUBLIC`` everybody; ``STAFF`` who has ``permission`` in the row's
    organisation, ``CITIZEN`` its owner when ``permission`` is one of the owner's actions. Organisation, owner and
    legal entity are those of the model's :class:`~zhengtong.core.identity.public.Protected`, without which only a
    public kind is found. A row with a mark is found by who is cleared for it.

    ``name`` gives the title, ``words`` what the row is also called (found like a title, never shown), ``text`` the
    rest, of which a snippet is shown. ``reference`` names the field of its number, found by its beginning. ``newest``
    names the moment that newer hits come first by. ``rows`` gives the queryset of what is searchable at all, with what
    the callables read joined. A hit leads to ``page`` with ``slug`` as its one argument; see :class:`ResultPage`.

    Raise ``version`` when the callables give something else than before: the rows are then indexed anew.
    """

    kind: str
    title: Text
    model: type[Model]
    name: Callable[[Any], str]
    text: Callable[[Any], str] = _nothing
    words: Callable[[Any], Iterable[str]] = _no_words
    reference: str = ""
    slug: str = ""
    newest: str = ""
    audiences: frozenset[SearchAudience] = frozenset({SearchAudience.STAFF})
    permission: str = ""
    rows: Callable[[], QuerySet[Any]] | None = None
    feeds: tuple[Feed, ...] = ()
    page: str = ""
    order: int = 100
    version: int = 1

    @property
    def key(self) -> str:
        return self.kind

    @property
    def is_public(self) -> bool:
        return SearchAudience.PUBLIC in self.audiences

    @property
    def protection(self) -> Protected | None:
        """How the model's rows are protected, None when nothing says so."""
        try:
            return registry.get(Protected, self.model._meta.label_lower)
        except LookupError:
            return None

    @property
    def fingerprint(self) -> str:
        """Changes when what is stored of a row does: a new version, another way to protect it."""
        rule = self.protection
        scope = (rule.organisation, rule.owner, rule.entity, rule.mark) if rule else ()
        return "/".join([str(self.version), self.reference, self.slug, self.newest, *scope])

    def list_rows(self) -> QuerySet[Any]:
        return self.rows() if self.rows else self.model._default_manager.all()


@dataclass(frozen=True)
class ResultPage(Declaration):
    """The page on which a desk shows hits of a kind that a lower storey declares.

    ``url_name`` takes the row's slug. A hit leads to the first page that the actor's permissions open.
    """

    kind: str
    url_name: str
    permission: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind} {self.url_name}"
