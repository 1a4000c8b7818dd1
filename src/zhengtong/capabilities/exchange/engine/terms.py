"""What the engine is allowed to know of a contract: its frozen content, and whether it holds at this moment."""

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import Contract, ContractContent, ContractState


def read_terms(contract: Contract) -> ContractContent:
    return ContractContent.from_json(contract.content)


def why_not(contract_id: int) -> str:
    """Return why no data may move by the contract at this moment, "" when it may."""
    contract = Contract.objects.only("number", "state", "reason", "valid_from", "valid_until").get(pk=contract_id)
    today = timezone.localdate()
    if contract.state != ContractState.EFFECTIVE:
        said = _("合约 %(number)s 的状态是“%(state)s”。") % {
            "number": contract.number,
            "state": contract.get_state_display(),
        }
        return f"{said}{contract.reason}"
    if not contract.valid_from <= today <= contract.valid_until:
        return _("合约 %(number)s 今天不在有效期内。") % {"number": contract.number}
    return ""
