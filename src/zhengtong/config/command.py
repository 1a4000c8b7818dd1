"""``zhengtong``: Django's commands, and those that start the platform's processes."""

import os
import sys
from pathlib import Path

from zhengtong.config.environment import UnusableEnvironment


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengtong.config.settings")
    arguments = sys.argv[1:]
    try:
        match arguments[:1]:
            case ["serve"]:
                serve(arguments[1:])
            case ["worker"]:
                worker()
            case ["signer"]:
                signer()
            case ["migrate"]:
                migrate(arguments[1:])
            case _:
                manage(["zhengtong", *arguments])
    except UnusableEnvironment as error:
        sys.exit(str(error))


def manage(argv: list[str]) -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(argv)


def migrate(options: list[str]) -> None:
    """Migrations, the table of the shared cache, and the static files: all that a new version needs."""
    import django

    django.setup()
    from django.db import connection

    from zhengtong.config.migrating import in_less_time
    from zhengtong.config.postgis import PostgisMissing, require_postgis

    try:
        require_postgis(connection)
    except PostgisMissing as missing:
        sys.exit(str(missing))
    with in_less_time():
        manage(["zhengtong", "migrate", *options])
    if not options:
        manage(["zhengtong", "createcachetable"])
        manage(["zhengtong", "collectstatic", "--noinput", "--verbosity=0"])
        manage(["zhengtong", "seed"])


def serve(options: list[str]) -> None:
    """Run granian with a worker process per core."""
    port = options[options.index("--port") + 1] if "--port" in options else os.environ.get("PORT", "8000")
    processes = os.environ.get("WEB_CONCURRENCY") or str(os.cpu_count() or 1)
    granian = str(Path(sys.executable).with_name("granian"))
    os.execv(
        granian,
        [
            "granian",
            "--interface=wsgi",
            "--host=127.0.0.1" if os.environ.get("BIND") is None else f"--host={os.environ['BIND']}",
            f"--port={port}",
            f"--workers={processes}",
            "--blocking-threads=4",
            "--respawn-failed-workers",
            "--no-ws",
            "zhengtong.config.wsgi:application",
        ],
    )


def signer() -> None:
    """Become the signer: a process without Django, which holds the keys and listens at ``SIGNER_SOCKET``."""
    os.execv(sys.executable, [sys.executable, "-m", "zhengtong.capabilities.keys.signer"])


def worker() -> None:
    """Run the jobs, the periodic ones included."""
    # Two long jobs of the index can be under way, and people still don't wait for them.
    # What succeeded is in the journal; only failures are kept in the queue, to be looked at.
    options = ["--concurrency=4", "--shutdown-graceful-timeout=10", "--delete-jobs=successful"]
    manage(["zhengtong", "procrastinate", "worker", *options])
