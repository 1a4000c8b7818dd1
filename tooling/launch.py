"""`make run`: from a bare clone to the demo city, and back to nothing running."""

import contextlib
import http.client
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tooling import environment, packages, processes
from tooling.instance import ROOT, Instance, Stamp, digest, locked, require_free_port
from tooling.postgres import Postgres, relaunch
from tooling.steps import Failed, Steps, say, tail

ZHENGTONG = str(environment.VENV / "bin" / "zhengtong")
_LOG_LIMIT = 20_000_000


@contextlib.contextmanager
def database(postgres: Postgres, supervisor: processes.Supervisor) -> Iterator[str]:
    """Start a private database under ``supervisor``'s care and yield its address, written to a file as well."""
    postgres.prepare()
    child = postgres.launch()
    supervisor.add("数据库", lambda: relaunch(postgres), child=child)
    postgres.await_ready(child)
    note = postgres.folder / "database-url"
    note.write_text(postgres.url + "\n")
    try:
        yield postgres.url
    finally:
        note.unlink(missing_ok=True)


def run(instance: Instance) -> int:
    """Prepare and run the platform until it is told to stop. Raises Failed with a sentence."""
    require_free_port(instance.port)
    steps = Steps(instance.folder / "log")
    supervisor = processes.Supervisor(say)
    private = not instance.database_url
    busy = f"{instance.folder} 正由另一个实例使用，请用 DATA_DIR= 换一个 · another instance runs there, choose another"
    with contextlib.ExitStack() as until_stopped:
        until_stopped.enter_context(locked(instance.folder / "run.lock", busy))
        until_stopped.callback(supervisor.stop)
        say(f"政通 · 准备 {instance.folder}")
        packages.install(steps, "run", *(["database"] if private else []))
        environment.prepare(steps, {"frontend"})
        url = instance.database_url
        if private:
            url = until_stopped.enter_context(database(Postgres(instance.folder, steps), supervisor))
        env = instance.environ(url)
        supervisor.add("签名服务", _service("signer", instance.folder, [ZHENGTONG, "signer"], env))
        mark = _mark(instance, env) if private else None
        is_known = mark is not None and mark.holds() and (instance.folder / "static").is_dir()
        if not is_known:
            _fill(steps, instance, env)
        require_free_port(instance.port)
        web = supervisor.add(
            "网站", _service("web", instance.folder, [ZHENGTONG, "serve", "--port", str(instance.port)], env)
        )
        supervisor.add("任务", _service("worker", instance.folder, [ZHENGTONG, "worker"], env))
        # Asked for while the website starts; both take a second or two.
        accounts = _accounts(instance.folder, env, again=not is_known)
        steps.wait("网站 · website", _ready(instance, supervisor, web), patience=120)
        _welcome(instance, accounts())
        if mark is not None:
            mark.set()
        while True:
            supervisor.look(time.monotonic())
            time.sleep(0.2)


def _mark(instance: Instance, env: dict[str, str]) -> Stamp:
    """Return the mark, inside the private cluster so that it goes with it, that this version filled the database."""
    value = digest(ROOT / "src", ROOT / "uv.lock", also=f"{env['PUBLIC_URL']} {env.get('DEMO')} {instance.today}")
    return Stamp(instance.folder / "postgres" / "zhengtong.filled", value)


def _fill(steps: Steps, instance: Instance, env: dict[str, str]) -> None:
    """Bring the database, the static files and the seeds up to this version, and load the demo once."""
    steps.run("数据库结构与基础数据 · migrations and seeds", [ZHENGTONG, "migrate"], env=env, cwd=ROOT)
    steps.run("证书颁发机构 · certificate authority", [ZHENGTONG, "prepare_trust"], env=env, cwd=ROOT)
    if _has_demo(env):
        today = ["--today", instance.today] if instance.today else []
        steps.run("演示城市 · demo city", [ZHENGTONG, "demo", "load", "--once", *today], env=env, cwd=ROOT)


def _has_demo(env: Mapping[str, str]) -> bool:
    return env.get("DEMO", "").strip().lower() in {"", "1", "true", "yes", "on"}


def _service(name: str, folder: Path, command: list[str], env: dict[str, str]) -> Callable[[], processes.Child]:
    def launch() -> processes.Child:
        path = folder / "log" / f"{name}.log"
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size > _LOG_LIMIT:
                path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as output:
            return processes.start(command, name=name, env=env, cwd=ROOT, output=output)

    return launch


def _ready(instance: Instance, supervisor: processes.Supervisor, web: processes.Service) -> Callable[[], bool]:
    """Return the question whether the website is ready; it raises Failed when the website dies again and again."""

    def ask() -> bool:
        supervisor.look(time.monotonic())
        if web.failures >= 3:
            log = instance.folder / "log" / "web.log"
            raise Failed(f"网站没有启动 · the website did not start ({log}):\n    " + "\n    ".join(tail(log, 20)))
        connection = http.client.HTTPConnection("127.0.0.1", instance.port, timeout=10)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ask


def _accounts(folder: Path, env: dict[str, str], *, again: bool) -> Callable[[], str]:
    """Ask for the demo's accounts, or remember the last answer, and return how to get it."""
    path = folder / "log" / "accounts.log"
    if not _has_demo(env):
        return lambda: ""
    if not again and path.exists():
        return path.read_text
    with path.open("wb") as output:
        child = processes.start([ZHENGTONG, "demo", "accounts"], env=env, cwd=ROOT, output=output)

    def answer() -> str:
        child.process.wait()
        if child.process.returncode != 0:
            raise Failed(
                f"演示账号列不出来（{path}）· the accounts can't be listed:\n    " + "\n    ".join(tail(path, 8))
            )
        return path.read_text()

    return answer


def _welcome(instance: Instance, accounts: str) -> None:
    here = f"http://localhost:{instance.port}"
    lines = [
        "",
        f"政通已就绪 · ready: {instance.public_url}/",
        *([f"  本机 · on this machine: {here}/"] if instance.public_url != here else []),
        f"  工作台 · workbench:  {instance.public_url}/desk/",
        f"  接口 · API:          {instance.public_url}/api/openapi.json",
        f"  日志 · logs:         {instance.folder / 'log'}",
        "",
        *([accounts.rstrip(), ""] if accounts else []),
        "按 Ctrl-C 停止 · Ctrl-C stops it",
    ]
    say("\n".join(lines))


def run_until_stopped(instance: Instance) -> int:
    """:func:`run`, with the end that was asked for counted as success."""
    try:
        return run(instance)
    except processes.Stopped as stopped:
        say(f"\n已停止 · stopped ({signal.Signals(stopped.number).name})")
        return os.EX_OK
