"""What a file may be called."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.core.files.domain import (
    FORMS,
    HEAD_BYTES,
    NAME_MAX,
    Content,
    FileKind,
    describe_size,
    extension_of,
    sanitise_name,
    sniff,
)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("营业执照 正本.pdf", "营业执照 正本.pdf"),
        ("C:\\Users\\li\\执照.PDF", "执照.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("a\x00\r\nb.pdf", "ab.pdf"),
        ("<script>.pdf", "_script_.pdf"),
        (".pdf", "pdf.pdf"),
        ("", "file.pdf"),
        ("字" * 300 + ".pdf", "字" * 116 + ".pdf"),
        ("照片", "照片.pdf"),
    ],
)
def test_names(given_name: str, kept: str) -> None:
    assert sanitise_name(given_name, FileKind.PDF) == kept


@given(st.text(max_size=400), st.sampled_from([None, *FileKind]))
def test_any_name_becomes_a_safe_one(name: str, kind: FileKind | None) -> None:
    kept = sanitise_name(name, kind)
    assert 0 < len(kept) <= NAME_MAX
    assert not set('/\\<>:"|?*') & set(kept)
    assert kept not in {".", ".."}
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in kept)
    assert kind is None or extension_of(kept) in FORMS[kind].extensions
    assert sanitise_name(kept, kind) == kept


@given(st.binary(max_size=HEAD_BYTES))
def test_any_bytes_are_something(head: bytes) -> None:
    assert isinstance(sniff(head), FileKind | Content)


def test_sizes() -> None:
    sizes = [describe_size(size) for size in (900, 2048, 1_572_864, 20 << 20)]
    assert sizes == ["900 B", "2 KB", "1.5 MB", "20 MB"]
