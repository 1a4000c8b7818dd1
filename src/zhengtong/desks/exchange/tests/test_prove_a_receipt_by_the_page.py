"""The commands that the receipts' page prints are run as they stand, on what the page hands out."""

import html
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from tests.conformance.samples import sign_in
from zhengtong.capabilities.exchange.models import RunState
from zhengtong.capabilities.exchange.tests.conftest import Exchange, exchange, places

__all__ = ["exchange", "places"]


class Folder:
    """Where a person put what the page gave her, and the lines that she copies from it."""

    def __init__(self, path: Path, page: str) -> None:
        self.path, self.page = path, page

    def read(self, part: str) -> str:
        found = re.search(rf'<pre[^>]* id="{part}"[^>]*><code>(.*?)</code></pre>', self.page, re.S)
        assert found, part
        # The interpreter of the tests is the machine's ``python``.
        return re.sub(r"^python ", f"{sys.executable} ", html.unescape(found[1]), flags=re.M)

    def run(self, part: str, *, only: str = "") -> "subprocess.CompletedProcess[str]":
        lines = "\n".join(line for line in self.read(part).splitlines() if only in line)
        return subprocess.run(["sh", "-ec", lines], cwd=self.path, capture_output=True, text=True, check=False)


@pytest.fixture(params=["aes256", "sm4"])
def folder(request: pytest.FixtureRequest, settings: Settings, exchange: Exchange, tmp_path: Path) -> Folder:
    settings.DATA_CIPHER = request.param
    exchange.give(1, 30)
    run = exchange.run(exchange.agree())
    assert run.state == RunState.DONE, run.message
    assert run.receipt.is_stamped
    client = sign_in("receipt-reader", run.contract.consumer, "exchange.view")
    page = client.get(reverse("exchange_desk:receipts")).content.decode()
    given = client.get(reverse("exchange_desk:receipt", args=[run.pk]))
    name = re.search(r'filename="(.+)"', given["Content-Disposition"])
    assert name
    (tmp_path / name[1]).write_bytes(given.content)
    for address, kept_as in re.findall(r'href="([^"]+)" download="([^"]+)"', page):
        answer = Client().get(address)
        assert answer.status_code == 200
        (tmp_path / kept_as).write_bytes(answer.content)
    return Folder(tmp_path, page)


@pytest.mark.django_db(transaction=True)
def test_the_printed_commands_succeed_and_fail_with_one_byte_flipped(folder: Folder) -> None:
    good = folder.run("verify")
    assert good.returncode == 0, good.stdout + good.stderr
    stamp = folder.run("openssl")
    assert stamp.returncode == 0, stamp.stderr
    assert "Verification: OK" in stamp.stdout + stamp.stderr

    manifest = folder.path / "receipt" / "manifest.json"
    whole = manifest.read_bytes()
    manifest.write_bytes(_flip(whole))
    assert folder.run("openssl", only="openssl ts").returncode != 0
    manifest.write_bytes(whole)
    assert folder.run("openssl", only="openssl ts").returncode == 0

    (archive,) = folder.path.glob("*.zip")
    with zipfile.ZipFile(archive) as opened:
        entries = {name: opened.read(name) for name in opened.namelist()}
    for name in ("receipt.json", "manifest.json"):
        with zipfile.ZipFile(archive, "w") as written:
            for each, content in entries.items():
                written.writestr(each, _flip(content) if each == name else content)
        assert folder.run("verify").returncode != 0, name


def _flip(content: bytes) -> bytes:
    twin = bytearray(content)
    twin[len(twin) // 2] ^= 1
    return bytes(twin)
