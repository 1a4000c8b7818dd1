"""The second factor as a stage of allauth's sign-in: after the password, before anybody is signed in."""

from allauth.account.internal import flows  # noqa: F401  (stages can only be imported after flows)
from allauth.account.stages import LoginStage
from django.http import HttpResponse
from django.shortcuts import redirect

from zhengtong.capabilities.signon.selectors import has_second_factor
from zhengtong.core.identity.public import Account

SECOND_FACTOR = "second_factor"
# Set on a sign-in that proved two factors in one step.
IS_WHOLE = "is_whole"


class SecondFactorStage(LoginStage):
    key = SECOND_FACTOR
    urlname = "signon:second_factor"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if not isinstance(user, Account) or self.login.state.get(IS_WHOLE) or not has_second_factor(user):
            return None, True
        return redirect("signon:second_factor"), True
