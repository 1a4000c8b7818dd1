"""The security desk's screens, declared: sign-ins, people and their factors, sessions, resets, rules."""

from zhengtong.desks.security.screens.policy import FactorRuleScreens, StepUpRuleScreens, WatchRuleScreens
from zhengtong.desks.security.screens.sign_ins import (
    AttemptScreens,
    PersonScreens,
    ResetScreens,
    SessionScreens,
)

SCREENS = (
    AttemptScreens(),
    PersonScreens(),
    SessionScreens(),
    ResetScreens(),
    FactorRuleScreens(),
    StepUpRuleScreens(),
    WatchRuleScreens(),
)
