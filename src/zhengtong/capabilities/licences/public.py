"""The licences module's door."""

from zhengtong.capabilities.licences.declarations import LicenceKind
from zhengtong.capabilities.licences.models import Licence
from zhengtong.capabilities.licences.selectors import list_licences
from zhengtong.capabilities.licences.services import issue_licence

__all__ = ["Licence", "LicenceKind", "issue_licence", "list_licences"]
