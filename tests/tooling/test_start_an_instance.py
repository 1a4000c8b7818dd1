"""An operator starts an instance: where it lives, and what is said when that can't be."""

import os
import socket
from pathlib import Path

import pytest

from tooling.instance import ROOT, Instance, Stamp, digest, locked, require_free_port
from tooling.steps import Failed


def test_an_instance_without_settings_lives_in_the_clone() -> None:
    instance = Instance.read({})
    assert (instance.port, instance.folder, instance.public_url) == (8000, ROOT / "var", "http://localhost:8000")


def test_a_moved_instance_takes_its_address_from_its_port() -> None:
    instance = Instance.read({"PORT": "8100", "DATA_DIR": "/srv/second", "PUBLIC_URL": ""})
    assert (instance.folder, instance.public_url) == (Path("/srv/second"), "http://localhost:8100")


def test_what_is_started_knows_its_instance() -> None:
    instance = Instance.read({"PORT": "8100", "PUBLIC_URL": "https://anlan.example/", "TODAY": "2026-03-02"})
    environ = instance.environ("postgresql:///city")
    assert environ["PUBLIC_URL"] == "https://anlan.example"
    assert environ["DATABASE_URL"] == "postgresql:///city"
    assert environ["TODAY"] == "2026-03-02"
    assert environ["PATH"].startswith(str(ROOT / ".venv"))


@pytest.mark.parametrize("port", ["eight", "0", "65536", "-1", "８０００", "80 00"])
def test_an_unusable_port_is_refused_in_words(port: str) -> None:
    with pytest.raises(Failed, match="PORT 应为"):
        Instance.read({"PORT": port})


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_port_in_use_is_refused_with_another_to_try(address: str) -> None:
    with socket.socket() as taken:
        # Servers share their port this way; it must be noticed all the same.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind((address, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Failed, match=f"端口 {port} 已被占用.*PORT={port + 1}"):
            require_free_port(port)
    require_free_port(port)


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    with locked(lock, "busy"), pytest.raises(Failed, match="busy"), locked(lock, "busy"):
        pass
    with locked(lock, "busy"):
        assert lock.exists()


def test_a_stamp_holds_until_a_source_changes(tmp_path: Path) -> None:
    source = tmp_path / "src" / "a.txt"
    source.parent.mkdir()
    source.write_text("one")
    before = digest(source.parent, tmp_path / "lock")
    stamp = Stamp(tmp_path / "made" / "stamp", before)
    assert not stamp.holds()
    stamp.set()
    assert stamp.holds()
    os.utime(source, (0, 0))
    (source.parent / "__pycache__").mkdir()
    (source.parent / "__pycache__" / "a.pyc").write_text("compiled")
    assert digest(source.parent, tmp_path / "lock") == before
    for change in (
        lambda: source.write_text("two"),
        lambda: source.rename(source.with_name("b.txt")),
        lambda: (tmp_path / "lock").write_text(""),
    ):
        last = digest(source.parent, tmp_path / "lock")
        change()
        assert digest(source.parent, tmp_path / "lock") != last
