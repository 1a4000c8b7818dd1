"""The licences module's door."""

from zhengtong.capabilities.licences.changing import get_request, list_differences, list_possible, start_request
from zhengtong.capabilities.licences.declarations import LicenceKind
from zhengtong.capabilities.licences.described import get_described_status
from zhengtong.capabilities.licences.events import LicenceIssued
from zhengtong.capabilities.licences.lookups import (
    LOOK_UP,
    answer_lookup,
    ask_lookup,
    list_asked_of,
    list_lookups,
    open_lookup,
)
from zhengtong.capabilities.licences.models import Licence, LicenceLookup, LicenceRequest, LookupState, RequestKind
from zhengtong.capabilities.licences.presenting import (
    SHOWN_SECONDS,
    Judged,
    Shown,
    judge_presented,
    list_content_certificates,
    note_presenting,
    present_licence,
)
from zhengtong.capabilities.licences.selectors import list_licences
from zhengtong.capabilities.licences.suspending import resume_licence, suspend_licence
from zhengtong.capabilities.licences.types import TypeInUse, count_types

__all__ = [
    "LOOK_UP",
    "SHOWN_SECONDS",
    "Judged",
    "Licence",
    "LicenceIssued",
    "LicenceKind",
    "LicenceLookup",
    "LicenceRequest",
    "LookupState",
    "RequestKind",
    "Shown",
    "TypeInUse",
    "answer_lookup",
    "ask_lookup",
    "count_types",
    "get_described_status",
    "get_request",
    "judge_presented",
    "list_asked_of",
    "list_content_certificates",
    "list_differences",
    "list_licences",
    "list_lookups",
    "list_possible",
    "note_presenting",
    "open_lookup",
    "present_licence",
    "resume_licence",
    "start_request",
    "suspend_licence",
]
