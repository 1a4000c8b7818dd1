"""Who seals the journal in tests that are about the journal: an authority run by the openssl command."""

from dataclasses import dataclass

import pytest

from zhengtong.core.audit.sealing import BlockSealer, Seal
from zhengtong.core.crypto.public import SignerUnavailable
from zhengtong.kernel.modules import Module, registry
from zhengtong_verify.tests.foreign import ForeignAuthority


@dataclass
class Sealing:
    """The installed sealer; ``is_away`` stops it as a dead signer would."""

    authority: ForeignAuthority
    is_away: bool = False

    def seal(self, header: bytes) -> Seal:
        if self.is_away:
            raise SignerUnavailable
        by = self.authority
        return Seal("p256", by.sign(header), by.certificates, by.stamp(header))


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> ForeignAuthority:
    return ForeignAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def sealing(authority: ForeignAuthority, monkeypatch: pytest.MonkeyPatch) -> Sealing:
    """Seal by the foreign authority instead of by whatever this installation declares."""
    made = Sealing(authority)
    kept = {
        code: Module(each.code, each.title, tuple(d for d in each.declares if not isinstance(d, BlockSealer)))
        for code, each in registry.modules.items()
    }
    kept["foreign"] = Module("foreign", "外部", (BlockSealer("foreign", made.seal),))
    monkeypatch.setattr(registry, "modules", kept)
    return made


@pytest.fixture
def sealing_by_the_platform(db: None) -> None:
    """The signer and the authority of time as an installation has them: the session's own signer process."""
