"""Somebody brings a sealed file back: the platform says which seal it was, how it stood then and stands now."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from zhengtong.capabilities.seals import public as seals
from zhengtong.capabilities.seals.checking import find_standing
from zhengtong.capabilities.seals.models import LedgerRow, Seal, SealUse
from zhengtong.capabilities.seals.tests.office import Office
from zhengtong.core.files.public import open_bytes

RENDERS = ("pdf", "ofd")


def content_of(use: SealUse, render: str) -> bytes:
    file = use.sealed_copies.get(render=render).file
    assert file is not None
    return open_bytes(file)


def sentences(content: bytes) -> str:
    report = seals.check_file(content)
    return " ".join(check.sentence for check in [*report.checks, *(c for seal in report.seals for c in seal.checks)])


@pytest.fixture
def use(office: Office, seal: Seal) -> SealUse:
    return office.sealed(seal, with_ofd=True)


@pytest.mark.parametrize("render", RENDERS)
def test_a_file_sealed_here_names_its_seal_and_its_row_of_the_ledger(render: str, use: SealUse, seal: Seal) -> None:
    content = content_of(use, render)
    row = LedgerRow.objects.get(copy__render=render)
    said = sentences(content)
    assert seals.check_file(content).verdict == "genuine"
    assert f"“{seal.name}”（{seal.code}）。盖章时：使用中；现在：使用中" in said
    assert f"用印台账第 {row.number} 号" in said


def test_how_a_seal_stood_is_told_of_the_moment_it_was_used(seal: Seal, office: Office) -> None:
    assert seal.making is not None
    fingerprint = seal.making.certificate.fingerprint
    enabled = seal.steps.get(act="enable").at
    seals.suspend_seal(actor=office.keeper, seal=seal, reason="清理")

    def stood(at: datetime) -> tuple[str, str, bool]:
        standing = find_standing(fingerprint, at)
        assert standing is not None
        return standing.then, standing.now, standing.was_in_use

    assert stood(enabled - timedelta(seconds=1)) == ("还没有启用", "已停用", False)
    assert stood(enabled) == ("使用中", "已停用", True)
    assert stood(timezone.now()) == ("已停用", "已停用", False)
    assert find_standing("0" * 64, enabled) is None


def test_a_byte_more_or_less_is_another_file(use: SealUse) -> None:
    content = content_of(use, "pdf")
    # A comment after the end changes nothing that is seen, but the file isn't the platform's own any more.
    assert "没有和它一字不差" in sentences(content + b"\n% more")
    # Within the signed range: the page's own bytes.
    changed = content.replace(b"q Q", b"Q q", 1)
    assert changed != content
    assert seals.check_file(changed).verdict == "changed"
    assert seals.check_file(content[: len(content) // 2]).verdict in ("unreadable", "unsealed", "changed")
