"""Applications for the tests, made through the registry's own services."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.cast import Cast, _staff, make_cast
from zhengtong.capabilities.signon.applications import services
from zhengtong.capabilities.signon.applications.models import Application, ApplicationKind, Audience
from zhengtong.capabilities.signon.applications.tests.party import CALLBACK
from zhengtong.core.identity import public as identity
from zhengtong.kernel.policy import Actor


@dataclass
class Registry:
    """Who applies and who reviews, and a system that was approved."""

    cast: Cast
    applicant: Actor
    reviewer: Actor
    outsider: Actor

    def apply(self, **changes: Any) -> Application:
        asked: dict[str, Any] = {
            "name": "城市运行管理平台",
            "purpose": "登录后处理城市运行事件",
            "kind": ApplicationKind.WEB,
            "audience": Audience.BOTH,
            "scopes": ["profile"],
            "redirect_addresses": CALLBACK,
        }
        return services.apply_for_application(actor=self.applicant, **(asked | changes))

    def enabled(self, *, is_consent_waived: bool = False, **changes: Any) -> Application:
        applied = self.apply(**changes)
        return services.approve_application(
            actor=self.reviewer, application=applied, opinion="同意", is_consent_waived=is_consent_waived
        )

    def secret(self, application: Application) -> str:
        return services.issue_secret(actor=self.applicant, application=application)


def make_registry(cast: Cast) -> Registry:
    hall = identity.Organisation.objects.get(name="澄波区人民政府")
    elsewhere = identity.Organisation.objects.get(name="禾溪县人民政府")
    subtree = identity.Reach.SUBTREE
    people = {
        "app_owner": _staff("app_owner", "许文博", hall, {"application_owner": subtree}),
        "app_security": _staff("app_security", "严守正", hall, {"security_administrator": subtree}),
        "app_outsider": _staff(
            "app_outsider", "外区人", elsewhere, {"application_owner": subtree, "security_administrator": subtree}
        ),
    }
    cast.accounts |= people
    return Registry(cast, *(identity.get_account_actor(account) for account in people.values()))


@pytest.fixture
def registry(cast: Cast) -> Registry:
    return make_registry(cast)


@pytest.fixture
def live_registry(transactional_db: None, live_server: Any, settings: Any) -> Registry:
    """The same where a server answers on a port: everything is really committed."""
    settings.PUBLIC_URL = live_server.url
    return make_registry(make_cast())
