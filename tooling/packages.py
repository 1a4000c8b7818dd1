"""The Debian packages that have to be there: they are installed, or a sentence asks a person to do it."""

import contextlib
import glob
import os
import shutil
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tooling.instance import ROOT
from tooling.steps import Failed, Steps

LIST = ROOT / "tooling" / "apt.txt"
# PostgreSQL's package starts a server of its own unless told otherwise; the platform has its private one.
_NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/zhengtong-installing.conf")


@dataclass(frozen=True)
class Package:
    name: str
    proof: str

    @property
    def is_installed(self) -> bool:
        return bool(glob.glob(self.proof.format(stdlib=sysconfig.get_path("stdlib"))))


def parse(text: str) -> dict[str, list[Package]]:
    """Return the packages of each section of the list."""
    sections: dict[str, list[Package]] = {}
    current: list[Package] = []
    for line in text.splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        elif line:
            name, proof = line.split()
            current.append(Package(name, proof))
    return sections


def missing(sections: Sequence[str]) -> list[str]:
    """Return the names of the packages of ``sections`` that aren't there, in the list's order."""
    known = parse(LIST.read_text())
    return [package.name for section in sections for package in known[section] if not package.is_installed]


def command_for(names: Sequence[str]) -> str:
    """Return the command that installs ``names``, as a person types it."""
    return f"apt-get update && apt-get install -y --no-install-recommends {' '.join(names)}"


def request(names: Sequence[str]) -> str:
    """Return the sentence that asks a person without root's rights to have ``names`` installed."""
    return (
        f"缺少系统软件 {'、'.join(names)}，安装需要 root 权限。请以 root 身份执行下面的命令，再运行一次：\n"
        f"These packages are missing and installing them needs root. Run this as root, then try again:\n\n"
        f"    {command_for(names)}\n"
    )


@contextlib.contextmanager
def _without_a_cluster(names: Sequence[str]) -> Iterator[None]:
    if "postgresql" not in names or Path("/usr/share/postgresql-common").exists():
        yield
        return
    _NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
    _NO_CLUSTER.write_text("create_main_cluster = false\n")
    try:
        yield
    finally:
        _NO_CLUSTER.unlink(missing_ok=True)


def install(steps: Steps, *sections: str) -> None:
    """Install what is missing of ``sections``. Raises Failed with the command to run when that takes another person."""
    names = missing(sections)
    if not names:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Failed(request(names))
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    with _without_a_cluster(names):
        steps.run(
            f"安装系统软件 · system packages ({', '.join(names)})",
            ["dpkg", "--configure", "-a"],  # what an interrupted installation left half done
            ["apt-get", "-q", "update"],
            ["apt-get", "-q", "install", "-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0", *names],
            env=env,
        )
    if still := missing(sections):
        raise Failed(request(still))
