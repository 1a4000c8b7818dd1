"""Nothing is granted without a power to grant it (法无授权不可为): items and new cases need a live one.

A case that was opened before its power was withdrawn goes on to its end.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.declarations import EndingRequest
from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.errors import PowerWithdrawn
from zhengtong.capabilities.cases.item_definition import UnusableDefinition
from zhengtong.capabilities.cases.models import Case, CaseKind
from zhengtong.capabilities.powers.public import find_live, find_withdrawal
from zhengtong.kernel.modules import registry

FEE_LIST = "fee"


class NoLivePower(UnusableDefinition):
    """An item names no power that may be exercised."""


def check_power(text: Mapping[str, Any], day: date) -> str:
    """Return the code of the power that an item's text names; a bundle has none of its own. Raises NoLivePower."""
    code = str(text.get("power", ""))
    if text.get("kind") == CaseKind.BUNDLE:
        return code
    name = text.get("name", text.get("code", "?"))
    if not code:
        raise NoLivePower(
            gettext("“%(name)s”没有写明所依据的权力事项（power）：没有列入清单的权力不能设立办理事项。")
            % {"name": name}
        )
    if find_live(code, day) is not None:
        return code
    gone = find_withdrawal(code, day)
    if gone is None:
        raise NoLivePower(
            gettext("“%(name)s”依据的权力事项 %(code)s 不在清单里，或者还没有生效，请先编制并发布它。")
            % {"name": name, "code": code}
        )
    raise NoLivePower(
        gettext("“%(name)s”依据的权力事项“%(power)s”（%(code)s）已于%(day)s取消，不能发布。依据：%(basis)s")
        % {"name": name, "power": gone.name, "code": code, "day": _say(gone.day), "basis": gone.basis}
    )


class NoLiveFee(NoLivePower):
    """An item charges a fee that isn't in the fee list."""


def list_fee_gaps(text: Mapping[str, Any], day: date) -> list[str]:
    """Return why the fees of an item's text may not be charged: 清单之外不得收费. A bundle has none of its own."""
    if text.get("kind") == CaseKind.BUNDLE:
        return []
    fees = text.get("fees", ())
    if text.get("fee", {}).get("amount") and not fees:
        return [gettext("写明了收费金额，没有写明是收费清单里的哪一项（fees）：清单之外不得收费。")]
    found = []
    for each in fees:
        entry = find_live(str(each.get("code", "")), day)
        if entry is None or entry.power_list.code != FEE_LIST:
            said = {"name": each.get("name", "?"), "code": each.get("code", "?")}
            found.append(gettext("收费“%(name)s”（%(code)s）不在现行的行政事业性收费清单里，不能收取。") % said)
    return found


def check_fees(text: Mapping[str, Any], day: date) -> None:
    """Refuse the text of an item that charges outside the fee list. Raises NoLiveFee."""
    if gaps := list_fee_gaps(text, day):
        raise NoLiveFee(f"{text.get('code', '?')}: {' '.join(gaps)}")


def refuse_withdrawn(version_id: int, day: date | None = None) -> None:
    """Raise PowerWithdrawn when the power that this version of an item names is withdrawn today, or on ``day``."""
    definition = get_definition(version_id)
    gone = find_withdrawal(str(definition.text.get("power", "")), day or timezone.localdate())
    if gone is not None:
        raise PowerWithdrawn(
            _("“%(item)s”依据的权力事项“%(power)s”已于%(day)s取消，不再受理新的申请。依据：%(basis)s"),
            item=definition.name,
            power=gone.name,
            day=_say(gone.day),
            basis=gone.basis,
        )


def refuse_new_grant(case: Case) -> None:
    """Raise PowerWithdrawn when the power is withdrawn under which ``case`` asks for something; one that ends a right
    needs none."""
    try:
        refuse_withdrawn(case.item_version_id)
    except PowerWithdrawn:
        if not any(each.asks(case) for each in registry.of(EndingRequest)):
            raise


def _say(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
