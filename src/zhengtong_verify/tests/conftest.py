"""An authority of the openssl command, and evidence that it sealed: once for all tests here."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhengtong_verify import journal
from zhengtong_verify.batch import write_batch
from zhengtong_verify.canonical import canonical, sm3
from zhengtong_verify.merkle import Tree
from zhengtong_verify.sealing import Seal, write_seal
from zhengtong_verify.tests.foreign import ForeignAuthority


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> ForeignAuthority:
    return ForeignAuthority(tmp_path_factory.mktemp("foreign"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> ForeignAuthority:
    """Another one that calls itself the same."""
    return ForeignAuthority(tmp_path_factory.mktemp("stranger"))


def seal_by(authority: ForeignAuthority, content: bytes) -> Seal:
    return Seal("p256", authority.sign(content), authority.certificates, authority.stamp(content))


def now() -> str:
    return datetime.now(UTC).isoformat()


def make_files(authority: ForeignAuthority, count: int = 5) -> dict[str, bytes]:
    """Return two of ``count`` records with their block and a root, as the platform would gather them."""
    texts = {
        number: canonical({"at": now(), "actor_name": "周敏", "action": "test.act", "agent": None, "n": number})
        for number in range(101, 101 + count)
    }
    tree = Tree([journal.entry_of_record(number, sm3(text)) for number, text in texts.items()])
    block = journal.write_block(number=7, previous="ab" * 32, root=tree.root.hex(), count=count, closed_at=now())
    over = Tree([journal.entry_of_block(each) for each in ("cd" * 32, journal.hash_header(block), "ef" * 32)])
    root = journal.write_root(number=2, previous="12" * 32, root=over.root.hex(), first=6, last=8, closed_at=now())
    files = {f"records/{number}.json": texts[number] for number in (102, 105)}
    files |= {"blocks/7.json": block, **write_seal("blocks/7.json", seal_by(authority, block))}
    files |= {"roots/2.json": root, **write_seal("roots/2.json", seal_by(authority, root))}
    proofs = {
        "records": [
            {"record": number, "block": 7, "place": number - 101, "proof": [e.hex() for e in tree.prove(number - 101)]}
            for number in (102, 105)
        ],
        "blocks": [{"block": 7, "root": 2, "place": 1, "proof": [each.hex() for each in over.prove(1)]}],
    }
    return files | {"proofs.json": canonical(proofs)}


def make_evidence(authority: ForeignAuthority, files: dict[str, bytes]) -> bytes:
    return write_batch(
        kind="evidence",
        files=files,
        seal=lambda content: seal_by(authority, content),
        made_at=now(),
        made_by="审计员",
        installation="http://localhost",
        about="测试",
    )


@pytest.fixture(scope="session")
def files(foreign: ForeignAuthority) -> dict[str, bytes]:
    return make_files(foreign)


@pytest.fixture(scope="session")
def evidence(foreign: ForeignAuthority, files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("evidence") / "evidence.zip"
    path.write_bytes(make_evidence(foreign, files))
    return path
