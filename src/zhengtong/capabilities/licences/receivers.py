"""A granted case leads to its licence, or does with a licence what its holder asked for."""

from zhengtong.capabilities.cases.public import CaseGranted
from zhengtong.capabilities.licences.changing import apply_request, get_request
from zhengtong.capabilities.licences.services import issue_licence
from zhengtong.kernel.events import receives


@receives(CaseGranted)
def issue(event: CaseGranted) -> None:
    request = get_request(event.case)
    if request is not None:
        request.case = event.case
        apply_request(actor=event.actor, request=request)
    else:
        issue_licence(actor=event.actor, case=event.case)
