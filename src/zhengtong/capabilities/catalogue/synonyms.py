"""Writing the synonyms of the search: they count from the next search on, nothing is indexed anew."""

from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.models import Synonym
from zhengtong.capabilities.catalogue.permissions_finding import KEEP_SYNONYMS
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.core.search.public import clean, fold
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step


def read_words(text: str) -> str:
    """Return a group as it is kept. Raises Refused for fewer than two words."""
    found = list(
        dict.fromkeys(word.strip() for word in fold(clean(text)).replace("，", "、").split("、") if word.strip())
    )
    if len(found) < 2:
        raise Refused("too-few", _("至少写两个词，用顿号隔开。"), "words")
    return "、".join(found)[:200]


@step()
def add_synonym(*, actor: Actor, words: str, note: str = "") -> Synonym:
    """Add a group of words that mean the same. Raises Refused and Denied."""
    require(actor, KEEP_SYNONYMS)
    synonym = Synonym.objects.create(words=_fresh(read_words(words)), note=note.strip())
    record(actor, "catalogue.keep_synonym", synonym, after={"words": synonym.words})
    return synonym


@step()
def amend_synonym(*, actor: Actor, synonym: Synonym, words: str, note: str = "") -> Synonym:
    """Write a group anew. Raises Refused and Denied."""
    require(actor, KEEP_SYNONYMS, synonym)
    before = synonym.words
    synonym.words, synonym.note = _fresh(read_words(words), besides=synonym.pk), note.strip()
    synonym.save(update_fields=["words", "note"])
    record(actor, "catalogue.keep_synonym", synonym, before={"words": before}, after={"words": synonym.words})
    return synonym


@step()
def remove_synonym(*, actor: Actor, synonym: Synonym) -> None:
    """Raises Denied."""
    require(actor, KEEP_SYNONYMS, synonym)
    record(actor, "catalogue.keep_synonym", synonym, before={"words": synonym.words}, after={})
    synonym.delete()


def _fresh(words: str, besides: int = 0) -> str:
    if Synonym.objects.filter(words=words).exclude(pk=besides).exists():
        raise Refused("taken", _("已经有这一组同义词。"), "words")
    return words
