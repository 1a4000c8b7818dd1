"""A key is made once, for one's own eyes, whole; a file that isn't a key is refused."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from zhengtong.kernel.keyfile import KEY_BYTES, UnusableKey, load_key

LOAD = (
    "import sys; from pathlib import Path; from zhengtong.kernel.keyfile import load_key;"
    "print('ready', flush=True); sys.stdin.readline(); print(load_key(Path(sys.argv[1])).hex())"
)


def test_a_key_is_made_at_first_use_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "data.key"
    key = load_key(path)
    assert (len(key), path.read_bytes()) == (KEY_BYTES, key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    load_key.cache_clear()
    assert load_key(path) == key
    assert [each.name for each in path.parent.iterdir()] == ["data.key"]


def test_processes_that_start_together_have_one_key(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "data.key"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", LOAD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _each in range(4)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    keys = {process.communicate(timeout=30)[0] for process in started}
    assert keys == {path.read_bytes().hex() + "\n"}
    assert [each.name for each in path.parent.iterdir()] == ["data.key"]


@pytest.mark.parametrize("content", [b"", b"short", bytes(KEY_BYTES + 1)])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data.key"
    path.write_bytes(content)
    with pytest.raises(UnusableKey, match=r"data\.key"):
        load_key(path)
    assert path.read_bytes() == content
