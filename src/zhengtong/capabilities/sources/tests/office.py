"""A data bureau with its manager of sources, for tests."""

from typing import Any

from tests.cast import Cast, _staff
from zhengtong.capabilities.sources.models import Source
from zhengtong.capabilities.sources.services.managing import register_source
from zhengtong.core.identity.public import Organisation, Reach, get_account_actor
from zhengtong.kernel.policy import Actor


def make_manager(cast: Cast, name: str = "source_manager", office: str = "澄波区市场监督管理局") -> Actor:
    organisation = Organisation.objects.get(name=office)
    account = _staff(name, "路遥", organisation, {"source_manager": Reach.OWN})
    cast.accounts[name] = account
    return get_account_actor(account)


def register(actor: Actor, server: Any, kind: str = "mariadb", **more: Any) -> Source:
    given = {"code": "firms", "name": "企业登记库", "is_writable": True, "settings": server.settings} | more
    organisation = Organisation.objects.get(pk=actor.organisation or 0)
    return register_source(actor=actor, organisation=organisation, kind=kind, **{"secrets": server.secrets} | given)
