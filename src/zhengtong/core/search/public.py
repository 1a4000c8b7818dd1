"""The search's door."""

from zhengtong.core.search.declarations import Feed, ResultPage, Searchable, SearchAudience
from zhengtong.core.search.indexing import drain, refresh
from zhengtong.core.search.matching import Condition, either, every, list_ways
from zhengtong.core.search.query import Part, Query, parse
from zhengtong.core.search.selectors import Found, Hit, KindTotal, search, suggest
from zhengtong.core.search.snippets import Fragment, cut_snippet, list_needles
from zhengtong.core.search.snippets import mark as mark_words
from zhengtong.core.search.text import clean, fold, index_words

__all__ = [
    "Condition",
    "Feed",
    "Found",
    "Fragment",
    "Hit",
    "KindTotal",
    "Part",
    "Query",
    "ResultPage",
    "SearchAudience",
    "Searchable",
    "clean",
    "cut_snippet",
    "drain",
    "either",
    "every",
    "fold",
    "index_words",
    "list_needles",
    "list_ways",
    "mark_words",
    "parse",
    "refresh",
    "search",
    "suggest",
]
