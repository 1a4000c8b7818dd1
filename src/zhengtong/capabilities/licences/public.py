"""The licences module's door."""

from zhengtong.capabilities.licences.changing import get_request, list_differences, list_possible, start_request
from zhengtong.capabilities.licences.declarations import LicenceKind
from zhengtong.capabilities.licences.described import get_described_status
from zhengtong.capabilities.licences.events import LicenceIssued
from zhengtong.capabilities.licences.models import Licence, LicenceRequest, RequestKind
from zhengtong.capabilities.licences.selectors import list_licences

__all__ = [
    "Licence",
    "LicenceIssued",
    "LicenceKind",
    "LicenceRequest",
    "RequestKind",
    "get_described_status",
    "get_request",
    "list_differences",
    "list_licences",
    "list_possible",
    "start_request",
]
