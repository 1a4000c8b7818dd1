"""Demo: what the three administrators have to sign in with, and from when on."""

from zhengtong.capabilities.signon import starting_rows
from zhengtong.capabilities.signon.domain import Strength
from zhengtong.capabilities.signon.models import FactorRule
from zhengtong.kernel.demo import DemoContext
from zhengtong.kernel.policy import SYSTEM

# Long enough for whoever tries the demo to come in by the password alone.
GRACE_DAYS = 180


def set_demands(context: DemoContext) -> None:
    starting_rows.load(actor=SYSTEM)
    FactorRule.objects.bulk_create(
        FactorRule(
            role=role,
            strength=Strength.TWO,
            effective_from=context.today,
            grace_days=GRACE_DAYS,
            basis="GB/T 22239—2019 8.1.4.1：采用两种或两种以上组合的鉴别技术",
        )
        for role in ("system_administrator", "security_administrator", "audit_administrator")
    )
