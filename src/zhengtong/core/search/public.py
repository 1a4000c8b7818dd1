"""The search's door."""

from zhengtong.core.search.declarations import Feed, ResultPage, Searchable, SearchAudience
from zhengtong.core.search.indexing import drain, refresh
from zhengtong.core.search.selectors import Found, Hit, KindTotal, search, suggest
from zhengtong.core.search.snippets import Fragment

__all__ = [
    "Feed",
    "Found",
    "Fragment",
    "Hit",
    "KindTotal",
    "ResultPage",
    "SearchAudience",
    "Searchable",
    "drain",
    "refresh",
    "search",
    "suggest",
]
