"""A granted case leads to its licence."""

from zhengtong.capabilities.cases.public import CaseGranted
from zhengtong.capabilities.licences.services import issue_licence
from zhengtong.kernel.events import receives


@receives(CaseGranted)
def issue(event: CaseGranted) -> None:
    issue_licence(actor=event.actor, case=event.case)
