"""What bundles do when something happens below them: to a part, or to the text of an item."""

from zhengtong.capabilities.bundles.services.following import follow_part
from zhengtong.capabilities.bundles.services.opinions import drop_questions
from zhengtong.capabilities.bundles.services.publishing import follow_item
from zhengtong.capabilities.bundles.services.visits import drop_invitations
from zhengtong.capabilities.cases.public import (
    CaseAccepted,
    CaseDelivered,
    CaseEventBase,
    CaseGranted,
    CasePaused,
    CaseRefused,
    CaseResumed,
    CaseTurnedAway,
    CaseWithdrawn,
    CorrectionsRequested,
    ItemPublished,
)
from zhengtong.kernel.events import receives


@receives(
    CaseAccepted,
    CaseDelivered,
    CaseGranted,
    CasePaused,
    CaseRefused,
    CaseResumed,
    CaseTurnedAway,
    CaseWithdrawn,
    CorrectionsRequested,
)
def follow(event: CaseEventBase) -> None:
    follow_part(event)


@receives(ItemPublished)
def compile_again(event: ItemPublished) -> None:
    follow_item(event.item, actor=event.actor)


@receives(CaseGranted, CaseRefused, CaseWithdrawn)
def take_back_what_was_asked(event: CaseEventBase) -> None:
    if event.case.parent_id is not None:
        drop_invitations(event.case)
        drop_questions(event.case)
