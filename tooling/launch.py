"""`make run`: from a bare clone to the demo city, and back to nothing running."""

import contextlib
import http.client
import os
import signal
import time
from collections.abc import Callable, Iterator
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
        _migrate(steps, instance, env, remember=private)
        if env.get("DEMO", "1").strip().lower() in {"", "1", "true", "yes", "on"}:
            today = ["--today", instance.today] if instance.today else []
            steps.run("演示城市 · demo city", [ZHENGTONG, "demo", "load", "--once", *today], env=env, cwd=ROOT)
        require_free_port(instance.port)
        web = supervisor.add(
            "网站", _service("web", instance.folder, [ZHENGTONG, "serve", "--port", str(instance.port)], env)
        )
        supervisor.add("任务", _service("worker", instance.folder, [ZHENGTONG, "worker"], env))
        # Asked for while the website starts; both take a second or two.
        accounts = _accounts(instance.folder, env)
        steps.wait("网站 · website", _ready(instance, supervisor, web), patience=120)
        _welcome(instance, accounts)
        while True:
            supervisor.look(time.monotonic())
            time.sleep(0.2)


def _migrate(steps: Steps, instance: Instance, env: dict[str, str], *, remember: bool) -> None:
    """Bring database, static files and seeds up to this version, unless the private cluster has a mark of it."""
    value = digest(ROOT / "src", ROOT / "uv.lock", also=env["PUBLIC_URL"]) if remember else ""
    stamp = Stamp(instance.folder / "postgres" / "zhengtong.migrated", value)
    if remember and stamp.holds() and (instance.folder / "static").is_dir():
        return
    steps.run("数据库结构与基础数据 · migrations and seeds", [ZHENGTONG, "migrate"], env=env, cwd=ROOT)
    if remember:
        stamp.set()


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


def _accounts(folder: Path, env: dict[str, str]) -> Callable[[], str]:
    """Ask for the demo's accounts and return how to get the answer."""
    path = folder / "log" / "accounts.log"
    with path.open("wb") as output:
        child = processes.start([ZHENGTONG, "demo", "accounts"], env=env, cwd=ROOT, output=output)

    def answer() -> str:
        child.process.wait()
        return path.read_text() if child.process.returncode == 0 else f"  （见 {path}）"

    return answer


def _welcome(instance: Instance, accounts: Callable[[], str]) -> None:
    text = accounts().rstrip()
    say()
    say(f"政通已就绪 · ready: {instance.public_url}/")
    if instance.public_url != f"http://localhost:{instance.port}":
        say(f"  本机 · on this machine: http://localhost:{instance.port}/")
    say(f"  工作台 · workbench:  {instance.public_url}/desk/")
    say(f"  接口 · API:          {instance.public_url}/api/openapi.json")
    say(f"  日志 · logs:         {instance.folder / 'log'}")
    say()
    say(text)
    say()
    say("按 Ctrl-C 停止 · Ctrl-C stops it")


def run_until_stopped(instance: Instance) -> int:
    """:func:`run`, with the end that was asked for counted as success."""
    try:
        return run(instance)
    except processes.Stopped as stopped:
        say(f"\n已停止 · stopped ({signal.Signals(stopped.number).name})")
        return os.EX_OK
