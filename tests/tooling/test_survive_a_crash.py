"""An instance was killed, or a part of it: what is left doesn't stand in the way, and what died comes back."""

import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from tooling import processes
from tooling.postgres import discard_stale_lock, server_on, socket_folder
from tooling.steps import Failed, Steps, fit, tail


@pytest.mark.parametrize(("deaths", "seconds"), [(1, 0), (2, 0.5), (3, 1), (4, 2), (20, 30)])
def test_what_dies_again_and_again_comes_back_more_slowly(deaths: int, seconds: float) -> None:
    assert processes.delay_after(deaths) == seconds


def test_a_dead_service_is_started_again_and_said_so() -> None:
    told: list[str] = []
    supervisor = processes.Supervisor(told.append)
    service = supervisor.add("网站", lambda: processes.start(["sleep", "60"]))
    try:
        first = service.child
        assert first is not None
        first.signal(signal.SIGKILL)
        first.process.wait()
        supervisor.look(service.started_at + 1)
        assert service.child is not None
        assert service.child.process.pid != first.process.pid
        assert service.child.is_running
        assert len(told) == 1
        assert "SIGKILL" in told[0]
    finally:
        supervisor.stop()
    assert supervisor.services == []


def test_a_child_that_ignores_the_request_is_killed_with_its_own_children(tmp_path: Path) -> None:
    note = tmp_path / "started"
    program = (
        "import os, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); child = os.fork();"
        f"child and open({str(note)!r}, 'w').write(str(child)); time.sleep(60)"
    )
    child = processes.start([sys.executable, "-c", program])
    while not (note.exists() and note.read_text()):
        assert child.is_running
    grandchild = int(note.read_text())
    child.stop(patience=0.1)
    assert child.process.returncode == -signal.SIGKILL
    state = Path(f"/proc/{grandchild}/stat")
    while state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z":
        pass  # the kernel is still ending it
    assert not child.is_running


def test_an_exit_is_described_by_status_or_signal() -> None:
    assert (processes.describe_exit(3), processes.describe_exit(-9)) == ("exit 3", "SIGKILL")


@pytest.mark.parametrize("content", ["", f"{os.getpid()}\n/somewhere\n"], ids=["empty", "another program"])
def test_a_lock_that_names_another_program_is_discarded(tmp_path: Path, content: str) -> None:
    lock = tmp_path / "postmaster.pid"
    lock.write_text(content)
    assert server_on(tmp_path) is None
    discard_stale_lock(tmp_path)
    assert not lock.exists()


def test_a_lock_of_a_process_that_is_gone_is_left_to_postgresql(tmp_path: Path) -> None:
    gone = processes.start(["true"])
    gone.process.wait()
    lock = tmp_path / "postmaster.pid"
    lock.write_text(f"{gone.process.pid}\n")
    discard_stale_lock(tmp_path)
    assert lock.exists()


def test_the_socket_has_a_short_private_folder_of_ones_own(tmp_path: Path) -> None:
    data = Path("/a/very/long/path") / ("deep/" * 40)
    folder = socket_folder(data, os.getuid(), tmp_path)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert socket_folder(data, os.getuid(), tmp_path) == folder
    assert len(f"/tmp/{folder.name}/.s.PGSQL.5432") <= 107
    # Somebody else was there before, with a link or with a folder that all may enter.
    folder.rmdir()
    folder.symlink_to(tmp_path)
    second = socket_folder(data, os.getuid(), tmp_path)
    assert second != folder
    second.chmod(0o755)
    assert socket_folder(data, os.getuid(), tmp_path) not in {folder, second}


def test_a_failed_step_shows_the_end_of_its_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps(tmp_path, is_terminal=False)
    with pytest.raises(Failed, match=r"“构建”失败.*setup\.log"):
        steps.run("构建", ["sh", "-c", "echo first; echo the reason >&2; exit 3"], ["touch", str(tmp_path / "after")])
    assert "the reason" in capsys.readouterr().out
    assert not (tmp_path / "after").exists()


def test_the_end_of_a_log_counts_progress_bars_as_lines(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("one\ntwo\r30 %\r60 %\n\n")
    assert tail(log, 2) == ["30 %", "60 %"]
    assert tail(tmp_path / "none.log", 2) == []
    assert fit("政通abc\x1b", 5) == "政通a"
