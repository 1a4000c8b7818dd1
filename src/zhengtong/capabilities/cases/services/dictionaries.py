"""Keeping dictionaries: entries are added and put out of use, never deleted, since answers name them."""

import re
import tomllib
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.dictionaries import forget_entries
from zhengtong.capabilities.cases.errors import Unacceptable
from zhengtong.capabilities.cases.models import Dictionary, DictionaryEntry
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor, require

COMPILE = "cases.compile_item"
STARTING = Path(__file__).parents[1] / "seed" / "dictionaries.toml"


@transaction.atomic
def load_dictionaries(*, actor: Actor) -> int:
    """Add the dictionaries and entries that every installation starts with; return how many entries were new.

    What is there stays as an office has changed it.
    """
    require(actor, COMPILE)
    with STARTING.open("rb") as file:
        texts = tomllib.load(file)["dictionary"]
    added = 0
    for text in texts:
        dictionary, _is_new = Dictionary.objects.get_or_create(
            code=text["code"], defaults={"name": text["name"], "standard": text["standard"]}
        )
        known = set(dictionary.entries.values_list("code", flat=True))
        new = [
            DictionaryEntry(dictionary=dictionary, code=code, name=name, position=position)
            for position, (code, name) in enumerate(text["entries"], 1)
            if code not in known
        ]
        added += len(DictionaryEntry.objects.bulk_create(new))
    if added:
        record(actor, "cases.add_dictionary_entry", ("cases.dictionary", "seed"), after={"added": added})
        forget_entries()
    return added


@transaction.atomic
def add_dictionary(*, actor: Actor, code: str, name: str, standard: str) -> Dictionary:
    """Start a dictionary. Raises Unacceptable when its code is taken, or no code."""
    require(actor, COMPILE)
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,59}", code):
        raise Unacceptable(_("代码以小写字母开头，只用小写字母、数字和短横线。"), "code")
    try:
        with transaction.atomic():
            dictionary = Dictionary.objects.create(code=code, name=name.strip(), standard=standard.strip())
    except IntegrityError:
        raise Unacceptable(_("这个代码已经有字典了。"), "code") from None
    record(actor, "cases.add_dictionary", dictionary, after={"code": code, "name": dictionary.name})
    return dictionary


@transaction.atomic
def amend_dictionary(
    *, actor: Actor, dictionary: Dictionary, name: str, standard: str, is_active: bool = False
) -> Dictionary:
    """Name a dictionary anew, or put it out of use for forms that are compiled from now on."""
    require(actor, COMPILE, dictionary)
    before = {"name": dictionary.name, "standard": dictionary.standard, "is_active": dictionary.is_active}
    dictionary.name, dictionary.standard, dictionary.is_active = name.strip(), standard.strip(), is_active
    dictionary.save(update_fields=["name", "standard", "is_active"])
    after = {"name": dictionary.name, "standard": dictionary.standard, "is_active": is_active}
    record(actor, "cases.amend_dictionary", dictionary, before=before, after=after)
    return dictionary


@transaction.atomic
def add_entry(*, actor: Actor, dictionary: Dictionary, code: str, name: str, position: int) -> DictionaryEntry:
    """Add a code to a dictionary. Raises Unacceptable when it has it."""
    require(actor, COMPILE)
    try:
        with transaction.atomic():
            entry = DictionaryEntry.objects.create(
                dictionary=dictionary, code=code.strip(), name=name.strip(), position=position
            )
    except IntegrityError:
        raise Unacceptable(_("这部字典里已经有这个代码。"), "code") from None
    record(actor, "cases.add_dictionary_entry", entry, after={"dictionary": dictionary.code, "code": entry.code})
    forget_entries()
    return entry


@transaction.atomic
def amend_entry(
    *, actor: Actor, entry: DictionaryEntry, name: str, position: int, is_active: bool = False
) -> DictionaryEntry:
    """Name an entry anew, move it, or put it out of use; its code stays what answers say."""
    require(actor, COMPILE, entry)
    before = {"name": entry.name, "position": entry.position, "is_active": entry.is_active}
    entry.name, entry.position, entry.is_active = name.strip(), position, is_active
    entry.save(update_fields=["name", "position", "is_active"])
    after = {"name": entry.name, "position": position, "is_active": is_active}
    record(actor, "cases.amend_dictionary_entry", entry, before=before, after=after)
    forget_entries()
    return entry
