"""Dictionaries and entries for the conformance tests."""

from collections.abc import Mapping

from tests.conformance.samples import Sample
from zhengtong.capabilities.cases.models import Dictionary, DictionaryEntry
from zhengtong.core.identity.public import Organisation


def make_dictionary(_organisation: Organisation, number: int) -> Dictionary:
    return Dictionary.objects.create(code=f"sample-{number}", name=f"样例字典{number}", standard="GB/T 0000")


def make_entry(_organisation: Organisation, number: int) -> DictionaryEntry:
    dictionary, _is_new = Dictionary.objects.get_or_create(code="sample", defaults={"name": "样例字典"})
    return DictionaryEntry.objects.create(
        dictionary=dictionary, code=f"{number:02}", name=f"样例{number}", position=number
    )


SAMPLES: Mapping[str, Sample] = {
    "cases.dictionaries": Sample(
        make_dictionary,
        create=lambda _organisation: {"code": "sample-new", "name": "新字典", "standard": "GB/T 1"},
        amend=lambda _row: {"name": "改名的字典", "standard": "GB/T 2", "is_active": "on"},
    ),
    "cases.dictionary-entries": Sample(
        make_entry,
        create=lambda _organisation: {
            "dictionary": Dictionary.objects.get_or_create(code="sample", defaults={"name": "样例字典"})[0],
            "code": "N1",
            "name": "新的一项",
            "position": "99",
        },
        amend=lambda _row: {"name": "改名的一项", "position": "3", "is_active": "on"},
    ),
}
