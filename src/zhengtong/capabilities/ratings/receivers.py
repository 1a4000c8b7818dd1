"""What ratings do when something happens below them: a bad rating is given, an office is succeeded."""

from zhengtong.capabilities.cases.public import CaseAppraised
from zhengtong.capabilities.ratings.services.clocks import succeed_office
from zhengtong.capabilities.ratings.services.following import is_bad, open_follow_up
from zhengtong.core.identity.public import OrganisationSucceeded
from zhengtong.kernel.events import receives


@receives(CaseAppraised)
def follow_up_bad_rating(event: CaseAppraised) -> None:
    if is_bad(event.appraisal.score):
        open_follow_up(appraisal=event.appraisal, case=event.case)


@receives(OrganisationSucceeded)
def go_on_under_the_successor(event: OrganisationSucceeded) -> None:
    succeed_office(actor=event.actor, organisation_id=event.organisation_id, successor_id=event.successor_id)
