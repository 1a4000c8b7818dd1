"""What the engine is allowed to know of a contract: its frozen content, and whether it holds at this moment."""

from django.utils import timezone

from zhengtong.capabilities.contracts.public import Contract, ContractContent, may_run


def read_terms(contract: Contract) -> ContractContent:
    return ContractContent.from_json(contract.content)


def why_not(contract_id: int) -> str:
    """Return why no data may move by the contract at this moment, "" when it may: its row is read anew."""
    contract = Contract.objects.only("number", "state", "reason", "valid_from", "valid_until").get(pk=contract_id)
    return may_run(contract, timezone.localdate())
