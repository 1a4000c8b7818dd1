"""The licences module's door."""

from zhengtong.capabilities.licences.declarations import LicenceKind
from zhengtong.capabilities.licences.described import get_described_status
from zhengtong.capabilities.licences.events import LicenceIssued
from zhengtong.capabilities.licences.models import Licence
from zhengtong.capabilities.licences.selectors import list_licences

__all__ = ["Licence", "LicenceIssued", "LicenceKind", "get_described_status", "list_licences"]
