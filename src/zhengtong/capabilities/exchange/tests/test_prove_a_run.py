"""Either side proves a run without the platform: the receipt, its chain, the rows beside it; and what isn't so is told."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from zhengtong.capabilities.contracts.public import compile_masks
from zhengtong.capabilities.exchange.engine.chunks import write_chunk
from zhengtong.capabilities.exchange.engine.receipts import stamp_waiting
from zhengtong.capabilities.exchange.engine.terms import read_terms
from zhengtong.capabilities.exchange.models import Run, RunState
from zhengtong.capabilities.exchange.tests.conftest import Exchange
from zhengtong.capabilities.pki.public import get_trust_anchors
from zhengtong.capabilities.sources.drivers.postgresql import stream
from zhengtong.capabilities.sources.public import Landing, open_target

PROVEN, FALSE = 0, 1


@pytest.fixture
def run(exchange: Exchange) -> Run:
    exchange.give(1, 30)
    exchange.database.execute("UPDATE giver.people SET note = '备注' WHERE id % 3 = 0")
    return exchange.run(exchange.agree())


@pytest.fixture
def files(run: Run, tmp_path: Path) -> Path:
    (tmp_path / "receipt.zip").write_bytes(bytes(run.receipt.archive))
    (tmp_path / "root.pem").write_text("".join(_write_pem(anchor) for anchor in get_trust_anchors()))
    (tmp_path / "rows.bin").write_bytes(read_rows(run))
    return tmp_path


def _write_pem(anchor: Any) -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    der = anchor if isinstance(anchor, bytes) else bytes(anchor.der)
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode()


def read_rows(run: Run) -> bytes:
    """Return the target's own rows in the canonical form, as its owner would write them out."""
    content = read_terms(run.contract)
    assert run.contract.target is not None
    with open_target(run.contract.target) as target:
        landing = Landing(content.target_table, content.landing_columns, content.key, "x")
        target.prepare(landing)
        query = f"SELECT {', '.join(each.name for each in content.landing_columns)} FROM taker.people ORDER BY ctid"
        batches: list[pa.RecordBatch] = list(stream(target._connection, query, content.landing_columns, 50_000))  # type: ignore[attr-defined]  # its own connection
    assert compile_masks(content)
    return b"".join(bytes(part) for batch in batches for part in write_chunk(batch))


def verify(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "zhengtong_verify", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_verifier_says_true_and_false_with_one_byte_flipped(run: Run, files: Path) -> None:
    assert run.state == RunState.DONE, run.message
    assert run.receipt.is_stamped
    good = verify(files, "receipt.zip", "--root", "root.pem", "--data", "rows.bin")
    assert good.returncode == PROVEN, good.stdout + good.stderr
    assert "来源 30 行 = 送达 30 行 + 隔离 0 行" in good.stdout

    content = (files / "rows.bin").read_bytes()
    for place in (0, len(content) // 2, len(content) - 1):
        twin = bytearray(content)
        twin[place] ^= 1
        (files / "twin.bin").write_bytes(twin)
        bad = verify(files, "receipt.zip", "--root", "root.pem", "--data", "twin.bin")
        assert bad.returncode == FALSE
        assert "第 1 块与回执不符" in bad.stdout

    with zipfile.ZipFile(files / "receipt.zip") as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    for name in ("receipt.json", "manifest.json", "manifest.json.sig", "manifest.json.tst"):
        twin = bytearray(entries[name])
        twin[len(twin) // 2] ^= 1
        (files / "twin.zip").write_bytes(_zip(entries | {name: bytes(twin)}))
        assert verify(files, "twin.zip", "--root", "root.pem").returncode != PROVEN, name


def _zip(entries: dict[str, bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return into.getvalue()


def test_openssl_accepts_the_token_over_the_manifest(files: Path) -> None:
    with zipfile.ZipFile(files / "receipt.zip") as archive:
        archive.extractall(files)
    command = ["openssl", "ts", "-verify", "-token_in", "-in", "manifest.json.tst", "-CAfile", "root.pem", "-data"]
    good = subprocess.run([*command, "manifest.json"], cwd=files, capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    (files / "twin.json").write_bytes((files / "manifest.json").read_bytes() + b" ")
    assert subprocess.run([*command, "twin.json"], cwd=files, capture_output=True, check=False).returncode != 0


def test_counts_that_were_altered_under_a_new_digest_are_found_by_their_sum(run: Run) -> None:
    from zhengtong_verify.canonical import canonical
    from zhengtong_verify.receipt import check_receipt

    with zipfile.ZipFile(io.BytesIO(bytes(run.receipt.archive))) as archive:
        receipt = json.loads(archive.read("receipt.json"))
    assert not [each for each in check_receipt({"receipt.json": canonical(receipt)}) if not each.passed]
    receipt["rows"]["held"] = 5
    found = check_receipt({"receipt.json": canonical(receipt)})
    assert [each.code for each in found if not each.passed] == ["receipt-counts"]
    receipt["window"] = "2020"
    assert "chunk-chain" in [each.code for each in check_receipt({"receipt.json": canonical(receipt)})]


def test_while_nobody_signs_or_stamps_the_run_goes_on_and_is_stamped_later(
    exchange: Exchange, settings: Any, tmp_path: Path
) -> None:
    exchange.give(1, 3)
    contract = exchange.agree()
    usual, settings.SIGNER_SOCKET = settings.SIGNER_SOCKET, tmp_path / "nobody"
    run = exchange.run(contract)
    assert run.state == RunState.DONE, run.message
    assert not run.receipt.is_stamped
    assert stamp_waiting() == 0
    settings.SIGNER_SOCKET = usual
    assert stamp_waiting() == 1
    receipt = Run.objects.get(pk=run.pk).receipt
    assert receipt.is_stamped
    (tmp_path / "receipt.zip").write_bytes(bytes(receipt.archive))
    (tmp_path / "root.pem").write_text("".join(_write_pem(anchor) for anchor in get_trust_anchors()))
    assert verify(tmp_path, "receipt.zip", "--root", "root.pem").returncode == PROVEN
