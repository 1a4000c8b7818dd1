"""What the tests of the interface path share: two organisations, a provider's server, nothing remembered of before."""

from collections.abc import Iterator

import pytest

from tests.cast import Cast
from zhengtong.capabilities.interfaces.gateway import rules, stamps
from zhengtong.capabilities.interfaces.gateway.answering import answer_keys
from zhengtong.capabilities.interfaces.gateway.quota import quotas
from zhengtong.capabilities.interfaces.tests.office import Office, open_office
from zhengtong.capabilities.interfaces.tests.provider import Provider
from zhengtong.capabilities.pki.public import prepare_trust
from zhengtong.core.identity.public import Organisation


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    server = Provider()
    yield server
    server.stop()


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.forget()
    return running


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """A test's rows are gone after it: so is what the process remembers of them."""
    for each in (answer_keys, quotas, rules, stamps):
        each.forget()


@pytest.fixture
def here(cast: Cast) -> Organisation:
    return Organisation.objects.get(name="澄波区人民政府")


@pytest.fixture
def there(cast: Cast) -> Organisation:
    return Organisation.objects.get(name="禾溪县人民政府")


@pytest.fixture
def office(provider: Provider, here: Organisation, there: Organisation) -> Office:
    prepare_trust()
    return open_office(here, there, provider.address)
