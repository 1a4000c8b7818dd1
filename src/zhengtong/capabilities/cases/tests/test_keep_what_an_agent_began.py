"""What an agent began for an enterprise stays with the enterprise when she may no longer act for it."""

from tests.cast import Cast
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.identity import public as identity


def test_the_representative_goes_on_with_it(cast: Cast) -> None:
    own = identity.Mandate.objects.get(citizen__account=cast.accounts["owner"])
    mandate = identity.grant_mandate(actor=cast.owner, mandate=own, name="李秋", contact="13900005678")
    agent = identity.get_citizen_actor(cast.accounts["citizen"], mandate=mandate)
    case = cases.start_draft(actor=agent, office=cast.office, form={})
    identity.revoke_mandate(actor=cast.owner, mandate=mandate)
    assert cases.get_case_by_public_id(cast.owner, case.public_id) is not None
    assert cases.get_case_by_public_id(cast.citizen, case.public_id) is None
