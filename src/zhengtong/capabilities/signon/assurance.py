"""The checker of acts that ask for a proof: the rule of the day against what this session proved, and when."""

from django.http import HttpRequest

from zhengtong.capabilities.signon.domain import Strength
from zhengtong.capabilities.signon.selectors import get_step_up_rule, has_second_factor
from zhengtong.capabilities.signon.session import get_strength
from zhengtong.core.identity.public import Account
from zhengtong.kernel.assurance import AssuranceNeeded

# Changing one's own factors: no rule of the unit's weakens it.
OWN_FACTORS = "account"
OWN_FACTORS_MINUTES = 15


def get_requirement(account: Account, act: str) -> tuple[int, int]:
    """Return how strong a proof ``act`` asks of ``account``, and of how many minutes ago; (0, 0): none."""
    if act == OWN_FACTORS:
        return (Strength.TWO if has_second_factor(account) else Strength.ONE), OWN_FACTORS_MINUTES
    rule = get_step_up_rule(act)
    return (rule.strength, rule.minutes) if rule else (0, 0)


class RuleChecker:
    """Without a rule for an act nothing is asked; a stranger is for the view itself to send away."""

    def check(self, request: HttpRequest, act: str) -> None:
        account = request.user
        if not isinstance(account, Account):
            return
        strength, minutes = get_requirement(account, act)
        if not strength:
            return
        held = get_strength(request, account, within_seconds=minutes * 60)
        if held is None or held < strength:
            raise AssuranceNeeded(act, strength)
