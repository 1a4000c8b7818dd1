"""allauth's adapter with what sign-on adds: the second factor's stage, every try kept, demands noted."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.middleware import is_demand_unmet, note_demand
from zhengtong.capabilities.signon.models import Outcome
from zhengtong.capabilities.signon.selectors import get_demand, get_factors
from zhengtong.capabilities.signon.services.attempts import note_failure, note_success
from zhengtong.capabilities.signon.session import keep_proofs, list_proofs
from zhengtong.capabilities.signon.stages import SecondFactorStage
from zhengtong.core.identity.public import Account, AccountAdapter, get_account_actor
from zhengtong.screens.formats import cn_date


class SignOnAdapter(AccountAdapter):
    def get_login_stages(self) -> list[str]:
        own = f"{SecondFactorStage.__module__}.{SecondFactorStage.__name__}"
        return [*super().get_login_stages(), own]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            note_failure(request=request, account=self._find_account(credentials), outcome=Outcome.LOCKED)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        note_failure(request=request, account=self._find_account(credentials), outcome=Outcome.WRONG_PASSWORD)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        assert isinstance(user, Account)
        proofs = list_proofs(request, user)
        actor = get_account_actor(user, address=self.get_client_ip(request))
        note_success(request=request, actor=actor, account=user, proofs=proofs)
        session = UserSession.objects.filter(session_key=request.session.session_key).first()
        if session is not None:
            keep_proofs(session, proofs)
        note_demand(request, user)
        if is_demand_unmet(request):
            return redirect("signon:security")
        self._announce_demand(request, user)
        return response

    @staticmethod
    def _announce_demand(request: HttpRequest, account: Account) -> None:
        demand = get_demand(account)
        if demand is not None and get_factors(account).strongest < demand.strength:
            text = _("您任职的岗位（%(role)s）从 %(by)s 起要用更强的方式登录，请尽早到“我的账号—登录安全”添加")
            messages.warning(request, text % {"role": demand.role_title, "by": cn_date(demand.by)})
